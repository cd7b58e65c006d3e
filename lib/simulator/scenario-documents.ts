// The documents of a scenario: those of the files it names and those beside it in its own file.
import type { Finding } from '../config/finding.ts';
import { type LoadedDocuments, loadDocuments } from '../config/load.ts';
import { isRecord, type LocatedObject, parseSource } from '../config/located.ts';
import type { SourceFile } from '../config/source.ts';

export interface ScenarioDocuments {
  readonly documents: LoadedDocuments;
  readonly findings: readonly Finding[];
  /**
   * What the documents declare, or undefined when some of them could not be read: then nothing can be said to be missing.
   */
  readonly declared: Declared | undefined;
}

export interface Declared {
  readonly nodePools: readonly string[];
  readonly workloads: readonly DeclaredWorkload[];
}

export interface DeclaredWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** `files` are those that could be read; `complete` says that these are all. */
export function readScenarioDocuments(files: readonly SourceFile[], complete: boolean): ScenarioDocuments {
  const { documents, findings } = loadDocuments(files);
  const isError = ({ severity }: Finding): boolean => severity === 'error';
  return {
    documents,
    // The scenario itself is among the documents of its own file.
    findings: findings.filter(({ message }) => !message.includes('of kind Scenario (')),
    declared: !complete ? undefined : findings.some(isError) ? declaredBy(files) : namesOf(documents),
  };
}

const namesOf = ({ nodePools, workloads }: LoadedDocuments): Declared => ({
  nodePools: nodePools.map(({ name }) => name),
  workloads,
});

/** By the names as written, so that a document that is wrong elsewhere still counts. */
function declaredBy(files: readonly SourceFile[]): Declared | undefined {
  const parsed = files.map(parseSource);
  if (parsed.some(({ findings }) => findings.length > 0)) return undefined;
  const workloads = parsed.flatMap(({ objects }) => objects).flatMap(nameWritten);
  const nodePools = workloads.filter(({ kind }) => kind === 'NodePool').map(({ name }) => name);
  return { nodePools, workloads };
}

function nameWritten({ kind, value }: LocatedObject): DeclaredWorkload[] {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  if (!isRecord(metadata)) return [];
  const { name, namespace = 'default' } = metadata;
  return typeof name === 'string' && typeof namespace === 'string' ? [{ kind, namespace, name }] : [];
}
