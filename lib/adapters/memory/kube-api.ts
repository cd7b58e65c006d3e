import { DovetailError } from '../../model/errors.ts';
import { type PodUid, podUid } from '../../model/ids.ts';
import type { Node } from '../../model/node.ts';
import { isTerminal, type Pod, type PodPhase, podKey } from '../../model/pod.ts';
import type { ClusterState } from '../../model/snapshot.ts';
import { stableHash, stableJson } from '../../model/stable-json.ts';
import type { Toleration } from '../../model/taint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NodePatch } from '../../ports/cluster.ts';
import { type ChangeListener, KubeStore, type ListName, type ObjectOf } from './kube-store.ts';
import { SortedMap } from './sorted-map.ts';

/** A pod as a controller creates it. */
export type NewPod = Pick<Pod, 'namespace' | 'name' | 'labels' | 'annotations' | 'spec'> &
  Partial<Pick<Pod, 'owner' | 'nodeName'>>;

/** A node as its kubelet creates it. */
export type NewNode = Omit<Node, 'uid' | 'resourceVersion' | 'createdAtMs' | 'readySinceMs' | 'deletionAtMs'>;

/** Parts of a pod's status; `null` removes one. */
export interface PodStatusPatch {
  readonly phase?: PodPhase;
  readonly unschedulable?: { readonly sinceMs: number; readonly message: string } | null;
  readonly nominatedNodeName?: string | null;
  readonly startedAtMs?: number;
}

export type PlainList = Exclude<ListName, 'pods' | 'nodes'>;

/** About ten minutes of a busy cluster; etcd compacts every five. */
const HISTORY_ENTRIES = 5_000;

const NO_PODS: readonly Pod[] = Object.freeze([]);

/**
 * The Kubernetes API server as a state machine: what controllers, scheduler, kubelets and `MemoryCluster` call. Each
 * call is one write, done at once in the clock's present; reads are of the newest state. Uids follow from the order of
 * creation, so that equal histories have equal uids.
 */
export class KubeApi {
  readonly store: KubeStore;
  readonly #clock: Clock;
  readonly #uidByName = new Map<string, PodUid>();
  readonly #podsByNode = new Map<string, SortedMap<Pod>>();
  #created = 0;

  constructor(options: { readonly clock: Clock; readonly historyEntries?: number }) {
    this.#clock = options.clock;
    this.store = new KubeStore({
      clock: options.clock,
      historyEntries: options.historyEntries ?? HISTORY_ENTRIES,
    });
  }

  /** Called at once, in the order of versions; see `KubeStore`. Gives the function that ends the subscription. */
  subscribe(listener: ChangeListener): () => void {
    return this.store.subscribe(listener);
  }

  state(): ClusterState {
    return this.store.stateAt(this.store.resourceVersion);
  }

  pods(): readonly Pod[] {
    return this.store.list('pods');
  }

  pod(uid: PodUid): Pod | undefined {
    return this.store.get('pods', uid);
  }

  podNamed(namespace: string, name: string): Pod | undefined {
    const uid = this.#uidByName.get(podKey({ namespace, name }));
    return uid === undefined ? undefined : this.pod(uid);
  }

  /** Pods bound to the node, sorted by uid. */
  podsOnNode(nodeName: string): readonly Pod[] {
    return this.#podsByNode.get(nodeName)?.list() ?? NO_PODS;
  }

  nodes(): readonly Node[] {
    return this.store.list('nodes');
  }

  node(name: string): Node | undefined {
    return this.store.get('nodes', name);
  }

  /** Throws `AlreadyExists` while a pod of that name is there, a terminating one included. */
  createPod(pod: NewPod): Pod {
    if (this.#uidByName.has(podKey(pod))) throw alreadyExists('pod', podKey(pod));
    const uid = podUid(this.#newUid('pod', podKey(pod)));
    this.#uidByName.set(podKey(pod), uid);
    return this.#putPod({ ...pod, uid, createdAtMs: this.#clock.nowMs(), phase: 'Pending' });
  }

  /** kube-scheduler's binding. A pod that is being deleted counts as gone: the API server refuses to assign it. */
  bindPod(uid: PodUid, nodeName: string): 'bound' | 'already-bound' | 'no-node' | 'gone' {
    const pod = this.pod(uid);
    if (pod === undefined || pod.deletionAtMs !== undefined) return 'gone';
    if (pod.nodeName !== undefined) return 'already-bound';
    if (this.node(nodeName) === undefined) return 'no-node';
    const { unschedulable: _, nominatedNodeName: __, ...rest } = pod;
    this.#putPod({ ...rest, nodeName });
    return 'bound';
  }

  setPodStatus(uid: PodUid, patch: PodStatusPatch): 'updated' | 'gone' {
    const pod = this.pod(uid);
    if (pod === undefined) return 'gone';
    this.#putPod(withoutNulls<Pod>({ ...pod, ...patch }));
    return 'updated';
  }

  /**
   * Replaces a pod's tolerations. As the API server allows on an existing pod, all it had must be among them; throws
   * `Invalid` otherwise (https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement).
   */
  setTolerations(uid: PodUid, tolerations: readonly Toleration[]): 'updated' | 'gone' {
    const pod = this.pod(uid);
    if (pod === undefined) return 'gone';
    const given = new Set(tolerations.map(tolerationIdentity));
    const missing = pod.spec.tolerations.find((one) => !given.has(tolerationIdentity(one)));
    if (missing !== undefined) {
      throw new DovetailError(
        'Invalid',
        `pod ${podKey(pod)} would lose toleration ${stableJson(missing)}: tolerations can only be added`,
        'never',
      );
    }
    this.#putPod({ ...pod, spec: { ...pod.spec, tolerations } });
    return 'updated';
  }

  /**
   * Graceful deletion: a bound, running pod gets the time by which it has to be gone (`terminating`), until its kubelet
   * deletes it with zero grace; any other is gone at once. A repeat can only shorten the grace.
   */
  deletePod(uid: PodUid, graceSeconds?: number): 'deleted' | 'terminating' | 'gone' {
    const pod = this.pod(uid);
    if (pod === undefined) return 'gone';
    const graceful = pod.nodeName !== undefined && !isTerminal(pod);
    const seconds = graceful ? (graceSeconds ?? pod.spec.terminationGracePeriodSeconds) : 0;
    if (seconds <= 0) {
      this.#removePod(pod);
      return 'deleted';
    }
    const endMs = this.#clock.nowMs() + seconds * 1000;
    this.#putPod({ ...pod, deletionAtMs: Math.min(pod.deletionAtMs ?? endMs, endMs) });
    return 'terminating';
  }

  /** Throws `AlreadyExists` when there is a node of that name. */
  createNode(node: NewNode): Node {
    if (this.node(node.name) !== undefined) throw alreadyExists('node', node.name);
    const nowMs = this.#clock.nowMs();
    const uid = this.#newUid('node', node.name);
    return this.store.put('nodes', {
      ...node,
      uid,
      resourceVersion: '0',
      createdAtMs: nowMs,
      readySinceMs: nowMs,
    });
  }

  setNodeReady(name: string, ready: Node['ready']): 'updated' | 'gone' {
    const node = this.node(name);
    if (node === undefined) return 'gone';
    if (node.ready !== ready) this.store.put('nodes', { ...node, ready, readySinceMs: this.#clock.nowMs() });
    return 'updated';
  }

  /** The kubelet's or the cloud provider's own updates, without a version to hold against. */
  updateNode(
    name: string,
    change: Partial<Pick<Node, 'capacity' | 'allocatable' | 'providerId'>>,
  ): 'updated' | 'gone' {
    const node = this.node(name);
    if (node === undefined) return 'gone';
    this.store.put('nodes', { ...node, ...change });
    return 'updated';
  }

  patchNode(name: string, resourceVersion: string, patch: NodePatch): 'patched' | 'conflict' | 'gone' {
    const node = this.node(name);
    if (node === undefined) return 'gone';
    if (node.resourceVersion !== resourceVersion) return 'conflict';
    this.store.put('nodes', {
      ...node,
      labels: { ...node.labels, ...patch.labels },
      annotations: withoutNulls<Node['annotations']>({ ...node.annotations, ...patch.annotations }),
      taints: patch.taints ?? node.taints,
      unschedulable: patch.unschedulable ?? node.unschedulable,
    });
    return 'patched';
  }

  /** With a uid, only the very node of that uid. Its pods stay until a controller collects them. */
  deleteNode(name: string, uid?: string): 'deleted' | 'gone' {
    const node = this.node(name);
    if (node === undefined || (uid !== undefined && node.uid !== uid)) return 'gone';
    this.store.delete('nodes', name);
    return 'deleted';
  }

  /** Puts an object of a kind whose writes have no rules here; daemonSets bring their own uid. */
  put<K extends PlainList>(list: K, value: ObjectOf<K>): ObjectOf<K> {
    return this.store.put(list, value);
  }

  /** Removes an object of such a kind by its key: its name, `namespace/name` where it has a namespace. */
  remove(list: PlainList, key: string): void {
    this.store.delete(list, key);
  }

  /** The index changes before listeners hear of the pod, so that it never shows them less than the pod itself. */
  #putPod(pod: Pod): Pod {
    return this.store.put('pods', pod, (stored) => {
      if (stored.nodeName !== undefined) this.#podsOn(stored.nodeName).set(stored.uid, stored);
    });
  }

  #removePod(pod: Pod): void {
    this.#uidByName.delete(podKey(pod));
    if (pod.nodeName !== undefined) this.#podsOn(pod.nodeName).delete(pod.uid);
    this.store.delete('pods', pod.uid);
  }

  #podsOn(nodeName: string): SortedMap<Pod> {
    const pods = this.#podsByNode.get(nodeName) ?? new SortedMap();
    this.#podsByNode.set(nodeName, pods);
    return pods;
  }

  #newUid(kind: string, name: string): string {
    this.#created += 1;
    const hex = stableHash([kind, name, this.#created], 32);
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
}

/** How long a toleration lasts may be changed; the rest names it. */
const tolerationIdentity = ({ key, operator, value, effect }: Toleration): string =>
  stableJson([key ?? '', operator, value ?? '', effect ?? '']);

const alreadyExists = (kind: string, name: string): DovetailError =>
  new DovetailError('AlreadyExists', `${kind} "${name}" already exists: choose another name`, 'never');

function withoutNulls<T extends object>(value: { readonly [K in keyof T]: T[K] | null }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) as T;
}
