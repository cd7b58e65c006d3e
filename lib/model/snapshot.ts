import type { ClaimName } from './ids.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { ServedPods } from './served-pods.ts';
import type { CsiNode, PersistentVolume, PersistentVolumeClaim, StorageClass } from './volume.ts';
import type { DaemonSet } from './workload.ts';

/** A namespace with the labels that namespace selectors match. */
export interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Everything planning reads of a cluster. Lists are sorted by name (pods by uid), so that equal states are equal bytes. */
export interface ClusterState {
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  readonly daemonSets: readonly DaemonSet[];
  readonly namespaces: readonly Namespace[];
  readonly volumeClaims: readonly PersistentVolumeClaim[];
  readonly volumes: readonly PersistentVolume[];
  readonly storageClasses: readonly StorageClass[];
  readonly csiNodes: readonly CsiNode[];
}

export const EMPTY_CLUSTER: ClusterState = {
  pods: [],
  nodes: [],
  daemonSets: [],
  namespaces: [],
  volumeClaims: [],
  volumes: [],
  storageClasses: [],
  csiNodes: [],
};

/** Key of an object within its list of `ClusterState`; pods by uid, so that a re-created pod is another one. */
export const clusterKeyOf: {
  readonly [K in keyof ClusterState]: (value: ClusterState[K][number]) => string;
} = {
  pods: (pod) => pod.uid,
  nodes: (node) => node.name,
  daemonSets: (daemonSet) => `${daemonSet.namespace}/${daemonSet.name}`,
  namespaces: (namespace) => namespace.name,
  volumeClaims: (claim) => `${claim.namespace}/${claim.name}`,
  volumes: (volume) => volume.name,
  storageClasses: (storageClass) => storageClass.name,
  csiNodes: (csiNode) => csiNode.nodeName,
};

/** Where a watch of each kind can go on from: its resourceVersion, which is opaque and not comparable across kinds. */
export type WatchCursor = Readonly<Record<keyof ClusterState, string>>;

/**
 * The poller's written view: immutable and content-addressed. It is the hand-over between pollers, the decision record
 * and the input of planning.
 */
export interface Snapshot {
  readonly schemaVersion: 1;
  readonly takenAtMs: number;
  /** Where a watch can go on from. */
  readonly cursor: WatchCursor;
  readonly cluster: ClusterState;
  /** Whose pods nodes are bought for; absent means everybody's. */
  readonly serves?: ServedPods;
  /** Pods the poller knows to be covered by a claim; advisory. */
  readonly covered: Readonly<Record<string, ClaimName>>;
}
