import { createMask, hasBit, isSame, setBit } from './mask.ts';
import type { Mask, Problem } from './problem.ts';
import type { NewNode, Placement } from './solution.ts';

/** Types a launch may name: Karpenter's limit on a NodeClaim's list. */
const MAX_RANKED_SHAPES = 600;
const SPOT = 1;
const ON_DEMAND = 2;

/** Turns planned nodes into results: what each would be launched with, cheapest first, and what it carries. */
export class Ranking {
  private readonly problem: Problem;
  /** All offerings, cheapest first. */
  private readonly byPrice: readonly number[];
  /** By a hash of the mask: nodes of one workload mostly end up with the same alternatives. */
  private readonly known = new Map<number, { pool: number; offerings: Mask; ranked: Int32Array }[]>();

  constructor(problem: Problem) {
    const { count, price } = problem.offerings;
    this.problem = problem;
    this.byPrice = Array.from({ length: count }, (_, at) => at).sort(
      (a, b) => price[a]! - price[b]! || a - b,
    );
  }

  finalise(pool: number, offerings: Mask, placements: readonly Placement[]): NewNode {
    const { problem } = this;
    const ranked = this.rankOnce(pool, offerings);
    const overhead = problem.overheadGroups[problem.offerings.overheadGroup[ranked[0]!]!]!.requests;
    const requests = overhead.slice();
    for (const { item } of placements) {
      const pod = problem.items[item]!.requests;
      for (let column = 0; column < problem.resources; column++) requests[column]! += pod[column]!;
    }
    return { pool, offerings, ranked, placements, requests };
  }

  private rankOnce(pool: number, offerings: Mask): Int32Array {
    const hash = offerings.reduce((sum, word) => Math.imul(sum, 31) + word, pool) | 0;
    const same = this.known.get(hash) ?? [];
    const before = same.find((entry) => entry.pool === pool && isSame(entry.offerings, offerings));
    if (before) return before.ranked;
    const ranked = this.rank(pool, offerings);
    this.known.set(hash, [...same, { pool, offerings, ranked }]);
    return ranked;
  }

  /**
   * Karpenter's order of choice: a node that holds reserved offerings uses only those; then exotic types go when others
   * remain, and spot that costs more than the cheapest on demand (neither where the pool asks for minValues, which count
   * every type); of what is left the first purchase class, by price.
   */
  private rank(pool: number, offerings: Mask): Int32Array {
    const { price, purchase, exotic } = this.problem.offerings;
    const all = this.byPrice.filter((at) => hasBit(offerings, at));
    const reserved = all.filter((at) => purchase[at]! < SPOT);
    let left = reserved.length > 0 ? reserved : all;
    if (this.problem.pools[pool]!.minValues.length === 0) {
      const ordinary = left.filter((at) => exotic[at] === 0);
      if (ordinary.length > 0) left = ordinary;
      const onDemand = left.find((at) => purchase[at] === ON_DEMAND);
      const most = onDemand === undefined ? Number.POSITIVE_INFINITY : price[onDemand]!;
      left = left.filter((at) => purchase[at] !== SPOT || price[at]! <= most);
    }
    const first = left.reduce((least, at) => Math.min(least, purchase[at]!), Number.POSITIVE_INFINITY);
    return Int32Array.from(
      firstShapes(
        this.problem,
        left.filter((at) => purchase[at] === first),
      ),
    );
  }
}

function firstShapes(problem: Problem, sorted: readonly number[]): readonly number[] {
  if (sorted.length <= MAX_RANKED_SHAPES) return sorted;
  const shapes = createMask(problem.shapes.count);
  let count = 0;
  return sorted.filter((at) => {
    const shape = problem.offerings.shape[at]!;
    if (hasBit(shapes, shape)) return true;
    if (count === MAX_RANKED_SHAPES) return false;
    setBit(shapes, shape);
    count++;
    return true;
  });
}
