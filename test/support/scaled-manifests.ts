// Manifests with many times the replicas, for tests and benches of large plans.
import { isMap, parseAllDocuments } from 'yaml';
import type { SourceFile } from '../../lib/config/source.ts';

/** Documents that make pods, by where they say how many; DaemonSets have one per node. */
const COUNTS: Readonly<Record<string, string>> = {
  Deployment: 'replicas',
  StatefulSet: 'replicas',
  ReplicaSet: 'replicas',
  Job: 'parallelism',
};

/** The same documents with `factor` times the pods. */
export function scaled({ name, bytes }: SourceFile, factor: number): SourceFile {
  const documents = parseAllDocuments(new TextDecoder().decode(bytes));
  if (!Array.isArray(documents)) throw new Error(`${name} holds no documents`);
  for (const document of documents) {
    const field = isMap(document.contents) ? COUNTS[String(document.get('kind'))] : undefined;
    if (field === undefined) continue;
    document.setIn(['spec', field], Number(document.getIn(['spec', field]) ?? 1) * factor);
  }
  return { name, bytes: new TextEncoder().encode(documents.map(String).join('---\n')) };
}
