// NodePools and EC2NodeClasses in files, each as the text that is kept for it. Pure.
import { stringify } from 'yaml';
import { kindOf } from '../../lib/config/api-version.ts';
import type { Finding } from '../../lib/config/finding.ts';
import { isRecord, type LocatedObject, parseSource } from '../../lib/config/located.ts';
import type { SourceFile } from '../../lib/config/source.ts';
import type { DocumentKind } from '../../lib/model/published-document.ts';
import type { DocumentText } from '../../lib/ports/document-store.ts';

export type Manifest = Readonly<Record<string, unknown>>;

export interface WrittenDocument extends DocumentText {
  /** What `text` says. */
  readonly manifest: Manifest;
  readonly object: LocatedObject;
}

const KINDS: Readonly<Record<string, DocumentKind>> = {
  'karpenter.sh/NodePool': 'NodePool',
  'karpenter.k8s.aws/EC2NodeClass': 'EC2NodeClass',
};

/** What an API server adds to a document that was once read from one; `kubectl get -o yaml | dovetail apply -f -` works. */
const SERVER_METADATA = [
  'creationTimestamp',
  'finalizers',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The documents of files without errors; an object of any other kind is a finding. */
export function writtenDocuments(files: readonly SourceFile[]): {
  readonly documents: readonly WrittenDocument[];
  readonly findings: readonly Finding[];
} {
  const documents: WrittenDocument[] = [];
  const findings: Finding[] = [];
  for (const object of files.flatMap((file) => parseSource(file).objects)) {
    const written = writtenDocument(object);
    if (written === undefined) findings.push(otherKind(object));
    else documents.push(written);
  }
  return { documents, findings };
}

function otherKind(object: LocatedObject): Finding {
  const message = `a ${object.kind} is not kept here, only NodePool and EC2NodeClass: take it out of the input`;
  return object.finding(['kind'], message);
}

function writtenDocument(object: LocatedObject): WrittenDocument | undefined {
  const kind = KINDS[kindOf(object)];
  const manifest = manifestOf(object);
  const name = nameOf(manifest);
  if (kind === undefined || name === undefined) return undefined;
  return { kind, name, text: textOf(manifest), manifest, object };
}

/** What a kept text says, whoever wrote it; undefined when it is not one document. */
export function manifestOfText(text: string): Manifest | undefined {
  const { objects } = parseSource({ name: 'kept', bytes: new TextEncoder().encode(text) });
  const [object] = objects;
  return object === undefined || objects.length > 1 ? undefined : manifestOf(object);
}

/** Words such as `yes` are quoted, because they are read as YAML 1.1 reads them. */
const textOf = (manifest: Manifest): string =>
  stringify(manifest, { compat: 'yaml-1.1', aliasDuplicateObjects: false, lineWidth: 0 });

/** Without status and what a server added. Items of a typed list leave out what their list says. */
function manifestOf({ apiVersion, kind, value }: LocatedObject): Manifest {
  const record = isRecord(value) ? value : {};
  const metadata = isRecord(record['metadata']) ? record['metadata'] : {};
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const kept = without(annotations, [LAST_APPLIED]);
  return {
    apiVersion,
    kind,
    metadata: {
      ...without(metadata, [...SERVER_METADATA, 'annotations']),
      ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
    },
    ...without(record, ['apiVersion', 'kind', 'metadata', 'status']),
  };
}

const without = (record: Manifest, names: readonly string[]): Manifest =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

export const NODE_CLASS_NAME = ['spec', 'template', 'spec', 'nodeClassRef', 'name'];

const nameOf = (manifest: Manifest): string | undefined => textAt(manifest, ['metadata', 'name']);

/** Of a NodePool. */
export const nodeClassNameOf = (manifest: Manifest = {}): string | undefined =>
  textAt(manifest, NODE_CLASS_NAME);

function textAt(manifest: Manifest, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), manifest);
  return typeof found === 'string' ? found : undefined;
}
