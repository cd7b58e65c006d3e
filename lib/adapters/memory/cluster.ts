import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import type { ClusterState, WatchCursor } from '../../model/snapshot.ts';
import { stableJson } from '../../model/stable-json.ts';
import type { Toleration } from '../../model/taint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cluster, ClusterChanges, NodePatch, PodRef } from '../../ports/cluster.ts';
import type { KubeApi } from './kube-api.ts';

export interface MemoryClusterOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** How far `list` and `changes` lag behind, asked for at each read; what one reader saw never goes back. */
  readonly lagMs?: () => number;
}

/** The Kubernetes API as our functions see it. */
export class MemoryCluster implements Cluster {
  readonly #api: KubeApi;
  readonly #clock: Clock;
  readonly #lagMs: () => number;
  #seenVersion = 0;

  constructor(options: MemoryClusterOptions) {
    this.#api = options.api;
    this.#clock = options.clock;
    this.#lagMs = options.lagMs ?? (() => 0);
  }

  async list(): Promise<{ readonly state: ClusterState; readonly cursor: WatchCursor }> {
    const version = this.#visibleVersion(this.#lagMs());
    return { state: this.#api.store.stateAt(version), cursor: cursorOf(version) };
  }

  async changes(cursor: WatchCursor, waitMs: number): Promise<ClusterChanges> {
    const since = Number(cursor.pods);
    const { store } = this.#api;
    const deadlineMs = this.#clock.nowMs() + waitMs;
    while (true) {
      const lagMs = this.#lagMs();
      // A version from the future comes of another history, as after a restored etcd: its cursor is as good as none.
      if (since < store.compactedVersion || since > store.resourceVersion) {
        return { kind: 'gone' };
      }
      const visible = Math.max(this.#visibleVersion(lagMs), since);
      const nowMs = this.#clock.nowMs();
      if (visible > since || nowMs >= deadlineMs) {
        const changes = store.changesBetween(since, visible);
        return { kind: 'changes', changes, cursor: cursorOf(visible) };
      }
      const hiddenSinceMs = store.writtenAtMs(since);
      const visibleAtMs = hiddenSinceMs === undefined ? deadlineMs : hiddenSinceMs + lagMs;
      // One millisecond at least: a lag that grew meanwhile must not make this spin in one instant.
      const sleepMs = Math.max(1, Math.min(deadlineMs, visibleAtMs) - nowMs);
      await Promise.race([store.changed(), this.#clock.sleep(sleepMs)]);
    }
  }

  async podsOnNode(nodeName: string): Promise<readonly Pod[]> {
    return this.#api.podsOnNode(nodeName);
  }

  async node(name: string): Promise<Node | undefined> {
    return this.#api.node(name);
  }

  async addToleration(ref: PodRef, toleration: Toleration): Promise<'added' | 'present' | 'gone'> {
    const pod = this.#api.podNamed(ref.namespace, ref.name);
    if (pod === undefined || pod.uid !== ref.uid) return 'gone';
    const wanted = stableJson(toleration);
    if (pod.spec.tolerations.some((one) => stableJson(one) === wanted)) return 'present';
    this.#api.setTolerations(pod.uid, [...pod.spec.tolerations, toleration]);
    return 'added';
  }

  async patchNode(
    name: string,
    resourceVersion: string,
    patch: NodePatch,
  ): Promise<'patched' | 'conflict' | 'gone'> {
    return this.#api.patchNode(name, resourceVersion, patch);
  }

  async deleteNode(name: string, uid: string): Promise<'deleted' | 'gone'> {
    return this.#api.deleteNode(name, uid);
  }

  #visibleVersion(lagMs: number): number {
    const { store } = this.#api;
    const version = lagMs > 0 ? store.versionAt(this.#clock.nowMs() - lagMs) : store.resourceVersion;
    this.#seenVersion = Math.max(this.#seenVersion, version);
    return this.#seenVersion;
  }
}

/** The store has one counter for all kinds, so a cursor says the same of each. */
export function cursorOf(version: number): WatchCursor {
  const at = String(version);
  return {
    pods: at,
    nodes: at,
    daemonSets: at,
    namespaces: at,
    volumeClaims: at,
    volumes: at,
    storageClasses: at,
    csiNodes: at,
  };
}
