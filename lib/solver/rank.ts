import { countBits, createMask, hasBit, nextBit, setBit } from './mask.ts';
import { minValuesMet } from './min-values.ts';
import type { OfferingSet } from './offering-sets.ts';
import type { Problem } from './problem.ts';
import type { NewNode, Placement } from './solution.ts';

/** Types a launch may name: Karpenter's limit on a NodeClaim's list. */
const MAX_RANKED_SHAPES = 600;
const SPOT = 1;
const ON_DEMAND = 2;

/** Turns planned nodes into results: what each would be launched with, cheapest first, and what it carries. */
export class Ranking {
  private readonly problem: Problem;
  /** All offerings, cheapest first, and the place of each among them. */
  private readonly byPrice: Int32Array;
  private readonly placeOf: Int32Array;
  private readonly known = new Map<OfferingSet, Int32Array>();

  constructor(problem: Problem) {
    const { count, price } = problem.offerings;
    this.problem = problem;
    this.byPrice = Int32Array.from({ length: count }, (_, at) => at).sort(
      (a, b) => price[a]! - price[b]! || a - b,
    );
    this.placeOf = new Int32Array(count);
    for (const [place, at] of this.byPrice.entries()) this.placeOf[at] = place;
  }

  finalise(set: OfferingSet, placements: readonly Placement[]): NewNode {
    const { problem } = this;
    const ranked = this.known.get(set) ?? this.rank(set);
    this.known.set(set, ranked);
    const overhead = problem.overheadGroups[problem.offerings.overheadGroup[ranked[0]!]!]!.requests;
    const requests = overhead.slice();
    for (const { item } of placements) {
      const pod = problem.items[item]!.requests;
      for (let column = 0; column < problem.resources; column++) requests[column]! += pod[column]!;
    }
    return { pool: set.template.pool, offerings: set.offerings, ranked, placements, requests };
  }

  /**
   * Whether the cheapest types that a launch may name still meet the pool's minValues. Karpenter cuts the list over all
   * purchase classes, checks again under Strict, and gives the node up. Source: `scheduling/scheduler.go`.
   */
  survivesCut(set: OfferingSet): boolean {
    const { problem } = this;
    const pool = problem.pools[set.template.pool]!;
    if (pool.minValues.length === 0 || countBits(set.offerings) <= MAX_RANKED_SHAPES) return true;
    const kept = createMask(problem.offerings.count);
    for (const at of firstShapes(problem, this.cheapestFirst(set))) setBit(kept, at);
    return minValuesMet(problem, pool, kept);
  }

  /**
   * Karpenter's order of choice: a node that holds reserved offerings uses only those; then exotic types go when others
   * remain, and spot that costs more than the cheapest on demand (neither where the pool asks for minValues, which count
   * every type); of what is left the first purchase class, by price.
   */
  private rank(set: OfferingSet): Int32Array {
    const { price, purchase, exotic } = this.problem.offerings;
    let left = this.cheapestFirst(set);
    const isReserved = (at: number) => purchase[at]! < SPOT;
    if (left.some(isReserved)) left = left.filter(isReserved);
    if (this.problem.pools[set.template.pool]!.minValues.length === 0) {
      const isOrdinary = (at: number) => exotic[at] === 0;
      if (left.some(isOrdinary)) left = left.filter(isOrdinary);
      const onDemand = left.find((at) => purchase[at] === ON_DEMAND);
      const most = onDemand === undefined ? Number.POSITIVE_INFINITY : price[onDemand]!;
      left = left.filter((at) => purchase[at] !== SPOT || price[at]! <= most);
    }
    let first = ON_DEMAND;
    for (const at of left) first = Math.min(first, purchase[at]!);
    return firstShapes(
      this.problem,
      left.filter((at) => purchase[at] === first),
    );
  }

  private cheapestFirst({ offerings }: OfferingSet): Int32Array {
    const places = new Int32Array(countBits(offerings));
    let next = 0;
    for (let at = nextBit(offerings, 0); at >= 0; at = nextBit(offerings, at + 1))
      places[next++] = this.placeOf[at]!;
    return places.sort().map((place) => this.byPrice[place]!);
  }
}

/** The offerings of the first so many shapes. */
function firstShapes(problem: Problem, sorted: Int32Array): Int32Array {
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
