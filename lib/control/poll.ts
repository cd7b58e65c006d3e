// Watches the cluster for pods that cannot be scheduled, brings joined nodes up and keeps slots true. Woken by a
// 1-minute tick; one holder of the lease watches for up to 14 minutes and hands over to the next tick.
// Second delivery: a tick that finds the lease held returns. Crash: the lease ends after 20 s, the next tick starts from
// the newest snapshot or a new list; what was asked twice is dropped by the provisioner.
import type { NodeClaim } from '../model/node-claim.ts';
import { type ClaimSlots, isWaiting } from '../model/slots.ts';
import { isProvisionable } from '../planning/provisionable.ts';
import { Asks } from './asks.ts';
import { advanceBatch, type BatchWindow } from './batch.ts';
import { ClusterView } from './cluster-view.ts';
import { coveredPods } from './coverage.ts';
import type { ControlDeps } from './deps.ts';
import { guarded } from './guarded.ts';
import {
  CLAIMS_BUSY_MS,
  CLAIMS_QUIET_MS,
  HANDOVER_MS,
  LEASE_LIFE_MS,
  LEASE_RENEW_MS,
  ROUND_PAUSE_MS,
  SNAPSHOT_EVERY_MS,
  SNAPSHOT_RESUME_MS,
  WATCH_WAIT_MS,
} from './limits.ts';
import { closingClaims, type RegisterInput, register } from './register.ts';
import { requestNodes, takeSnapshot } from './request-nodes.ts';
import { isMoving, steer } from './steer.ts';

export type PollDeps = Pick<
  ControlDeps,
  'clock' | 'cluster' | 'claims' | 'slots' | 'leases' | 'snapshots' | 'provisionQueue' | 'events' | 'metrics'
>;

export interface PollRun {
  /** Unique to this invocation. */
  readonly holder: string;
  /** When this invocation stops by itself. */
  readonly deadlineMs: number;
}

const LEASE = 'poller';
const NOT_COVERED: ReturnType<typeof coveredPods> = new Map();

/** Watches until the deadline or until the lease is lost. */
export async function poll(deps: PollDeps, run: PollRun): Promise<void> {
  if (!(await takeLease(deps, run))) return;
  const poller = new Poller(deps, await openView(deps));
  let renewAtMs = deps.clock.nowMs() + LEASE_RENEW_MS;
  let lost = false;
  while (!lost && deps.clock.nowMs() < run.deadlineMs) {
    // A call that failed ends the round, not the watch: what was due is still due in the next round.
    const done = await guarded(deps, 'poll round', async () => {
      if (deps.clock.nowMs() >= renewAtMs) {
        lost = (await acquire(deps, run)).kind === 'held';
        if (lost) return;
        renewAtMs = deps.clock.nowMs() + LEASE_RENEW_MS;
      }
      await poller.round(Math.min(renewAtMs, run.deadlineMs));
    });
    if (!done) await deps.clock.sleep(ROUND_PAUSE_MS);
  }
  if (lost) return;
  await poller.handOver();
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
    await deps.clock.sleep(LEASE_RENEW_MS);
  }
}

/** Goes on from the newest snapshot where the API server still has the history, else lists. */
async function openView(deps: PollDeps): Promise<ClusterView> {
  const newest = await deps.snapshots.newest();
  if (newest !== undefined && deps.clock.nowMs() - newest.snapshot.takenAtMs < SNAPSHOT_RESUME_MS) {
    return new ClusterView(newest.snapshot.cluster, newest.snapshot.cursor);
  }
  return listView(deps);
}

async function listView(deps: PollDeps): Promise<ClusterView> {
  const { state, cursor } = await deps.cluster.list();
  return new ClusterView(state, cursor);
}

class Poller {
  readonly #deps: PollDeps;
  #view: ClusterView;
  #claims: readonly NodeClaim[] = [];
  #items: readonly ClaimSlots[] = [];
  #claimsReadAtMs = Number.NEGATIVE_INFINITY;
  #snapshotAtMs = Number.NEGATIVE_INFINITY;
  #window: BatchWindow | undefined;
  readonly #asks = new Asks();
  #touched: Set<string> = new Set();
  #waitMs = 0;

  constructor(deps: PollDeps, view: ClusterView) {
    this.#deps = deps;
    this.#view = view;
  }

  /** Follows the cluster until something is due, then does all that is due. Comes back by `untilMs`. */
  async round(untilMs: number): Promise<void> {
    await this.#follow(Math.max(0, Math.min(this.#waitMs, untilMs - this.#deps.clock.nowMs())));
    await this.#readClaims();
    await this.#settleSlots();
    this.#claims = await register(this.#deps, this.#registerInput());
    this.#touched = new Set();
    await this.#batch();
  }

  async handOver(): Promise<void> {
    await this.#snapshot();
  }

  async #follow(waitMs: number): Promise<void> {
    const answer = await this.#deps.cluster.changes(this.#view.cursor, waitMs);
    if (answer.kind === 'gone') {
      this.#view = await listView(this.#deps);
      return;
    }
    const touched = this.#view.apply(answer.changes, answer.cursor);
    for (const node of touched) this.#touched.add(node);
  }

  async #readClaims(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs - this.#claimsReadAtMs < (this.#busy() ? CLAIMS_BUSY_MS : CLAIMS_QUIET_MS)) return;
    this.#claims = await this.#deps.claims.listLive();
    this.#items = await this.#deps.slots.listLive();
    this.#claimsReadAtMs = nowMs;
  }

  /** Something is on its way: pods asked for, nodes joining, slots waiting, or nodes that just showed pod events. */
  #busy(): boolean {
    return (
      this.#window !== undefined ||
      this.#touched.size > 0 ||
      this.#asks.expectsAnswer(this.#deps.clock.nowMs()) ||
      this.#claims.some((claim) => claim.phase !== 'Initialized') ||
      this.#items.some((item) => item.slots.some(isWaiting))
    );
  }

  async #settleSlots(): Promise<void> {
    if (!this.#items.some(isMoving)) return;
    const nowMs = this.#deps.clock.nowMs();
    const closing = closingClaims(this.#registerInput(), nowMs);
    const input = { claims: this.#claims, items: this.#items, pods: this.#view.pods, closing, nowMs };
    this.#items = await steer(this.#deps, input);
  }

  #registerInput(): RegisterInput {
    return {
      claims: this.#claims,
      items: this.#items,
      nodes: this.#view.nodes,
      pods: this.#view.pods,
      daemonSets: [...this.#view.daemonSets.values()],
      touched: this.#touched,
    };
  }

  #pending(): string[] {
    return [...this.#view.unboundPods].filter(isProvisionable).map((pod) => pod.uid);
  }

  async #batch(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const pending = this.#pending();
    const covered = pending.length === 0 ? NOT_COVERED : coveredPods(this.#claims, this.#items);
    this.#asks.keepOnly(new Set(pending));
    this.#asks.forget(covered.keys());
    const uncovered = pending.filter((uid) => !covered.has(uid as never));
    const step = advanceBatch(this.#window, this.#asks.due(uncovered, nowMs), nowMs);
    this.#window = step.window;
    if (step.closed.length > 0) {
      const snapshotId = await this.#snapshot();
      await requestNodes(this.#deps, snapshotId, step.closed);
      this.#asks.record(step.closed, this.#deps.clock.nowMs());
    } else if (nowMs - this.#snapshotAtMs >= SNAPSHOT_EVERY_MS) {
      await this.#snapshot();
    }
    const reaskMs = this.#asks.nextAtMs(uncovered) - nowMs;
    const pauseMs = this.#busy() ? CLAIMS_BUSY_MS : WATCH_WAIT_MS;
    this.#waitMs = Math.max(0, Math.min(step.waitMs, pauseMs, step.window === undefined ? reaskMs : pauseMs));
  }

  async #snapshot(): Promise<string> {
    const covered = coveredPods(this.#claims, this.#items);
    const id = await takeSnapshot(this.#deps, this.#view, covered);
    this.#snapshotAtMs = this.#deps.clock.nowMs();
    return id;
  }
}
