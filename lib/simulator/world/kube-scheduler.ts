// kube-scheduler: takes waiting pods by priority, then age; filters and scores nodes; binds or marks Unschedulable. A
// rejected pod waits until something happens that could help it. Preemption is not modelled: no scenario needs it, and a
// pod that would have preempted shows up as one without a place.
import type { PodUid } from '../../model/ids.ts';
import type { Node } from '../../model/node.ts';
import { isTerminal, type Pod, podKey } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';
import type { ClusterChange } from '../../ports/cluster.ts';
import type { RandomStream } from '../random.ts';
import { fittingNodes, hasRoomFor } from './node-fit.ts';
import { scoreNodes } from './score.ts';
import type { World } from './world.ts';

/** From a helping event to the next attempt, measured on 1.35 (docs/placement.md). */
const WAKE_MS = { min: 3, max: 30 };
/** One scheduling cycle. */
const CYCLE_MS = { min: 1, max: 4 };
/** `podInitialBackoffSeconds` and `podMaxBackoffSeconds`. */
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 10_000;
/** Rejected pods that nothing helped for 5 minutes are tried again; looked for every 30 s. */
const FLUSH_EVERY_MS = 30_000;
const FLUSH_AFTER_MS = 5 * 60_000;

interface Waiting {
  attempts: number;
  lastAttemptMs: number;
  /** In the unschedulable queue until an event moves it. */
  parked: boolean;
}

export class KubeScheduler {
  readonly #world: World;
  readonly #random: RandomStream;
  readonly #waiting = new Map<PodUid, Waiting>();
  #cycling = false;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random('kube-scheduler');
    world.api.subscribe((change) => this.#observe(change));
    this.#flushEvery();
  }

  #flushEvery(): void {
    const { time } = this.#world;
    time.after(FLUSH_EVERY_MS, () => {
      const beforeMs = time.nowMs() - FLUSH_AFTER_MS;
      for (const [uid, waiting] of this.#waiting) if (waiting.lastAttemptMs <= beforeMs) this.#move(uid);
      this.#flushEvery();
    });
  }

  #observe(change: ClusterChange): void {
    if (change.list === 'nodes') {
      if (change.type === 'put') this.#helpedBy(change.value);
      return;
    }
    if (change.list !== 'pods') return;
    const uid = change.key as PodUid;
    if (change.type === 'delete') {
      this.#waiting.delete(uid);
      // Which node it left is not told here; any node may have room now.
      for (const node of this.#world.api.nodes()) this.#helpedBy(node);
    } else if (isWaiting(change.value)) {
      this.#wait(uid);
    } else {
      this.#waiting.delete(uid);
      this.#helpedByPod(change.value);
    }
  }

  /** A new pod is tried at once; for one that waits, only a change of its specification is news. */
  #wait(uid: PodUid): void {
    const known = this.#waiting.get(uid);
    if (known === undefined) {
      this.#waiting.set(uid, { attempts: 0, lastAttemptMs: 0, parked: false });
      this.#cycleSoon();
    } else if (known.parked && known.lastAttemptMs < this.#world.time.nowMs()) {
      this.#move(uid);
    }
  }

  /** A pod's binding or end can be what another pod's affinity or spread waits for, and its end leaves room. */
  #helpedByPod(pod: Pod): void {
    const node = pod.nodeName === undefined ? undefined : this.#world.api.node(pod.nodeName);
    if (isTerminal(pod) && node !== undefined) this.#helpedBy(node);
    for (const uid of this.#waiting.keys()) {
      const waiting = this.#world.api.pod(uid);
      if (waiting !== undefined && looksAtOtherPods(waiting)) this.#move(uid);
    }
  }

  /** Like the real queueing hints: only pods that this node could take are tried again. */
  #helpedBy(node: Node): void {
    for (const [uid, waiting] of this.#waiting) {
      const pod = waiting.parked ? this.#world.api.pod(uid) : undefined;
      if (pod !== undefined && hasRoomFor(pod, node, this.#world.api)) this.#move(uid);
    }
  }

  #move(uid: PodUid): void {
    const waiting = this.#waiting.get(uid);
    if (waiting === undefined || !waiting.parked) return;
    waiting.parked = false;
    this.#world.time.after(this.#random.between(WAKE_MS.min, WAKE_MS.max), () => this.#cycleSoon());
  }

  #cycleSoon(): void {
    if (this.#cycling) return;
    this.#cycling = true;
    this.#world.time.after(this.#random.between(CYCLE_MS.min, CYCLE_MS.max), () => {
      this.#cycling = false;
      this.#cycle();
    });
  }

  #cycle(): void {
    const nowMs = this.#world.time.nowMs();
    const active = [...this.#waiting].filter(([, waiting]) => !waiting.parked);
    const due = active.filter(([, waiting]) => backoffEndsAtMs(waiting) <= nowMs);
    const next = this.#first(due.map(([uid]) => uid));
    if (next !== undefined) {
      this.#attempt(next);
      this.#cycleSoon();
    } else if (active.length > 0) {
      const soonestMs = Math.min(...active.map(([, waiting]) => backoffEndsAtMs(waiting)));
      this.#world.time.at(soonestMs, () => this.#cycleSoon());
    }
  }

  #first(uids: readonly PodUid[]): Pod | undefined {
    const pods = uids.map((uid) => this.#world.api.pod(uid)).filter((pod) => pod !== undefined);
    return pods.reduce<Pod | undefined>(
      (first, pod) => (first === undefined || queueOrder(pod, first) < 0 ? pod : first),
      undefined,
    );
  }

  #attempt(pod: Pod): void {
    const { api, time } = this.#world;
    const { candidates, message } = fittingNodes(pod, api);
    const scores = scoreNodes(pod, candidates);
    const best = candidates
      .map((node, index) => ({ name: node.name, score: scores[index] ?? 0 }))
      .reduce<{ name: string; score: number } | undefined>(
        (top, each) =>
          top === undefined ||
          each.score > top.score ||
          (each.score === top.score && compareText(each.name, top.name) < 0)
            ? each
            : top,
        undefined,
      );
    if (best !== undefined) {
      this.#waiting.delete(pod.uid);
      const outcome = api.bindPod(pod.uid, best.name);
      this.#world.trace.write('world', { bound: podKey(pod), node: best.name, outcome });
      return;
    }
    const waiting = this.#waiting.get(pod.uid);
    if (waiting === undefined) return;
    waiting.attempts += 1;
    waiting.lastAttemptMs = time.nowMs();
    waiting.parked = true;
    const sinceMs = pod.unschedulable?.sinceMs ?? time.nowMs();
    api.setPodStatus(pod.uid, { unschedulable: { sinceMs, message } });
  }
}

const isWaiting = (pod: Pod): boolean =>
  pod.nodeName === undefined &&
  pod.deletionAtMs === undefined &&
  !isTerminal(pod) &&
  pod.spec.schedulingGates.length === 0 &&
  pod.spec.schedulerName === 'default-scheduler';

const looksAtOtherPods = ({ spec }: Pod): boolean =>
  spec.topologySpread.length > 0 ||
  spec.affinity.podRequired.length > 0 ||
  spec.affinity.podAntiRequired.length > 0;

const backoffEndsAtMs = ({ attempts, lastAttemptMs }: Waiting): number =>
  attempts === 0 ? 0 : lastAttemptMs + Math.min(BACKOFF_MS * 2 ** (attempts - 1), BACKOFF_MAX_MS);

function queueOrder(a: Pod, b: Pod): number {
  return b.spec.priority - a.spec.priority || a.createdAtMs - b.createdAtMs || compareText(a.uid, b.uid);
}
