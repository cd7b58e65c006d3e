// One run beside the same run with other settings: what they cost, when, and what their pods got for it.
import type { Count } from './run-figures.ts';
import {
  adherencePercent,
  clockTime,
  isGood,
  type SimulationSummary,
  seconds,
  usd,
} from './simulation-summary.ts';
import { textTable } from './text-table.ts';

/** `karpenter`: plans by Karpenter's algorithm. `inflexible`: alternatives of spot nodes are worth nothing. */
export const VARIANTS = ['karpenter', 'inflexible'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface OtherRun {
  readonly variant: Variant;
  readonly summary: SimulationSummary;
}

const TITLES: Readonly<Record<Variant, string>> = {
  karpenter: "Karpenter's algorithm",
  inflexible: 'without flexibility',
};

/** Ends with what the run saved against Karpenter's algorithm, where that ran too; no lines where nothing else ran. */
export function comparisonLines(run: SimulationSummary, others: readonly OtherRun[]): string[] {
  if (others.length === 0) return [];
  const runs = [run, ...others.map(({ summary }) => summary)];
  const titles = ['this run', ...others.map(({ variant }) => TITLES[variant])];
  const karpenter = others.find(({ variant }) => variant === 'karpenter');
  return [
    '',
    ...textTable(['The same run', ...titles], factRows(runs)),
    '',
    ...textTable(['Cost over time', ...titles], costRows(runs)),
    ...(karpenter === undefined ? [] : ['', savingLine(run, karpenter.summary)]),
  ];
}

function factRows(runs: readonly SimulationSummary[]): string[][] {
  const row = (name: string, tell: (run: SimulationSummary) => string): string[] => [name, ...runs.map(tell)];
  const wait = (name: 'p50Ms' | 'p99Ms' | 'maxMs') => (run: SimulationSummary) => {
    const { pending } = run.figures.pods;
    return pending === undefined ? '' : seconds(pending[name]);
  };
  return [
    row('money spent', ({ money }) => usd(money.totalMicroUsd)),
    row('instances launched', ({ figures }) => String(figures.launches.instances)),
    row('offerings refused by EC2', ({ figures }) => String(total(figures.launches.refusals))),
    row('nodes taken by EC2', ({ figures }) => String(total(figures.leaves.filter(isTaken)))),
    row('pending to running, p50', wait('p50Ms')),
    row('pending to running, p99', wait('p99Ms')),
    row('pending to running, longest', wait('maxMs')),
    row('plan adherence', ({ adherence }) => `${adherencePercent(adherence).toFixed(1)} %`),
    row('allocatable vCPUs in use', ({ figures }) => usedText(figures.vcpuHours)),
    row('checks that hold', ({ checks }) => {
      const held = checks.filter(({ violations }) => violations.length === 0);
      return `${held.length} of ${checks.length}`;
    }),
  ];
}

/** EC2 took the node, not we. */
const isTaken = ({ name }: Count): boolean => name === 'Interrupted' || name === 'InstanceTerminated';

const total = (counts: readonly Count[]): number => counts.reduce((sum, { count }) => sum + count, 0);

function usedText({ requested, allocatable }: SimulationSummary['figures']['vcpuHours']): string {
  return allocatable === 0 ? '' : `${((100 * requested) / allocatable).toFixed(1)} %`;
}

function costRows(runs: readonly SimulationSummary[]): string[][] {
  const curves = runs.map(({ money }) => money.overTime);
  const stepMs = curves[0]?.stepMs ?? 0;
  const steps = Math.max(...curves.map(({ microUsd }) => microUsd.length));
  return Array.from({ length: steps }, (_, step) => [
    `from ${clockTime(step * stepMs).replace(/\.\d+$/, '')}`,
    ...curves.map(({ microUsd }) => usd(microUsd[step] ?? 0)),
  ]);
}

function savingLine(run: SimulationSummary, karpenter: SimulationSummary): string {
  if (![run, karpenter].every(isGood)) {
    return 'What was saved cannot be told: in one of the runs a pod has no place or a check failed.';
  }
  const theirs = karpenter.money.totalMicroUsd;
  const ours = run.money.totalMicroUsd;
  const amount = usd(Math.abs(theirs - ours));
  const percent = theirs === 0 ? 0 : (100 * Math.abs(theirs - ours)) / theirs;
  const share = `(${percent.toFixed(1)} %)`;
  const same = "Karpenter's algorithm on the same run";
  if (amount === usd(0)) return `Costs the same as ${same}: ${usd(theirs)}.`;
  return ours > theirs
    ? `Costs ${amount} more than ${same}: ${usd(ours)} instead of ${usd(theirs)} ${share}.`
    : `Saves ${amount} of ${usd(theirs)} ${share} against ${same}.`;
}
