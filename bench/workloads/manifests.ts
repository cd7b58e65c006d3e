// The manifests of real projects in ../shared/data, with as many times the replicas as make a thousand pods.
import { isMap, parseAllDocuments } from 'yaml';
import { expandWorkloads } from '../../lib/config/expand.ts';
import { type LoadedDocuments, loadDocuments } from '../../lib/config/load.ts';
import type { SourceFile } from '../../lib/config/source.ts';
import type { Pod } from '../../lib/model/pod.ts';
import { isProvisionable } from '../../lib/planning/provisionable.ts';
import { sharedManifests } from '../../test/support/shared-data.ts';
import { PODS, type PodSet } from './workload.ts';

/** Documents that make pods, by where they say how many. */
const COUNTS: Readonly<Record<string, string>> = {
  Deployment: 'replicas',
  StatefulSet: 'replicas',
  ReplicaSet: 'replicas',
  Job: 'parallelism',
};

/** What no amd64 worker node can run: it asks for arm64 or for the control plane's nodes. */
const ELSEWHERE = [
  'arm64',
  'cert-manager',
  'cert-manager-cainjector',
  'cert-manager-webhook',
  'cluster-autoscaler',
  'dns-controller',
];

/** Fails where ../shared is not there. */
export function manifestPods(): PodSet[] {
  return sharedManifests().map((file) => {
    const factor = Math.ceil(PODS / podsIn(documentsOf(file)).length);
    const documents = documentsOf(scaled(file, factor));
    return { name: file.name, family: 'manifests', pods: podsIn(documents), cluster: documents.cluster };
  });
}

const documentsOf = (file: SourceFile): LoadedDocuments =>
  loadDocuments([file], { requireNodeClasses: false }).documents;

function podsIn(documents: LoadedDocuments): Pod[] {
  const pods = [...documents.pods, ...expandWorkloads(documents.workloads, documents.pods)];
  return pods.filter((pod) => isProvisionable(pod) && !ELSEWHERE.includes(pod.owner?.name ?? pod.name));
}

function scaled({ name, bytes }: SourceFile, factor: number): SourceFile {
  const documents = parseAllDocuments(new TextDecoder().decode(bytes));
  if (!Array.isArray(documents)) throw new Error(`${name} holds no documents`);
  for (const document of documents) {
    const field = isMap(document.contents) ? COUNTS[String(document.get('kind'))] : undefined;
    if (field === undefined) continue;
    document.setIn(['spec', field], Number(document.getIn(['spec', field]) ?? 1) * factor);
  }
  return { name, bytes: new TextEncoder().encode(documents.map(String).join('---\n')) };
}
