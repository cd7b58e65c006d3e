import { costMicroUsd } from '../adapters/memory/billing.ts';
import type { PodUid } from '../model/ids.ts';
import { isLive } from '../model/node-claim.ts';
import type { Adherence, Latencies, Money, SimulationSummary } from '../report/simulation-summary.ts';
import { type Checker, type Evidence, isAlive } from './checkers/checker.ts';
import { podsWithoutPlace } from './checkers/pods.ts';
import { costCurve } from './cost-curve.ts';
import type { Environment } from './environment.ts';
import type { Facts } from './facts.ts';
import type { FaultRates } from './faults.ts';
import { figuresOf, percentile } from './figures.ts';
import type { PlanRecord } from './plan-record.ts';
import type { AwaitPoints } from './process.ts';
import type { Scenario } from './scenario.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface RunRecord {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly rates: FaultRates;
  readonly time: VirtualTime;
  readonly environment: Environment;
  readonly facts: Facts;
  readonly plans: PlanRecord;
  readonly evidence: Evidence;
  readonly checkers: readonly Checker[];
  readonly points: AwaitPoints;
}

/** A pod bound elsewhere this long after its node was ready had been left without room there. */
const SLOT_OPEN_MS = 2 * 60_000;

export function summarize(run: RunRecord): SimulationSummary {
  const { scenario, time, environment, facts, checkers } = run;
  const { claims, api, ec2, queues } = environment;
  return {
    scenario: scenario.name,
    seed: run.seed,
    faultRates: { ...run.rates },
    durationMs: time.nowMs() - time.startMs,
    peak: { afterMs: claims.peak.atMs - time.startMs, claims: claims.peak.claims },
    claims: claims.all,
    money: moneyOf(run),
    plans: run.plans.figures(),
    pendingToRunning: latenciesOf(facts),
    adherence: adherenceOf(environment, facts),
    end: {
      nodes: api.nodes().length,
      instances: ec2.instances().filter(isAlive).length,
      claims: claims.listAll().filter(isLive).length,
    },
    podsWithoutPlace: podsWithoutPlace(run.evidence),
    checks: checkers.map(({ property, violations }) => ({ property, violations })),
    deadLetters: [queues.provision, queues.launch, queues.drain].reduce(
      (sum, queue) => sum + queue.deadLetters.length,
      0,
    ),
    awaitPoints: run.points.passed,
    figures: figuresOf(environment, facts, { startMs: time.startMs, endMs: time.nowMs() }),
  };
}

function moneyOf({ scenario, time, environment: { ec2 } }: RunRecord): Money {
  const nowMs = time.nowMs();
  const byCapacityType: Record<string, number> = {};
  let totalMicroUsd = 0;
  for (const record of ec2.billing()) {
    const cost = costMicroUsd(record, nowMs);
    totalMicroUsd += cost;
    byCapacityType[record.capacityType] = (byCapacityType[record.capacityType] ?? 0) + cost;
  }
  const overTime = costCurve(ec2.billing(), { startMs: time.startMs, endMs: nowMs }, scenario.endMs);
  return { totalMicroUsd, byCapacityType, overTime };
}

function latenciesOf(facts: Facts): Latencies {
  const waits: number[] = [];
  for (const pod of facts.pods.values()) {
    if (!pod.ofDaemonSet && pod.startedAtMs !== undefined) waits.push(pod.startedAtMs - pod.createdAtMs);
  }
  waits.sort((a, b) => a - b);
  const p50Ms = percentile(waits, 50);
  const p99Ms = percentile(waits, 99);
  return p50Ms === undefined || p99Ms === undefined ? { pods: 0 } : { pods: waits.length, p50Ms, p99Ms };
}

/** Judged by where pods really went. A pod that ended before it was bound is nobody's miss and is left out. */
function adherenceOf({ plans, claims, slots }: Environment, facts: Facts): Adherence {
  const counts = { plannedPods: 0, asPlanned: 0, elsewhere: 0, withoutRoom: 0 };
  const reasons = new Map<string, number>();
  const missReasons = new Map<PodUid, string>();
  for (const item of slots.listAll()) {
    for (const slot of item.slots) {
      if (slot.missReason !== undefined) missReasons.set(slot.podUid, slot.missReason);
    }
  }
  const instanceOf = new Map(
    claims.listAll().map((claim) => [claim.name, 'launch' in claim ? claim.launch.instanceId : undefined]),
  );
  const byAge = [...plans.listAll()].sort((a, b) => a.createdAtMs - b.createdAtMs);
  const planned = new Map(
    byAge.flatMap((plan) =>
      plan.slots.flatMap(({ claim, slots: here }) => here.map((slot) => [slot.podUid, claim] as const)),
    ),
  );
  for (const [uid, claim] of planned) {
    const pod = facts.pods.get(uid);
    if (pod === undefined || (pod.boundAtMs === undefined && pod.deletedAtMs !== undefined)) continue;
    counts.plannedPods += 1;
    const instanceId = instanceOf.get(claim);
    const instance = instanceId === undefined ? undefined : facts.instances.get(instanceId);
    if (pod.nodeName !== undefined && pod.nodeName === instance?.nodeName) {
      counts.asPlanned += 1;
      continue;
    }
    const openAtMs = (instance?.nodeReadyAtMs ?? Number.POSITIVE_INFINITY) + SLOT_OPEN_MS;
    if (pod.boundAtMs === undefined || pod.boundAtMs > openAtMs) counts.withoutRoom += 1;
    else counts.elsewhere += 1;
    const reason =
      missReasons.get(uid) ??
      (instance === undefined ? 'its node was never launched' : 'its node left before it');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { ...counts, reasons: [...reasons].map(([reason, pods]) => ({ reason, pods })) };
}
