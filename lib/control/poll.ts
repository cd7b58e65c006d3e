// Watches the cluster for pods that cannot be scheduled, brings joined nodes up and keeps slots true. Woken by a
// 1-minute tick; one holder of the lease watches for up to 14 minutes and hands over to the next tick.
// Second delivery: a tick that finds the lease held returns. Crash: the lease ends after 20 s, the next tick starts from
// the newest snapshot or a new list; what was asked twice is dropped by the provisioner.
import type { Pod } from '../model/pod.ts';
import type { ServedPods } from '../model/served-pods.ts';
import { isUnsettled, isWaiting } from '../model/slots.ts';
import { isProvisionable } from '../planning/provisionable.ts';
import { servedBy } from '../planning/served.ts';
import type { StopSwitch } from '../ports/stop-switch.ts';
import { Answers } from './answers.ts';
import { Asks } from './asks.ts';
import { advanceBatch, type BatchWindow } from './batch.ts';
import { ClusterView } from './cluster-view.ts';
import { coveredPods } from './coverage.ts';
import type { ControlDeps } from './deps.ts';
import { guarded } from './guarded.ts';
import {
  CLAIMS_BUSY_MS,
  HANDOVER_LOOK_MS,
  HANDOVER_MS,
  LEASE_LIFE_MS,
  LEASE_RENEW_MS,
  ROUND_PAUSE_MAX_MS,
  ROUND_PAUSE_MS,
  SNAPSHOT_EVERY_MS,
  SNAPSHOT_RESUME_MS,
  WATCH_WAIT_MS,
} from './limits.ts';
import { closingClaims, type RegisterInput, register, someNodeMoves } from './register.ts';
import { requestNodes, takeSnapshot } from './request-nodes.ts';
import { steer } from './steer.ts';
import { StoredClaims } from './stored-claims.ts';

export interface PollDeps
  extends Pick<
    ControlDeps,
    | 'clock'
    | 'cluster'
    | 'claims'
    | 'slots'
    | 'plans'
    | 'leases'
    | 'snapshots'
    | 'provisionQueue'
    | 'events'
    | 'metrics'
  > {
  readonly stop: StopSwitch;
  /** Absent means every pod. It travels in the snapshot. */
  readonly serves?: ServedPods;
}

export interface PollRun {
  /** Unique to this invocation. */
  readonly holder: string;
  /** When this invocation stops by itself. */
  readonly deadlineMs: number;
  /** Stops before that once everything was looked at and nothing is on its way: a look now and then, not a watch. */
  readonly endsWhenQuiet?: boolean;
}

const LEASE = 'poller';
const NOT_COVERED: ReturnType<typeof coveredPods> = new Map();

/** Watches until the deadline or until the lease is lost. */
export async function poll(deps: PollDeps, run: PollRun): Promise<void> {
  if (!(await takeLease(deps, run))) return;
  const list = (): Promise<ClusterView> => whileHolding(deps, run, listView(deps));
  const poller = new Poller(deps, await openView(deps, list), list);
  let renewAtMs = deps.clock.nowMs() + LEASE_RENEW_MS;
  let lost = false;
  let pauseMs = ROUND_PAUSE_MS;
  const isOver = (): boolean => run.endsWhenQuiet === true && poller.isQuiet();
  while (!lost && !isOver() && deps.clock.nowMs() < run.deadlineMs) {
    // A call that failed ends the round, not the watch: what was due is still due in the next round.
    const done = await guarded(deps, 'poll round', async () => {
      if (deps.clock.nowMs() >= renewAtMs) {
        lost = (await acquire(deps, run)).kind === 'held';
        if (lost) return;
        renewAtMs = deps.clock.nowMs() + LEASE_RENEW_MS;
      }
      await poller.round(Math.min(renewAtMs, run.deadlineMs));
    });
    if (!done) await deps.clock.sleep(pauseMs);
    pauseMs = done ? ROUND_PAUSE_MS : Math.min(2 * pauseMs, ROUND_PAUSE_MAX_MS);
  }
  if (lost) return;
  // The look itself has just written a snapshot.
  if (!isOver()) await poller.handOver();
  await deps.leases.release(LEASE, run.holder);
}

const acquire = (deps: PollDeps, run: PollRun): ReturnType<PollDeps['leases']['acquire']> =>
  deps.leases.acquire(LEASE, {
    holder: run.holder,
    nowMs: deps.clock.nowMs(),
    lifeMs: LEASE_LIFE_MS,
    endsAtMs: run.deadlineMs,
  });

/** True once the lease is ours. Waits for a holder that is about to end; any other holder keeps it. */
async function takeLease(deps: PollDeps, run: PollRun): Promise<boolean> {
  for (;;) {
    const answer = await acquire(deps, run);
    if (answer.kind === 'acquired') return true;
    const nowMs = deps.clock.nowMs();
    if (answer.endsAtMs - nowMs > HANDOVER_MS || nowMs >= run.deadlineMs) return false;
    const leftMs = answer.endsAtMs - nowMs;
    await deps.clock.sleep(Math.max(HANDOVER_LOOK_MS, Math.min(leftMs, LEASE_RENEW_MS)));
  }
}

/** Goes on from the newest snapshot where the API server still has the history, else lists. */
async function openView(deps: PollDeps, list: () => Promise<ClusterView>): Promise<ClusterView> {
  const newest = await deps.snapshots.newest();
  if (newest !== undefined && deps.clock.nowMs() - newest.snapshot.takenAtMs < SNAPSHOT_RESUME_MS) {
    return new ClusterView(newest.snapshot.cluster, newest.snapshot.cursor);
  }
  return list();
}

async function listView(deps: PollDeps): Promise<ClusterView> {
  const { state, cursor } = await deps.cluster.list();
  return new ClusterView(state, cursor);
}

/** Keeps the lease: a large cluster's list takes longer than a lease lives, and whoever took it meanwhile would list as well. */
async function whileHolding<T>(deps: PollDeps, run: PollRun, work: Promise<T>): Promise<T> {
  let done = false;
  const ended = work.finally(() => {
    done = true;
  });
  for (;;) {
    await Promise.race([ended, deps.clock.sleep(LEASE_RENEW_MS)]);
    if (done) return ended;
    await guarded(deps, 'poller lease', async () => void (await acquire(deps, run)));
  }
}

class Poller {
  readonly #deps: PollDeps;
  readonly #list: () => Promise<ClusterView>;
  #view: ClusterView;
  readonly #stored: StoredClaims;
  #snapshotAtMs = Number.NEGATIVE_INFINITY;
  #window: BatchWindow | undefined;
  readonly #asks = new Asks();
  readonly #answers = new Answers();
  #touched: Set<string> = new Set();
  #started: Pod[] = [];
  #waitMs = 0;

  constructor(deps: PollDeps, view: ClusterView, list: () => Promise<ClusterView>) {
    this.#deps = deps;
    this.#list = list;
    this.#view = view;
    this.#stored = new StoredClaims(deps);
  }

  /** Follows the cluster until something is due, then does all that is due. Comes back by `untilMs`. */
  async round(untilMs: number): Promise<void> {
    await this.#follow(Math.max(0, Math.min(this.#waitMs, untilMs - this.#deps.clock.nowMs())));
    await this.#stored.read(this.#busy());
    // Asked once a round: what is stopped meanwhile is stopped in the next one.
    const stopped = (await this.#deps.stop.read()) === 'all';
    await this.#settleSlots(stopped);
    this.#stored.claims = await register(this.#deps, { ...this.#registerInput(), stopped });
    this.#touched = new Set();
    this.#countStarted();
    await guarded(this.#deps, 'answers', () => this.#answers.read(this.#deps, this.#view.pods));
    await this.#batch(stopped);
  }

  /** All was looked at once, and nothing is on its way. */
  isQuiet(): boolean {
    return this.#snapshotAtMs > Number.NEGATIVE_INFINITY && !this.#busy();
  }

  async handOver(): Promise<void> {
    await this.#snapshot();
  }

  async #follow(waitMs: number): Promise<void> {
    const answer = await this.#deps.cluster.changes(this.#view.cursor, waitMs);
    if (answer.kind === 'gone') {
      this.#view = await this.#list();
      return;
    }
    const { touched, started } = this.#view.apply(answer.changes, answer.cursor);
    for (const node of touched) this.#touched.add(node);
    this.#started.push(...started);
  }

  /** Something is on its way: pods asked for, nodes joining, slots waiting, or nodes that just showed pod events. */
  #busy(): boolean {
    return (
      this.#window !== undefined ||
      this.#touched.size > 0 ||
      this.#asks.awaited(this.#deps.clock.nowMs()).length > 0 ||
      this.#stored.claims.some((claim) => claim.phase !== 'Initialized') ||
      someNodeMoves({ claims: this.#stored.claims, nodes: this.#view.nodes }) ||
      this.#stored.items.some((item) => item.slots.some(isWaiting))
    );
  }

  async #settleSlots(stopped: boolean): Promise<void> {
    const { claims, items } = this.#stored;
    if (!items.some(isUnsettled)) return;
    const nowMs = this.#deps.clock.nowMs();
    const closing = closingClaims(this.#registerInput(), nowMs);
    const { pods } = this.#view;
    this.#stored.items = await steer(this.#deps, {
      ...{ claims, items, pods, closing, nowMs },
      isServed: stopped ? () => false : this.#isServed(),
    });
  }

  /** How long pods that plans brought nodes for waited in all; a poller that dies here loses a figure and nothing else. */
  #countStarted(): void {
    const started = this.#started.splice(0);
    if (started.length === 0) return;
    const planned = new Set(this.#stored.items.flatMap(({ slots }) => slots.map(({ podUid }) => podUid)));
    for (const { uid, createdAtMs } of started) {
      if (!planned.has(uid)) continue;
      this.#deps.metrics.observe('PodPendingToRunning', (this.#deps.clock.nowMs() - createdAtMs) / 1_000);
    }
  }

  #registerInput(): Omit<RegisterInput, 'stopped'> {
    return {
      claims: this.#stored.claims,
      items: this.#stored.items,
      nodes: this.#view.nodes,
      pods: this.#view.pods,
      asked: this.#asks.awaited(this.#deps.clock.nowMs()),
      daemonSets: [...this.#view.daemonSets.values()],
      touched: this.#touched,
    };
  }

  #isServed(): ReturnType<typeof servedBy> {
    return servedBy(this.#deps.serves, this.#view.namespaces);
  }

  #pending(): string[] {
    const isServed = this.#isServed();
    const pending = [...this.#view.unboundPods].filter((pod) => isProvisionable(pod) && isServed(pod));
    return pending.map((pod) => pod.uid);
  }

  async #batch(stopped: boolean): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const pending = stopped ? [] : this.#pending();
    const covered = pending.length === 0 ? NOT_COVERED : this.#covered();
    this.#asks.keepOnly(new Set(pending));
    this.#asks.forget(covered.keys());
    const uncovered = pending.filter((uid) => !covered.has(uid as never));
    const seenAtMs = this.#window?.openedAtMs ?? nowMs;
    const step = advanceBatch(this.#window, this.#asks.due(uncovered, nowMs), nowMs);
    this.#window = step.window;
    if (step.closed.length > 0) {
      const snapshotId = await this.#snapshot();
      const times = { seenAtMs, closedAtMs: nowMs };
      const requests = await requestNodes(this.#deps, { snapshotId, uids: step.closed, times });
      this.#answers.expect(requests, this.#deps.clock.nowMs());
      this.#asks.record(step.closed, this.#deps.clock.nowMs());
    } else if (nowMs - this.#snapshotAtMs >= SNAPSHOT_EVERY_MS) {
      await this.#snapshot();
    }
    const reaskMs = this.#asks.nextAtMs(uncovered) - nowMs;
    const pauseMs = this.#busy() ? CLAIMS_BUSY_MS : WATCH_WAIT_MS;
    this.#waitMs = Math.max(0, Math.min(step.waitMs, pauseMs, step.window === undefined ? reaskMs : pauseMs));
  }

  async #snapshot(): Promise<string> {
    const id = await takeSnapshot(this.#deps, this.#view, this.#covered());
    this.#snapshotAtMs = this.#deps.clock.nowMs();
    return id;
  }

  #covered(): ReturnType<typeof coveredPods> {
    return coveredPods(this.#stored.claims, this.#stored.items);
  }
}
