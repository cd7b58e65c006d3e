/**
 * Where limits bind, pods of higher priority come first: tier after tier is packed, a lower one in the room that the nodes
 * of higher ones leave and then on nodes of its own.
 */
import type { Problem } from '../problem.ts';
import type { Budget } from './budget.ts';
import { Builder, type Progress, startOf, type Variant, type Workshop } from './construct.ts';
import type { Lot, Model, Packing, Run } from './model.ts';

/** The classes of each tier, the highest priority first. */
export type Tiers = readonly (readonly number[])[];

/** A bundle has the highest priority of its pods. */
export function priorityOf({ items }: Problem, { item, bundle }: Lot): number {
  if (!bundle) return items[item]!.priority;
  return bundle.reduce((most, pod) => Math.max(most, items[pod.item]!.priority), Number.NEGATIVE_INFINITY);
}

/** Of classes that do not mix priorities; see `classesOf`. */
export function tiersOf({ problem, lots, classes }: Model): Tiers {
  const tiers = new Map<number, number[]>();
  for (let c = 0; c < classes.count; c++) {
    const priority = priorityOf(problem, lots[classes.lotOf[classes.start[c]!]!]!);
    const tier = tiers.get(priority) ?? [];
    tiers.set(priority, tier);
    tier.push(c);
  }
  return [...tiers].sort(([a], [b]) => b - a).map(([, tier]) => tier);
}

/** Undefined where the budget ends it. */
export function buildInTiers(
  workshop: Workshop,
  remaining: Int32Array,
  variant: Variant,
  tiers: Tiers,
  budget: Budget,
): Packing | undefined {
  const nobody = new Int32Array(remaining.length);
  let progress: Progress = startOf(workshop, nobody);
  for (const tier of tiers) {
    const own = nobody.slice();
    for (const c of tier) own[c] = remaining[c]!;
    const runs = fillLeftovers(workshop, progress, own, budget);
    for (const c of tier) progress.remaining[c] = own[c]!;
    const builder = new Builder(workshop, { ...progress, runs }, variant, budget);
    while (builder.step()) if (budget.left <= 0) return undefined;
    // A pool that refused these pods may still take the next tier's.
    progress = builder.progress();
  }
  const unplaced = progress.remaining.reduce((sum, n) => sum + n, 0);
  return { runs: progress.runs, lotOf: progress.order, cost: progress.cost, unplaced };
}

/** Puts pods of `own` into the room that the runs leave, the first runs first, and takes them out of `own`. */
function fillLeftovers(
  workshop: Workshop,
  { runs, openings }: Progress,
  own: Int32Array,
  budget: Budget,
): Run[] {
  const { model, filler } = workshop;
  const filled: Run[] = [];
  for (const run of runs) {
    const counts = countsOf(run, own.length);
    for (let left = run.times; left > 0; ) {
      budget.spend();
      filler.fillUp(counts, run.kind, openings.offered(run.kind), own);
      const times = timesOf(model, filler.taken, counts, own, left);
      for (let c = 0; c < own.length; c++) own[c]! -= (filler.taken[c]! - counts[c]!) * times;
      filled.push(runOf(run.kind, times, filler.taken));
      left -= times;
    }
  }
  return filled;
}

/** How many equal nodes can get the same more: one where the pods of a class differ. */
function timesOf(
  { classes }: Model,
  taken: Int32Array,
  counts: Int32Array,
  own: Int32Array,
  most: number,
): number {
  let times = most;
  for (let c = 0; c < taken.length; c++) {
    const more = taken[c]! - counts[c]!;
    if (more > 0) times = Math.min(times, classes.uniform[c] === 1 ? Math.floor(own[c]! / more) : 1);
  }
  return times;
}

function countsOf(run: Run, classes: number): Int32Array {
  const counts = new Int32Array(classes);
  for (const [at, c] of run.classes.entries()) counts[c] = run.counts[at]!;
  return counts;
}

function runOf(kind: number, times: number, taken: Int32Array): Run {
  const classes = [...taken.keys()].filter((c) => taken[c]! > 0);
  return { kind, times, classes, counts: classes.map((c) => taken[c]!) };
}

/** Units without a node, per tier. */
export function unplacedPerTier(remaining: Int32Array, { runs }: Packing, tiers: Tiers): number[] {
  const left = remaining.slice();
  for (const { classes, counts, times } of runs) {
    for (const [at, c] of classes.entries()) left[c]! -= counts[at]! * times;
  }
  return tiers.map((tier) => tier.reduce((sum, c) => sum + left[c]!, 0));
}
