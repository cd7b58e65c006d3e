// How good the plans of a run were: against what Karpenter's algorithm would have planned for the same pods at the same
// moment, and against what is proven to be the least possible.

/** Of plans that buy nodes. Amounts are micro-USD per hour, summed over plans. */
export interface PlanFigures {
  readonly plans: number;
  readonly pricePerHour: number;
  readonly baselinePerHour: number;
  /** Of those plans that came with a bound; absent where none did. */
  readonly proven?: {
    readonly plans: number;
    readonly pricePerHour: number;
    readonly boundPerHour: number;
    /** Price over bound of the plan that is furthest from it, less one. */
    readonly worstGap: number;
  };
}

export function planLines({ plans, pricePerHour, baselinePerHour, proven }: PlanFigures): string[] {
  if (plans === 0) return [];
  const lines = [
    line(
      'Plans',
      `${plans} that buy nodes, for ${perHour(pricePerHour)} in all; Karpenter's algorithm in their place: ${perHour(baselinePerHour)}`,
    ),
  ];
  if (proven === undefined) return lines;
  const gap = proven.boundPerHour === 0 ? 0 : proven.pricePerHour / proven.boundPerHour - 1;
  const of = proven.plans === plans ? '' : ` (${proven.plans} of the plans)`;
  return [
    ...lines,
    line(
      'Proven',
      `together within ${percent(gap)} of the cheapest possible, the worst plan within ${percent(proven.worstGap)}${of}`,
    ),
  ];
}

const line = (name: string, text: string): string => `${`${name}:`.padEnd(22)} ${text}`;
const perHour = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(2)}/h`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
