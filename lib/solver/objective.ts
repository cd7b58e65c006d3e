import type { Problem } from './problem.ts';

/**
 * What plans are compared by, beside the price of their new nodes. Every amount is micro-USD per hour. With `MONEY_ALONE`
 * the objective of a plan is its price.
 */
export interface Objective {
  /** What a new node costs beside its price, by the offering it would be launched as. */
  readonly surcharges: readonly Surcharge[];
  readonly flexibility: Flexibility;
  /**
   * What room that new nodes leave unused is worth, as a share of its fluid price; 0 up to, but not including, 1. Small
   * batches have followers that the room is good for.
   */
  readonly headroomShare: number;
}

/** One named term: the report says what it adds to a plan. */
export interface Surcharge {
  readonly name: string;
  /** Per offering; finite and not negative. */
  readonly perOffering: Float64Array;
}

/**
 * Spot nodes should have alternatives, so that the allocation finds a pool with capacity. It buys one of those that a node
 * names, not always the cheapest, so a node is expected to cost the mean of its cheapest `alternatives`; see
 * `expectedAbove`. An offering that is cheap alone is thus no better than its neighbours.
 */
export interface Flexibility {
  /** Offerings that a spot node should have, the cheapest included; where its pool has fewer on spot, those. */
  readonly alternatives: number;
  /** What is dearer than 1 + `within` times the cheapest is named only where `alternatives` need it. */
  readonly within: number;
  /**
   * What a node without any alternative costs, as a share of its price. An alternative that is dearer by as much is worth as
   * little as one that is missing.
   */
  readonly share: number;
}

export const isWanted = ({ alternatives, share }: Flexibility): boolean => share > 0 && alternatives > 1;

const SPOT = 1;

/** Per offering, how many a spot node launched as it should have. */
export function wantedOf({ offerings }: Problem, { alternatives }: Flexibility): Int32Array {
  const { purchase, pool, variant } = offerings;
  const spot = new Map<string, number>();
  const names = Array.from(purchase, (_, at) => `${pool[at]}/${variant[at]}`);
  for (const [at, name] of names.entries()) {
    if (purchase[at] === SPOT) spot.set(name, (spot.get(name) ?? 0) + 1);
  }
  return Int32Array.from(names, (name) => Math.min(alternatives, spot.get(name) ?? 0));
}

/**
 * What a spot node is expected to cost above its cheapest offering, in the unit of `price`: the mean over the `wanted` - 1
 * cheapest others of what they cost more, at most `share` each, and `share` for each that is missing. `priceOf` gives
 * the price of the nth cheapest other, from 1; undefined where there is none.
 */
export function expectedAbove(
  { alternatives, share }: Flexibility,
  wanted: number,
  price: number,
  priceOf: (nth: number) => number | undefined,
): number {
  const most = share * price;
  let sum = 0;
  for (let nth = 1; nth < wanted; nth++) {
    const other = priceOf(nth);
    sum += other === undefined ? most : Math.min(most, other - price);
  }
  return sum / (alternatives - 1);
}

export const MONEY_ALONE: Objective = {
  surcharges: [],
  flexibility: { alternatives: 0, within: 0, share: 0 },
  headroomShare: 0,
};

/** The sum of all surcharges per offering. */
export function surchargeOf({ offerings }: Problem, { surcharges }: Objective): Float64Array {
  const sum = new Float64Array(offerings.count);
  for (const { perOffering } of surcharges) {
    for (let at = 0; at < sum.length; at++) sum[at]! += perOffering[at]!;
  }
  return sum;
}
