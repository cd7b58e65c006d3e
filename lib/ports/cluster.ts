import type { PodUid } from '../model/ids.ts';
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import type { ClusterState, WatchCursor } from '../model/snapshot.ts';
import type { Taint, Toleration } from '../model/taint.ts';

/**
 * The Kubernetes API, as little of it as we use.
 *
 * Reading: `list` once, then `changes` from its cursor. A cursor too old answers `gone` (HTTP 410): list again.
 * Writing: every write says what it found, so that a lost race is an outcome and not an exception. Transport failures
 * throw `DovetailError` with retry `same-request`; the write may then have happened, and doing it again is harmless.
 */
export interface Cluster {
  list(): Promise<{ readonly state: ClusterState; readonly cursor: WatchCursor }>;
  /**
   * Changes after `cursor`, waiting up to `waitMs` for the first; an empty list means none came. Those of one kind are in
   * their order; across kinds there is none.
   */
  changes(cursor: WatchCursor, waitMs: number): Promise<ClusterChanges>;
  /** Pods bound to one node, read directly and strongly. */
  podsOnNode(nodeName: string): Promise<readonly Pod[]>;
  node(name: string): Promise<Node | undefined>;
  /** JSON patch with `test /metadata/uid`. A toleration the pod already has is `present`. */
  addToleration(pod: PodRef, toleration: Toleration): Promise<'added' | 'present' | 'gone'>;
  /** Merge of the given parts, conditional on `resourceVersion`; `conflict` means read again. */
  patchNode(
    name: string,
    resourceVersion: string,
    patch: NodePatch,
  ): Promise<'patched' | 'conflict' | 'gone'>;
  /** Deletes the Node object if it still has that uid. */
  deleteNode(name: string, uid: string): Promise<'deleted' | 'gone'>;
}

export interface PodRef {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
}

/** Lists replace; maps merge, where `null` removes a key. */
export interface NodePatch {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
}

export type ClusterChanges =
  | { readonly kind: 'changes'; readonly changes: readonly ClusterChange[]; readonly cursor: WatchCursor }
  | { readonly kind: 'gone' };

/** One watch event. `put` carries the whole object; `delete` names it by its key in `ClusterState`. */
export type ClusterChange = {
  [K in keyof ClusterState]:
    | {
        readonly list: K;
        readonly type: 'put';
        readonly key: string;
        readonly value: ClusterState[K][number];
      }
    | { readonly list: K; readonly type: 'delete'; readonly key: string };
}[keyof ClusterState];
