import { createMask, hasBit, positionsOf, setBit } from './mask.ts';
import type { Mask, Problem } from './problem.ts';
import type { NewNode, Placement } from './solution.ts';

/** Types a launch may name: Karpenter's limit on a NodeClaim's list. */
const MAX_RANKED_SHAPES = 600;
const SPOT = 1;
const ON_DEMAND = 2;

/** The planned node as a result: what it would be launched with, cheapest first, and what it carries. */
export function finaliseNode(
  problem: Problem,
  pool: number,
  offerings: Mask,
  placements: readonly Placement[],
): NewNode {
  const ranked = rankOfferings(problem, pool, offerings);
  const overhead = problem.overheadGroups[problem.offerings.overheadGroup[ranked[0]!]!]!.requests;
  const requests = overhead.slice();
  for (const { item } of placements) {
    const pod = problem.items[item]!.requests;
    for (let column = 0; column < problem.resources; column++) requests[column]! += pod[column]!;
  }
  return { pool, offerings, ranked, placements, requests };
}

/**
 * Karpenter's order of choice: a node that holds reserved offerings uses only those; then exotic types go when others
 * remain, and spot that costs more than the cheapest on demand (neither where the pool asks for minValues, which count
 * every type); of what is left the first purchase class, by price.
 */
export function rankOfferings(problem: Problem, pool: number, offerings: Mask): Int32Array {
  const { price, purchase, exotic } = problem.offerings;
  const all = positionsOf(offerings);
  const reserved = all.filter((at) => purchase[at]! < SPOT);
  let left = reserved.length > 0 ? reserved : all;
  if (problem.pools[pool]!.minValues.length === 0) {
    const ordinary = left.filter((at) => exotic[at] === 0);
    if (ordinary.length > 0) left = ordinary;
    const onDemand = left.reduce(
      (least, at) => (purchase[at] === ON_DEMAND ? Math.min(least, price[at]!) : least),
      Infinity,
    );
    left = left.filter((at) => purchase[at] !== SPOT || price[at]! <= onDemand);
  }
  const first = left.reduce((least, at) => Math.min(least, purchase[at]!), Infinity);
  const chosen = left.filter((at) => purchase[at] === first).sort((a, b) => price[a]! - price[b]! || a - b);
  return Int32Array.from(firstShapes(problem, chosen));
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
