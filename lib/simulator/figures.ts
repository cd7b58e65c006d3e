// Counts a run by the hour, from what really happened: the bill, the pods and the answers of EC2.
import type { BillingRecord } from '../adapters/memory/billing.ts';
import { TAG } from '../model/labels.ts';
import type { HourFigures, PodFigures, RunFigures } from '../report/run-figures.ts';
import { chargesOf, type Span, spanOf } from './cost-curve.ts';
import { countBy } from './count-by.ts';
import type { Environment } from './environment.ts';
import type { Facts, PodFact } from './facts.ts';
import { shortagesOf } from './shortages.ts';

const HOUR_MS = 3_600_000;

export function figuresOf(environment: Environment, facts: Facts, run: Span): RunFigures {
  const { ec2, claims, plans } = environment;
  const bill = ec2.billing();
  const pods = [...facts.pods.values()];
  const own = pods.filter(({ ofDaemonSet }) => !ofDaemonSet);
  const all = claims.listAll();
  const nodeEnds = nodeEndsOf(facts);
  return {
    hours: hoursOf(bill, own, run),
    pods: podFigures(own),
    nodes: nodeFigures(
      bill.map((record) => spanOf(record, run)),
      busySpan(own, run),
      run,
    ),
    launches: {
      instances: ec2.instances().length,
      byType: countBy(ec2.instances().map(({ instanceType }) => instanceType)),
      refusals: countBy(
        plans
          .listAllOrders()
          .flatMap(({ attempts }) => attempts.flatMap(({ settled }) => settled?.errors ?? []))
          .map(({ code }) => code),
      ),
    },
    shortages: shortagesOf(environment, run.startMs),
    leaves: countBy(all.flatMap(({ leave }) => leave?.reason ?? [])),
    vcpuHours: {
      requested: pods.reduce(
        (sum, pod) => sum + vcpuHours(pod.cpuMillicores, podSpan(pod, nodeEnds, run)),
        0,
      ),
      allocatable: bill.reduce(
        (sum, record) => sum + vcpuHours(allocatableCpu(record, environment), spanOf(record, run)),
        0,
      ),
    },
  };
}

function hoursOf(bill: readonly BillingRecord[], pods: readonly PodFact[], run: Span): HourFigures[] {
  const count = Math.max(1, Math.ceil((run.endMs - run.startMs) / HOUR_MS));
  const hours = Array.from({ length: count }, () => ({
    costMicroUsd: 0,
    nodes: {} as Record<string, number>,
    podsArrived: 0,
  }));
  const hourOf = (timeMs: number): number => Math.floor((timeMs - run.startMs) / HOUR_MS);
  for (const { createdAtMs } of pods) {
    const hour = hours[hourOf(createdAtMs)];
    if (hour !== undefined) hour.podsArrived += 1;
  }
  for (const { step, capacityType, costMicroUsd, ranMs } of chargesOf(bill, run, HOUR_MS)) {
    const hour = hours[step];
    if (hour === undefined) continue;
    hour.costMicroUsd += costMicroUsd;
    hour.nodes[capacityType] = (hour.nodes[capacityType] ?? 0) + ranMs / HOUR_MS;
  }
  return hours;
}

function podFigures(pods: readonly PodFact[]): PodFigures {
  const waits = pods
    .flatMap(({ startedAtMs, createdAtMs }) => (startedAtMs === undefined ? [] : [startedAtMs - createdAtMs]))
    .sort((a, b) => a - b);
  const [p50Ms, p95Ms, p99Ms, maxMs] = [50, 95, 99, 100].map((percent) => percentile(waits, percent) ?? 0);
  return {
    arrived: pods.length,
    completed: pods.filter(({ endedAtMs }) => endedAtMs !== undefined).length,
    cutShort: pods.filter(
      ({ endedAtMs, deletedAtMs }) => endedAtMs === undefined && deletedAtMs !== undefined,
    ).length,
    ...(waits.length === 0
      ? {}
      : { pending: { p50Ms: p50Ms ?? 0, p95Ms: p95Ms ?? 0, p99Ms: p99Ms ?? 0, maxMs: maxMs ?? 0 } }),
  };
}

/** The smallest value that at least `percent` of all are not above. */
export const percentile = (sorted: readonly number[], percent: number): number | undefined =>
  sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];

/** From the first start of a pod to the last end of one: before and after there is nothing to run nodes for. */
function busySpan(pods: readonly PodFact[], run: Span): Span {
  const started = pods.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  const ended = pods.flatMap(({ endedAtMs, deletedAtMs }) => endedAtMs ?? deletedAtMs ?? []);
  return {
    startMs: started.reduce((first, one) => Math.min(first, one), run.endMs),
    endMs: ended.reduce((last, one) => Math.max(last, one), run.startMs),
  };
}

/** Of instances that run from `startMs` until just before `endMs`. */
export function nodeFigures(spans: readonly Span[], busy: Span, run: Span): RunFigures['nodes'] {
  const changes = new Map<number, number>();
  const change = (atMs: number, by: number): void => void changes.set(atMs, (changes.get(atMs) ?? 0) + by);
  for (const { startMs, endMs } of spans) {
    change(startMs, 1);
    change(endMs, -1);
  }
  let nodes = 0;
  let peak = { nodes: 0, atMs: run.startMs };
  let min = Number.POSITIVE_INFINITY;
  const steps = [...changes].sort(([a], [b]) => a - b);
  for (const [index, [atMs, by]] of steps.entries()) {
    nodes += by;
    if (nodes > peak.nodes) peak = { nodes, atMs };
    const [untilMs] = steps[index + 1] ?? [run.endMs];
    if (atMs < busy.endMs && untilMs > busy.startMs) min = Math.min(min, nodes);
  }
  const nodeMs = spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return {
    min: Number.isFinite(min) ? min : 0,
    mean: run.endMs === run.startMs ? 0 : nodeMs / (run.endMs - run.startMs),
    peak: peak.nodes,
    peakAfterMs: peak.atMs - run.startMs,
  };
}

/** When the instance of each node began to end. */
const nodeEndsOf = ({ instances }: Facts): ReadonlyMap<string, number> =>
  new Map(
    [...instances.values()].flatMap(({ nodeName, endedAtMs }) =>
      nodeName === undefined || endedAtMs === undefined ? [] : [[nodeName, endedAtMs]],
    ),
  );

/** A pod takes nothing any more once its instance is gone, though its object may stay for minutes. */
function podSpan(pod: PodFact, nodeEnds: ReadonlyMap<string, number>, run: Span): Span {
  const startMs = pod.boundAtMs ?? run.endMs;
  const ends = [pod.endedAtMs, pod.deletedAtMs, nodeEnds.get(pod.nodeName ?? ''), run.endMs];
  return { startMs, endMs: Math.max(startMs, Math.min(...ends.filter((endMs) => endMs !== undefined))) };
}

const vcpuHours = (millicores: number, { startMs, endMs }: Span): number =>
  ((millicores / 1_000) * (endMs - startMs)) / HOUR_MS;

function allocatableCpu({ instanceId, instanceType }: BillingRecord, environment: Environment): number {
  const pool = environment.ec2.instance(instanceId)?.tags[TAG.nodePool] ?? '';
  return environment.typesOfPool.get(pool)?.get(instanceType)?.allocatable['cpu'] ?? 0;
}
