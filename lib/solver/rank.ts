import { countBits, createMask, hasBit, intersects, maskOf, setBit } from './mask.ts';
import { minValuesMet } from './min-values.ts';
import type { OfferingSet } from './offering-sets.ts';
import type { PlannedNode } from './planned-node.ts';
import type { Mask, Problem } from './problem.ts';
import type { NewNode } from './solution.ts';

/** Types a launch may name: Karpenter's limit on a NodeClaim's list. */
const MAX_RANKED_SHAPES = 600;
const RESERVED = 0;
const SPOT = 1;
const ON_DEMAND = 2;

/** A planned node as far as ranking looks at it. */
export type Load = Pick<PlannedNode, 'set' | 'used' | 'placements'>;

/** Turns planned nodes into results: what each would be launched with, cheapest first, and what it carries. */
export class Ranking {
  private readonly problem: Problem;
  /** All offerings, cheapest first. */
  private readonly byPrice: Int32Array;
  /** By the number of the purchase class. */
  private readonly classes: readonly PurchaseClass[];
  private readonly known = new Map<OfferingSet, Int32Array>();

  constructor(problem: Problem) {
    const { count, price } = problem.offerings;
    this.problem = problem;
    this.byPrice = Int32Array.from({ length: count }, (_, at) => at).sort(
      (a, b) => price[a]! - price[b]! || a - b,
    );
    this.classes = [RESERVED, SPOT, ON_DEMAND].map((purchase) =>
      purchaseClass(problem, this.byPrice, purchase),
    );
  }

  finalise({ set, used, placements }: Load): NewNode {
    const { overheadGroups, offerings } = this.problem;
    const ranked = this.rankedOf(set);
    const requests = overheadGroups[offerings.overheadGroup[ranked[0]!]!]!.requests.slice();
    for (let column = 0; column < requests.length; column++) requests[column]! += used[column]!;
    return { pool: set.template.pool, offerings: set.offerings, ranked, placements, requests };
  }

  /** What a node with these alternatives would be launched with. */
  rankedOf(set: OfferingSet): Int32Array {
    const known = this.known.get(set);
    if (known) return known;
    const ranked = this.rank(set);
    this.known.set(set, ranked);
    return ranked;
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
    const { price, exotic } = this.problem.offerings;
    const { offerings } = set;
    const reserved = this.classes[RESERVED]!;
    const isPlain = this.problem.pools[set.template.pool]!.minValues.length === 0;
    const usable = intersects(offerings, reserved.all) ? [reserved] : this.classes;
    const isOrdinary = isPlain && usable.some(({ ordinary }) => intersects(offerings, ordinary));
    const isLaunched = (at: number) => hasBit(offerings, at) && !(isOrdinary && exotic[at] === 1);
    const onDemand = isPlain ? usable[ON_DEMAND]?.byPrice.find(isLaunched) : undefined;
    const mostForSpot = onDemand === undefined ? Number.POSITIVE_INFINITY : price[onDemand]!;
    for (const [purchase, { byPrice }] of usable.entries()) {
      const most = purchase === SPOT ? mostForSpot : Number.POSITIVE_INFINITY;
      const launched = byPrice.filter((at) => isLaunched(at) && price[at]! <= most);
      if (launched.length > 0) return firstShapes(this.problem, launched);
    }
    return NOTHING;
  }

  private cheapestFirst({ offerings }: OfferingSet): Int32Array {
    return this.byPrice.filter((at) => hasBit(offerings, at));
  }
}

/** Offerings of one purchase class. */
interface PurchaseClass {
  readonly all: Mask;
  /** Without exotic types. */
  readonly ordinary: Mask;
  /** Cheapest first. */
  readonly byPrice: Int32Array;
}

const NOTHING = new Int32Array(0);

function purchaseClass({ offerings }: Problem, sorted: Int32Array, purchase: number): PurchaseClass {
  const byPrice = sorted.filter((at) => offerings.purchase[at] === purchase);
  const ordinary = byPrice.filter((at) => offerings.exotic[at] === 0);
  return { all: maskOf(offerings.count, byPrice), ordinary: maskOf(offerings.count, ordinary), byPrice };
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
