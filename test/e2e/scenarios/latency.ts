import type { LogLine } from '../aws/lane-stack.ts';
import type { World } from '../world/world.ts';
import { running } from './cluster.ts';
import { type Finding, finding, type Scenario } from './scenario.ts';
import { alone, deployment } from './workloads.ts';

/** Sizes of the isolated batches, each asked for alone and until it runs. */
const BATCHES = [1, 10, 50, 100, 5, 25, 75, 100, 1, 40, 100, 60, 2, 90, 30, 100, 15, 80, 100, 50];
const BURST = { deployments: 5, pods: 100 };
/** What the issue asks of isolated batches of at most 100 pods. */
const P50_MS = 2_000;
const P99_MS = 5_000;

const STEPS = ['batch', 'snapshot', 'send', 'queue', 'plan', 'commit', 'execute', 'launch'] as const;
type Step = (typeof STEPS)[number];

/** From pod seen to CreateFleet sent, in milliseconds. */
interface Way {
  readonly totalMs: number;
  readonly steps: Readonly<Record<Step, number>>;
}

export const latency: Scenario = {
  name: 'pod seen to CreateFleet',
  async run(world) {
    const sinceMs = Date.now();
    for (const [index, pods] of BATCHES.entries()) await batch(world, `batch${index}`, pods);
    const isolated = waysOf(await eventsSince(world, sinceMs));
    const burstMs = Date.now();
    const { deployments, pods } = BURST;
    const names = Array.from({ length: deployments }, (_, index) => `burst${index}`);
    await Promise.all(names.map((name) => batch(world, name, pods)));
    const burst = waysOf(await eventsSince(world, burstMs));
    return [
      ...judged(isolated),
      finding(`a burst of ${deployments} × ${pods} pods`, burst.length > 0, summary(burst)),
    ];
  },
};

/** On nodes of their own, so that nothing that is there already takes them. */
async function batch(world: World, name: string, pods: number): Promise<void> {
  const shape = { cpu: '100m', memory: '128Mi', spec: alone(name) };
  await world.plane.admin.apply(deployment(name, pods, shape));
  await running(world, name, pods);
}

function judged(ways: readonly Way[]): Finding[] {
  const totals = ways.map(({ totalMs }) => totalMs);
  const [p50, p99] = [quantile(totals, 0.5), quantile(totals, 0.99)];
  return [
    finding(
      `isolated batches: p50 below ${P50_MS} ms, p99 below ${P99_MS} ms`,
      ways.length >= BATCHES.length && p50 < P50_MS && p99 < P99_MS,
      summary(ways),
    ),
  ];
}

function summary(ways: readonly Way[]): string {
  const of = (pick: (way: Way) => number): string => {
    const values = ways.map(pick);
    return `${Math.round(quantile(values, 0.5))}/${Math.round(quantile(values, 0.99))}`;
  };
  const steps = STEPS.map((step) => `${step} ${of(({ steps: each }) => each[step])}`);
  return `${ways.length} orders, p50/p99 ms: ${of(({ totalMs }) => totalMs)}; ${steps.join(', ')}`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

interface Events {
  readonly found: readonly LogLine[];
  readonly plans: readonly LogLine[];
  readonly answers: readonly LogLine[];
}

async function eventsSince({ stack }: World, sinceMs: number): Promise<Events> {
  const poller = await stack.logs('poller');
  const provisioner = await stack.logs('provisioner');
  const since = (lines: readonly LogLine[], type: string, field: string): LogLine[] =>
    lines.filter((line) => line['type'] === type && Number(line[field]) >= sinceMs);
  return {
    found: since(poller, 'PodsFound', 'seenAtMs'),
    plans: since(provisioner, 'PlanCarriedOut', 'startedAtMs'),
    answers: since(provisioner, 'FleetAnswered', 'askedAtMs').filter(({ attempt }) => attempt === 1),
  };
}

/** One way per order, joined by the ids that every line carries. */
function waysOf({ found, plans, answers }: Events): Way[] {
  return answers.flatMap((answer) => {
    const plan = plans.find((each) => String(answer['order']).startsWith(`${String(each['plan'])}`));
    const requests = (plan?.['requests'] ?? []) as readonly string[];
    const ask = found.find((each) =>
      (each['requests'] as readonly string[]).some((id) => requests.includes(id)),
    );
    return plan === undefined || ask === undefined ? [] : [wayOf(ask, plan, answer)];
  });
}

function wayOf(ask: LogLine, plan: LogLine, answer: LogLine): Way {
  const times = [
    ...['seenAtMs', 'closedAtMs', 'snapshotAtMs', 'sentAtMs'].map((field) => Number(ask[field])),
    ...['startedAtMs', 'plannedAtMs', 'committedAtMs', 'launchesSentAtMs'].map((field) =>
      Number(plan[field]),
    ),
    Number(answer['askedAtMs']),
  ];
  const steps = STEPS.map((step, index) => [step, (times[index + 1] ?? 0) - (times[index] ?? 0)] as const);
  return {
    totalMs: (times.at(-1) ?? 0) - (times[0] ?? 0),
    steps: Object.fromEntries(steps) as Record<Step, number>,
  };
}
