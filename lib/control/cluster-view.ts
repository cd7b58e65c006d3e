import { isDaemonSetPod, isMirrorPod, isTerminal, type Pod } from '../model/pod.ts';
import { type ClusterState, clusterKeyOf, type WatchCursor } from '../model/snapshot.ts';
import { compareText } from '../model/stable-json.ts';
import type { ClusterChange } from '../ports/cluster.ts';

type Tables = { readonly [K in keyof ClusterState]: Map<string, ClusterState[K][number]> };

/** What changes meant. */
interface Applied {
  /** Nodes on which a pod was bound, ended or began to end. */
  readonly touched: ReadonlySet<string>;
  /** Pods that were pending and run now. */
  readonly started: readonly Pod[];
}

/** The poller's memory of the cluster: starts from a list or a snapshot, follows changes, writes snapshots. */
export class ClusterView {
  #tables: Tables;
  readonly #unbound = new Map<string, Pod>();
  cursor: WatchCursor;

  constructor(state: ClusterState, cursor: WatchCursor) {
    this.#tables = {
      pods: table('pods', state),
      nodes: table('nodes', state),
      daemonSets: table('daemonSets', state),
      namespaces: table('namespaces', state),
      volumeClaims: table('volumeClaims', state),
      volumes: table('volumes', state),
      storageClasses: table('storageClasses', state),
      csiNodes: table('csiNodes', state),
    };
    this.cursor = cursor;
    for (const pod of state.pods) if (pod.nodeName === undefined) this.#unbound.set(pod.uid, pod);
  }

  get pods(): ReadonlyMap<string, Pod> {
    return this.#tables.pods;
  }

  /** Pods without a node: few among many. */
  get unboundPods(): Iterable<Pod> {
    return this.#unbound.values();
  }

  /** Another map as soon as a node changes, so that what was worked out of this one can be kept until then. */
  get nodes(): Tables['nodes'] {
    return this.#tables.nodes;
  }

  get namespaces(): Tables['namespaces'] {
    return this.#tables.namespaces;
  }

  get daemonSets(): Tables['daemonSets'] {
    return this.#tables.daemonSets;
  }

  /** Applies changes in order. */
  apply(changes: readonly ClusterChange[], cursor: WatchCursor): Applied {
    const touched = new Set<string>();
    const started: Pod[] = [];
    if (changes.some(({ list }) => list === 'nodes')) {
      this.#tables = { ...this.#tables, nodes: new Map(this.#tables.nodes) };
    }
    for (const change of changes) {
      if (change.list === 'pods') {
        const before = this.#tables.pods.get(change.key);
        const node = podEventNode(before, change.type === 'put' ? change.value : undefined);
        if (node !== undefined) touched.add(node);
        if (before?.phase === 'Pending' && change.type === 'put' && change.value.phase === 'Running') {
          started.push(change.value);
        }
        if (change.type === 'put' && change.value.nodeName === undefined)
          this.#unbound.set(change.key, change.value);
        else this.#unbound.delete(change.key);
      }
      const rows = this.#tables[change.list] as Map<string, unknown>;
      if (change.type === 'put') rows.set(change.key, change.value);
      else rows.delete(change.key);
    }
    this.cursor = cursor;
    return { touched, started };
  }

  state(): ClusterState {
    const sorted = <K extends keyof ClusterState>(list: K): ClusterState[K][number][] =>
      [...this.#tables[list].entries()].sort(([a], [b]) => compareText(a, b)).map(([, value]) => value);
    return {
      pods: sorted('pods'),
      nodes: sorted('nodes'),
      daemonSets: sorted('daemonSets'),
      namespaces: sorted('namespaces'),
      volumeClaims: sorted('volumeClaims'),
      volumes: sorted('volumes'),
      storageClasses: sorted('storageClasses'),
      csiNodes: sorted('csiNodes'),
    };
  }
}

function table<K extends keyof ClusterState>(
  list: K,
  state: ClusterState,
): Map<string, ClusterState[K][number]> {
  const key = clusterKeyOf[list] as (value: ClusterState[K][number]) => string;
  return new Map(
    state[list].map((value) => [key(value as ClusterState[K][number]), value as ClusterState[K][number]]),
  );
}

/**
 * The node a pod event belongs to, in Karpenter's sense (`nodeclaim/podevents`): a pod of no DaemonSet was bound there,
 * became terminal there, or began to terminate there.
 */
function podEventNode(before: Pod | undefined, after: Pod | undefined): string | undefined {
  const pod = after ?? before;
  if (pod?.nodeName === undefined || isDaemonSetPod(pod) || isMirrorPod(pod)) return undefined;
  const ended = (state: Pod | undefined): boolean =>
    state === undefined || isTerminal(state) || state.deletionAtMs !== undefined;
  const bound = after !== undefined && before?.nodeName === undefined;
  return bound || ended(before) !== ended(after) ? pod.nodeName : undefined;
}
