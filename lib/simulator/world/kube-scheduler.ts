// kube-scheduler: takes waiting pods by priority, then age; filters and scores nodes; binds or marks Unschedulable. A
// rejected pod waits until something happens that could help it. Preemption is not modelled: no scenario needs it, and a
// pod that would have preempted shows up as one without a place.
import type { PodUid } from '../../model/ids.ts';
import type { Node } from '../../model/node.ts';
import { isTerminal, type Pod, type PodSpec, podKey } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';
import type { ClusterChange } from '../../ports/cluster.ts';
import type { RandomStream } from '../random.ts';
import { fittingNodes, hasRoomFor } from './node-fit.ts';
import { SchedulingQueue } from './scheduling-queue.ts';
import { scoreNodes } from './score.ts';
import type { World } from './world.ts';

/** From a helping event to the next attempt, measured on 1.35 (docs/placement.md). */
const WAKE_MS = { min: 3, max: 30 };
/** One scheduling cycle. */
const CYCLE_MS = { min: 1, max: 4 };
/** Rejected pods that nothing helped for 5 minutes are tried again; looked for every 30 s. */
const FLUSH_EVERY_MS = 30_000;
const FLUSH_AFTER_MS = 5 * 60_000;

export class KubeScheduler {
  readonly #world: World;
  readonly #random: RandomStream;
  readonly #queue = new SchedulingQueue();
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
      for (const uid of this.#queue.parked()) {
        if ((this.#queue.parkedSinceMs(uid) ?? 0) <= beforeMs) this.#move(uid);
      }
      this.#flushEvery();
    });
  }

  #observe(change: ClusterChange): void {
    if (change.list === 'nodes') {
      if (change.type === 'put') this.#helpedBy([change.value]);
      return;
    }
    if (change.list !== 'pods') return;
    const uid = change.key as PodUid;
    if (change.type === 'delete') {
      this.#queue.delete(uid);
      // Which node it left is not told here; any node may have room now.
      this.#helpedBy(this.#world.api.nodes());
    } else if (isWaiting(change.value)) {
      this.#wait(change.value);
    } else {
      this.#queue.delete(uid);
      this.#helpedByPod(change.value);
    }
  }

  /** A new pod is tried at once; for one that waits, only a change of its specification is news. */
  #wait(pod: Pod): void {
    if (this.#queue.add(pod)) {
      this.#cycleSoon();
      return;
    }
    const sinceMs = this.#queue.parkedSinceMs(pod.uid);
    if (sinceMs !== undefined && sinceMs < this.#world.time.nowMs()) this.#move(pod.uid);
  }

  /** A pod's binding or end can be what another pod's affinity or spread waits for, and its end leaves room. */
  #helpedByPod(pod: Pod): void {
    const node = pod.nodeName === undefined ? undefined : this.#world.api.node(pod.nodeName);
    if (isTerminal(pod) && node !== undefined) this.#helpedBy([node]);
    for (const uid of this.#queue.lookingAtPods()) this.#move(uid);
  }

  /** Like the real queueing hints: only pods that one of these nodes could take are tried again. */
  #helpedBy(nodes: readonly Node[]): void {
    const { api } = this.#world;
    for (const node of nodes) {
      // Pods of one template share their specification until a slot is tolerated, and the answer with it.
      const answers = new Map<PodSpec, boolean>();
      for (const uid of this.#queue.parked()) {
        const pod = api.pod(uid);
        if (pod === undefined) continue;
        const fits = answers.get(pod.spec) ?? hasRoomFor(pod, node, api);
        if (pod.spec.volumeClaims.length === 0) answers.set(pod.spec, fits);
        if (fits) this.#move(uid);
      }
    }
  }

  #move(uid: PodUid): void {
    if (!this.#queue.unpark(uid)) return;
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
    const { api, time } = this.#world;
    const { uid, soonestMs } = this.#queue.next(time.nowMs());
    const pod = uid === undefined ? undefined : api.pod(uid);
    if (pod !== undefined) {
      this.#attempt(pod);
      this.#cycleSoon();
    } else if (soonestMs !== undefined) {
      time.at(soonestMs, () => this.#cycleSoon());
    }
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
      this.#queue.delete(pod.uid);
      const outcome = api.bindPod(pod.uid, best.name);
      this.#world.trace.write('world', { bound: podKey(pod), node: best.name, outcome });
      return;
    }
    this.#queue.park(pod.uid, time.nowMs());
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
