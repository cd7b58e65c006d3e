// How good the plans of a run were: against what Karpenter's algorithm would have planned for the same pods at the same
// moment, and against what is proven to be the least possible.
import { percentUp } from './plan-quality.ts';

/** Amounts are micro-USD per hour, summed over plans. */
export interface PlanFigures {
  /** That buy nodes. */
  readonly plans: number;
  /** Of all plans in whose place Karpenter's algorithm would have placed as many pods, whichever of the two buys nodes. */
  readonly pricePerHour: number;
  readonly baselinePerHour: number;
  /** Plans among them that buy nothing where Karpenter's algorithm would have; absent where there is none. */
  readonly withoutNodes?: number;
  /** Plans that buy nodes for more or fewer pods than Karpenter's algorithm would have placed; absent where there is none. */
  readonly notCompared?: number;
  /** Of those that buy nodes and came with a bound; absent where none did. */
  readonly proven?: {
    readonly plans: number;
    readonly pricePerHour: number;
    readonly boundPerHour: number;
    /** Price over bound of the plan that is furthest from it, less one. */
    readonly worstGap: number;
  };
}

export function planLines(figures: PlanFigures): string[] {
  const { plans, withoutNodes = 0, proven } = figures;
  if (plans + withoutNodes === 0) return [];
  const lines = [line('Plans', pricesText(figures))];
  if (proven === undefined) return lines;
  const gap = proven.boundPerHour === 0 ? 0 : proven.pricePerHour / proven.boundPerHour - 1;
  const of = proven.plans === plans ? '' : ` (${proven.plans} of the plans)`;
  return [
    ...lines,
    line(
      'Proven',
      `together within ${percentUp(gap)} of the cheapest possible, the worst plan within ${percentUp(proven.worstGap)}${of}`,
    ),
  ];
}

function pricesText({ plans, withoutNodes, notCompared, ...prices }: PlanFigures): string {
  const none =
    withoutNodes === undefined ? '' : ` and ${withoutNodes} that need none where Karpenter's algorithm does`;
  const left =
    notCompared === undefined ? '' : `; without ${notCompared} in which it places another number of pods`;
  return `${plans} that buy nodes${none}, for ${perHour(prices.pricePerHour)} in all; Karpenter's algorithm in their place: ${perHour(prices.baselinePerHour)}${left}`;
}

const line = (name: string, text: string): string => `${`${name}:`.padEnd(22)} ${text}`;
const perHour = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(2)}/h`;
