// kube-scheduler's filters once more, written down pod by pod and as slowly as the documentation reads. Nothing here may use
// lib/constraints: the two are compared. One file per plugin, each `(pod, node, cluster) => reasons`; no reason means "fits".
import type { Pod } from '../../../lib/model/pod.ts';
import type { ResourceList } from '../../../lib/model/resources.ts';
import type { Namespace } from '../../../lib/model/snapshot.ts';
import type { Taint } from '../../../lib/model/taint.ts';
import type {
  CsiNode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../../../lib/model/volume.ts';

export interface ReferenceNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  readonly allocatable: ResourceList;
  /** Bound to it, ended and ending ones included. */
  readonly pods: readonly Pod[];
}

export interface ReferenceCluster {
  readonly nodes: readonly ReferenceNode[];
  readonly namespaces: readonly Namespace[];
  readonly volumeClaims: readonly PersistentVolumeClaim[];
  readonly volumes: readonly PersistentVolume[];
  readonly storageClasses: readonly StorageClass[];
  readonly csiNodes: readonly CsiNode[];
}

export type ReferencePlugin = (pod: Pod, node: ReferenceNode, cluster: ReferenceCluster) => string[];

/** kube-scheduler forgets pods that have ended; those that are ending still hold their place. */
export const podsHolding = (node: ReferenceNode): Pod[] =>
  node.pods.filter((pod) => pod.phase !== 'Succeeded' && pod.phase !== 'Failed');
