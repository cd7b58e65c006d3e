// What a live cluster holds and what documents say, as one. Pure. The rule: objects of the cluster come first; a document
// of the same kind and name replaces one. What was only assumed for documents gives way to what the cluster has.
import type { LoadedDocuments } from '../../lib/config/load.ts';
import { type Outstanding, outstandingOf } from '../../lib/config/ownership.ts';
import { listed } from '../../lib/model/listed.ts';
import { podKey } from '../../lib/model/pod.ts';
import { type ClusterState, clusterKeyOf } from '../../lib/model/snapshot.ts';
import { compareText } from '../../lib/model/stable-json.ts';

export interface Merged {
  readonly documents: LoadedDocuments;
  /** What was replaced, and which replicas run already, for people. */
  readonly notes: readonly string[];
}

type Planned = Extract<Outstanding, { readonly kind: 'planned' }>;

const KIND_OF: { readonly [K in keyof ClusterState]: string } = {
  pods: 'Pod',
  nodes: 'Node',
  daemonSets: 'DaemonSet',
  namespaces: 'Namespace',
  volumeClaims: 'PersistentVolumeClaim',
  volumes: 'PersistentVolume',
  storageClasses: 'StorageClass',
  csiNodes: 'CSINode',
};

/** By `namespace/name` or name, pods too: a pod of a document has a made-up uid. */
const nameOf: typeof clusterKeyOf = { ...clusterKeyOf, pods: podKey };

/** `written` holds `Kind name` or `Kind namespace/name` of every object that stands in a document. */
export function mergeLive(
  live: ClusterState,
  documents: LoadedDocuments,
  written: ReadonlySet<string>,
): Merged {
  const replaced: string[] = [];
  const merged = <K extends keyof ClusterState>(list: K, own: ClusterState[K]): ClusterState[K] => {
    const result = mergedList(list, live[list], own, written);
    replaced.push(...result.replaced);
    return result.items;
  };
  const { cluster } = documents;
  const pods = merged('pods', documents.pods);
  const amongDocuments = new Set(documents.pods.map(podKey));
  // Replicas among the documents are left out of the workloads already.
  const running = pods.filter((pod) => !amongDocuments.has(podKey(pod)));
  const workloads = outstandingOf(
    documents.workloads.map((workload) => ({ workload })),
    running,
  ).flatMap((entry) => (entry.kind === 'planned' ? [entry] : []));
  return {
    documents: {
      ...documents,
      workloads: workloads.map(({ workload }) => workload),
      pods: [...pods].sort((a, b) => compareText(podKey(a), podKey(b))),
      cluster: {
        pods: pods.filter(({ nodeName }) => nodeName !== undefined),
        nodes: merged('nodes', cluster.nodes),
        daemonSets: merged('daemonSets', cluster.daemonSets),
        namespaces: merged('namespaces', cluster.namespaces),
        volumeClaims: merged('volumeClaims', cluster.volumeClaims),
        volumes: merged('volumes', cluster.volumes),
        storageClasses: merged('storageClasses', cluster.storageClasses),
        csiNodes: merged('csiNodes', cluster.csiNodes),
      },
    },
    notes: [...replacedNotes(replaced), ...runningNotes(workloads)],
  };
}

function mergedList<K extends keyof ClusterState>(
  list: K,
  live: ClusterState[K],
  own: ClusterState[K],
  written: ReadonlySet<string>,
) {
  type Item = ClusterState[K][number];
  const name = nameOf[list] as (item: Item) => string;
  const key = clusterKeyOf[list] as (item: Item) => string;
  const title = (item: Item): string => `${KIND_OF[list]} ${name(item)}`;
  const liveNames = new Set(live.map(name));
  const kept = own.filter((item) => written.has(title(item)) || !liveNames.has(name(item)));
  const keptNames = new Set(kept.map(name));
  const items = [...live.filter((item) => !keptNames.has(name(item))), ...kept];
  return {
    items: items.sort((a, b) => compareText(key(a), key(b))) as unknown as ClusterState[K],
    replaced: kept.filter((item) => liveNames.has(name(item))).map(title),
  };
}

const runningNotes = (workloads: readonly Planned[]): string[] =>
  workloads
    .filter(({ present }) => present > 0)
    .map(({ workload: { kind, namespace, name, replicas }, present }) => {
      const have = present === 1 ? 'is' : 'are';
      return `${kind} ${namespace}/${name}: ${present} of its pods ${have} in the cluster, ${replicas} more are planned`;
    });

const replacedNotes = (titles: readonly string[]): string[] =>
  titles.length === 0 ? [] : [`objects of the cluster replaced by documents: ${listed(titles)}`];
