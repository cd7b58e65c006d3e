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
 * Spot nodes should have alternatives, so that the allocation finds a pool with capacity. An alternative is another
 * offering of the node at a price of at most 1 + `within` times the cheapest.
 */
export interface Flexibility {
  /** Offerings that a spot node should have, the cheapest included; where fewer exist at such a price, those. */
  readonly alternatives: number;
  readonly within: number;
  /** What a node without any alternative costs, as a share of its price; in between it falls evenly. */
  readonly share: number;
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
