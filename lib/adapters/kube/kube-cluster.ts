import { DovetailError } from '../../model/errors.ts';
import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import { type ClusterState, clusterKeyOf, type WatchCursor } from '../../model/snapshot.ts';
import { compareText, stableJson } from '../../model/stable-json.ts';
import type { Toleration } from '../../model/taint.ts';
import type { Cluster, ClusterChanges, NodePatch, PodRef } from '../../ports/cluster.ts';
import type { Events } from '../../ports/events.ts';
import { ClusterWatch, type ClusterWatchOptions } from './cluster-watch.ts';
import { tolerationsOf } from './decode/affinity.ts';
import { nodeOf } from './decode/node.ts';
import { podOf } from './decode/pod.ts';
import type { WireNode, WirePod } from './decode/wire.ts';
import { KINDS, LISTS } from './kinds.ts';
import { KubeEvents } from './kube-events.ts';
import { listAll } from './paged-list.ts';

/** Someone else may add a toleration between our reading and our writing; more often than this nobody does. */
const MAX_PATCHES = 3;

/**
 * The Kubernetes API over the wire. Watches stay open between two calls of `changes` with successive cursors; any other
 * cursor opens them anew from there. `close` ends them.
 */
export class KubeCluster implements Cluster {
  readonly #options: ClusterWatchOptions;
  #watch: ClusterWatch | undefined;

  constructor(options: ClusterWatchOptions) {
    this.#options = options;
  }

  async list(): Promise<{ readonly state: ClusterState; readonly cursor: WatchCursor }> {
    const listed = await Promise.all(LISTS.map((list) => this.#listKind(list)));
    return {
      state: Object.fromEntries(listed.map(({ list, items }) => [list, items])) as unknown as ClusterState,
      cursor: Object.fromEntries(
        listed.map(({ list, resourceVersion }) => [list, resourceVersion]),
      ) as WatchCursor,
    };
  }

  async changes(cursor: WatchCursor, waitMs: number): Promise<ClusterChanges> {
    if (this.#watch?.standsAt(cursor) !== true) {
      this.close();
      this.#watch = new ClusterWatch(this.#options, cursor);
    }
    return this.#watch.take(waitMs);
  }

  async podsOnNode(nodeName: string): Promise<readonly Pod[]> {
    const { items } = await listAll(this.#options.http, KINDS.pods.path, podOf, {
      fieldSelector: `spec.nodeName=${nodeName}`,
    });
    return sorted('pods', items);
  }

  async node(name: string): Promise<Node | undefined> {
    const { status, body } = await this.#options.http.call<WireNode>({
      method: 'GET',
      path: nodePath(name),
      accept: [404],
    });
    return status === 404 ? undefined : nodeOf(body);
  }

  /**
   * The patch holds against the tolerations that were read, so that none is added twice and none is lost: the API server
   * refuses it (422) when they changed meanwhile, and they are read again.
   */
  async addToleration(ref: PodRef, toleration: Toleration): Promise<'added' | 'present' | 'gone'> {
    const path = `/api/v1/namespaces/${ref.namespace}/pods/${ref.name}`;
    const wanted = stableJson(toleration);
    for (let patches = 1; ; patches += 1) {
      const read = await this.#options.http.call<WirePod>({ method: 'GET', path, accept: [404] });
      if (read.status === 404 || read.body.metadata.uid !== ref.uid) return 'gone';
      const present = read.body.spec.tolerations ?? [];
      if (tolerationsOf(present).some((one) => stableJson(one) === wanted)) return 'present';
      const { status, body } = await this.#options.http.call<{ readonly message?: string }>({
        method: 'PATCH',
        path,
        patchType: 'json-patch',
        body: [
          { op: 'test', path: '/metadata/uid', value: ref.uid },
          ...(present.length === 0
            ? [{ op: 'add', path: '/spec/tolerations', value: [toleration] }]
            : [
                { op: 'test', path: '/spec/tolerations', value: present },
                { op: 'add', path: '/spec/tolerations/-', value: toleration },
              ]),
        ],
        accept: [404, 422],
      });
      if (status === 404) return 'gone';
      if (status !== 422) return 'added';
      if (patches >= MAX_PATCHES) throw refused(ref, body.message);
    }
  }

  async patchNode(
    name: string,
    resourceVersion: string,
    { labels, annotations, taints, unschedulable }: NodePatch,
  ): Promise<'patched' | 'conflict' | 'gone'> {
    const { status } = await this.#options.http.call({
      method: 'PATCH',
      path: nodePath(name),
      patchType: 'merge-patch',
      // Members that are undefined are not written, and a merge leaves alone what it does not name.
      body: { metadata: { resourceVersion, labels, annotations }, spec: { taints, unschedulable } },
      accept: [404, 409],
    });
    return status === 404 ? 'gone' : status === 409 ? 'conflict' : 'patched';
  }

  async deleteNode(name: string, uid: string): Promise<'deleted' | 'gone'> {
    const { status } = await this.#options.http.call({
      method: 'DELETE',
      path: nodePath(name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
      // A conflict is another node that took the name.
      accept: [404, 409],
    });
    return status === 404 || status === 409 ? 'gone' : 'deleted';
  }

  /** Writes what events say about pods and nodes, and gives all of them to `log`. */
  eventsWith(log: Events): KubeEvents {
    return new KubeEvents({ ...this.#options, log });
  }

  /** Ends the watches; the next `changes` opens them again. */
  close(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  async #listKind<K extends keyof ClusterState>(list: K) {
    const { path, decode } = KINDS[list];
    const { items, resourceVersion } = await listAll(this.#options.http, path, decode);
    return { list, items: sorted(list, items), resourceVersion };
  }
}

const nodePath = (name: string): string => `${KINDS.nodes.path}/${name}`;

/** In the order of `ClusterState`. */
function sorted<K extends keyof ClusterState>(
  list: K,
  items: readonly ClusterState[K][number][],
): readonly ClusterState[K][number][] {
  const keyOf = clusterKeyOf[list] as (value: ClusterState[K][number]) => string;
  return [...items].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

const refused = ({ namespace, name }: PodRef, message = 'no reason given'): DovetailError =>
  new DovetailError(
    'Invalid',
    `pod ${namespace}/${name} takes no toleration: ${message}: look for an admission policy that forbids it`,
    'never',
  );
