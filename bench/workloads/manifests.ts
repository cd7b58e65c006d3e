// The manifests of real projects in ../shared/data, with as many times the replicas as make a thousand pods.
import { expandWorkloads } from '../../lib/config/expand.ts';
import { type LoadedDocuments, loadDocuments } from '../../lib/config/load.ts';
import type { SourceFile } from '../../lib/config/source.ts';
import type { Pod } from '../../lib/model/pod.ts';
import { isProvisionable } from '../../lib/planning/provisionable.ts';
import { scaled } from '../../test/support/scaled-manifests.ts';
import { sharedManifests } from '../../test/support/shared-data.ts';
import { PODS, type PodSet } from './workload.ts';

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
