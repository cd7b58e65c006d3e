// The bill, spread over time.
import { type BillingRecord, costMicroUsd } from '../adapters/memory/billing.ts';
import type { CostCurve } from '../report/simulation-summary.ts';

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Charge {
  /** Of the step, from 0. */
  readonly step: number;
  readonly capacityType: string;
  readonly costMicroUsd: number;
  /** How long the instance ran in it. */
  readonly ranMs: number;
}

const MINUTE_MS = 60_000;
/** What a curve's step may be, in minutes. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440] as const;
/** Longer curves are no longer read. */
const MOST_STEPS = 20;

export const spanOf = (record: BillingRecord, run: Span): Span => ({
  startMs: record.startedAtMs,
  endMs: record.endedAtMs ?? run.endMs,
});

/** What each instance cost in each step of the run, in proportion to its time there. */
export function chargesOf(bill: readonly BillingRecord[], run: Span, stepMs: number): Charge[] {
  const stepOf = (timeMs: number): number => Math.floor((timeMs - run.startMs) / stepMs);
  return bill.flatMap((record) => {
    const { startMs, endMs } = spanOf(record, run);
    const cost = costMicroUsd(record, run.endMs);
    const first = stepOf(startMs);
    return Array.from({ length: stepOf(endMs) - first + 1 }, (_, index) => {
      const fromMs = run.startMs + (first + index) * stepMs;
      const ranMs = Math.min(endMs, fromMs + stepMs) - Math.max(startMs, fromMs);
      const share = endMs === startMs ? 1 : ranMs / (endMs - startMs);
      return {
        step: first + index,
        capacityType: record.capacityType,
        costMicroUsd: cost * share,
        ranMs,
      };
    });
  });
}

/** `longestMs` is what the run may last at most: runs of one scenario share their steps, whenever they ended. */
export function costCurve(bill: readonly BillingRecord[], run: Span, longestMs: number): CostCurve {
  const minutes = STEPS.find((step) => step * MINUTE_MS * MOST_STEPS >= longestMs) ?? STEPS[STEPS.length - 1];
  const stepMs = (minutes ?? 1) * MINUTE_MS;
  const microUsd = Array.from(
    { length: Math.max(1, Math.ceil((run.endMs - run.startMs) / stepMs)) },
    () => 0,
  );
  for (const charge of chargesOf(bill, run, stepMs)) {
    const before = microUsd[charge.step];
    if (before !== undefined) microUsd[charge.step] = before + charge.costMicroUsd;
  }
  return { stepMs, microUsd: microUsd.map(Math.round) };
}
