// kube-scheduler's queue: pods that are tried next, pods that wait out their backoff, and pods that wait for something to
// happen that could help them. Source: k8s.io/kubernetes `pkg/scheduler/backend/queue/scheduling_queue.go`.
import type { PodUid } from '../../model/ids.ts';
import type { Pod } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';
import { looksAtOtherPods } from './node-fit.ts';

/** `podInitialBackoffSeconds` and `podMaxBackoffSeconds`. */
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 10_000;

interface Waiting {
  /** As it was when it came: what decides its order never changes. */
  readonly pod: Pod;
  attempts: number;
  lastAttemptMs: number;
  place: 'ready' | 'backoff' | 'parked';
}

export class SchedulingQueue {
  readonly #waiting = new Map<PodUid, Waiting>();
  /** Sorted; entries that have moved on since are left in and passed over. */
  readonly #ready: Waiting[] = [];
  readonly #backoff: { readonly waiting: Waiting; readonly endsAtMs: number }[] = [];
  readonly #lookingAtPods = new Set<PodUid>();
  #parked = 0;

  /** False when it waits already. */
  add(pod: Pod): boolean {
    if (this.#waiting.has(pod.uid)) return false;
    const waiting: Waiting = { pod, attempts: 0, lastAttemptMs: 0, place: 'ready' };
    this.#waiting.set(pod.uid, waiting);
    if (looksAtOtherPods(pod)) this.#lookingAtPods.add(pod.uid);
    insert(this.#ready, waiting, queueOrder);
    return true;
  }

  delete(uid: PodUid): void {
    const waiting = this.#waiting.get(uid);
    if (waiting?.place === 'parked') this.#parked -= 1;
    this.#waiting.delete(uid);
    this.#lookingAtPods.delete(uid);
  }

  /** When a parked pod was last tried; undefined for any other. */
  parkedSinceMs(uid: PodUid): number | undefined {
    const waiting = this.#waiting.get(uid);
    return waiting?.place === 'parked' ? waiting.lastAttemptMs : undefined;
  }

  /** In the order in which they came. */
  parked(): readonly PodUid[] {
    if (this.#parked === 0) return [];
    return [...this.#waiting].filter(([, { place }]) => place === 'parked').map(([uid]) => uid);
  }

  /** Pods for which a change of other pods can be what they wait for, in the order in which they came. */
  lookingAtPods(): readonly PodUid[] {
    return [...this.#lookingAtPods];
  }

  /** An attempt failed: the pod waits until something is said to help it. */
  park(uid: PodUid, nowMs: number): void {
    const waiting = this.#waiting.get(uid);
    if (waiting === undefined) return;
    if (waiting.place !== 'parked') this.#parked += 1;
    waiting.attempts += 1;
    waiting.lastAttemptMs = nowMs;
    waiting.place = 'parked';
  }

  /** Something happened that could help a parked pod; false when it is not parked. */
  unpark(uid: PodUid): boolean {
    const waiting = this.#waiting.get(uid);
    if (waiting?.place !== 'parked') return false;
    this.#parked -= 1;
    waiting.place = 'backoff';
    const entry = { waiting, endsAtMs: backoffEndsAtMs(waiting) };
    insert(this.#backoff, entry, (a, b) => a.endsAtMs - b.endsAtMs);
    return true;
  }

  /** The pod to try now, or the time at which there may be one. */
  next(nowMs: number): { readonly uid?: PodUid; readonly soonestMs?: number } {
    for (let due = this.#soonest(); due !== undefined && due.endsAtMs <= nowMs; due = this.#soonest()) {
      this.#backoff.shift();
      due.waiting.place = 'ready';
      insert(this.#ready, due.waiting, queueOrder);
    }
    while (this.#ready[0] !== undefined && !this.#is(this.#ready[0], 'ready')) this.#ready.shift();
    const [first] = this.#ready;
    if (first !== undefined) return { uid: first.pod.uid };
    const soonest = this.#soonest();
    return soonest === undefined ? {} : { soonestMs: soonest.endsAtMs };
  }

  #soonest(): { readonly waiting: Waiting; readonly endsAtMs: number } | undefined {
    for (;;) {
      const [soonest] = this.#backoff;
      if (soonest === undefined) return undefined;
      const stands =
        this.#is(soonest.waiting, 'backoff') && backoffEndsAtMs(soonest.waiting) === soonest.endsAtMs;
      if (stands) return soonest;
      this.#backoff.shift();
    }
  }

  #is(waiting: Waiting, place: Waiting['place']): boolean {
    return waiting.place === place && this.#waiting.get(waiting.pod.uid) === waiting;
  }
}

const backoffEndsAtMs = ({ attempts, lastAttemptMs }: Waiting): number =>
  lastAttemptMs + Math.min(BACKOFF_MS * 2 ** (attempts - 1), BACKOFF_MAX_MS);

const queueOrder = ({ pod: a }: Waiting, { pod: b }: Waiting): number =>
  b.spec.priority - a.spec.priority || a.createdAtMs - b.createdAtMs || compareText(a.uid, b.uid);

/** After all that it does not come before. */
function insert<T>(sorted: T[], entry: T, compare: (a: T, b: T) => number): void {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle] as T, entry) <= 0) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, entry);
}
