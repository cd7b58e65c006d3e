// Documents for the tests of lib/config: fixtures, minimal texts with overrides, and findings as people read them.
import { readFileSync } from 'node:fs';
import { type Finding, formatFinding } from '../../lib/config/finding.ts';
import { type LoadedDocuments, type LoadOptions, loadDocuments } from '../../lib/config/load.ts';
import type { SourceFile } from '../../lib/config/source.ts';

const FIXTURES = new URL('../fixtures/documents/', import.meta.url);

export interface Loaded {
  readonly documents: LoadedDocuments;
  /** As `file:line:column: message (path)`. */
  readonly errors: readonly string[];
  readonly notes: readonly string[];
}

/** A file of `test/fixtures/documents`, named without its directory. */
export const fixtureFile = (name: string): SourceFile => ({
  name,
  bytes: readFileSync(new URL(name, FIXTURES)),
});

export const inlineFile = (text: string, name = 'in.yaml'): SourceFile => ({
  name,
  bytes: new TextEncoder().encode(text),
});

export function load(files: readonly SourceFile[], options?: LoadOptions): Loaded {
  const { documents, findings } = loadDocuments(files, options);
  const texts = (severity: Finding['severity']): string[] =>
    findings.filter((finding) => finding.severity === severity).map(formatFinding);
  return { documents, errors: texts('error'), notes: texts('note') };
}

/** Loads one file called `in.yaml`. */
export const loadText = (text: string, options?: LoadOptions): Loaded => load([inlineFile(text)], options);

/** A Deployment `web` of one line with this pod specification; it has one container unless the specification says otherwise. */
export const deploymentText = (podSpec: object): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers: [{}], ...podSpec } } },
  });

/** A NodePool of one line that names EC2NodeClass `a`. */
export const nodePoolText = (spec: object = {}, templateSpec: object = {}, metadata: object = {}): string =>
  JSON.stringify({
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: 'a', ...metadata },
    spec: {
      template: {
        spec: {
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'a' },
          requirements: [],
          ...templateSpec,
        },
      },
      ...spec,
    },
  });

/** An EC2NodeClass of one line. */
export const nodeClassText = (spec: object = {}): string =>
  JSON.stringify({
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: 'a' },
    spec: {
      role: 'node-role',
      amiSelectorTerms: [{ alias: 'al2023@v20260101' }],
      subnetSelectorTerms: [{ id: 'subnet-1' }],
      securityGroupSelectorTerms: [{ id: 'sg-1' }],
      ...spec,
    },
  });
