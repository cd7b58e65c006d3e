/** A whole plan as the rebuilding search holds it, and which of two is better. */
import { comparePlaced } from '../evaluate.ts';
import type { Problem } from '../problem.ts';
import type { Load } from '../rank.ts';
import type { BinPlacement, NewNode, Solution, Unplaced } from '../solution.ts';

/** A new node with what it would be launched as. */
export interface Berth {
  readonly load: Load;
  readonly node: NewNode;
  /** By the objective. */
  readonly cost: number;
}

export interface Standing {
  readonly berths: readonly Berth[];
  readonly onBins: readonly BinPlacement[];
  readonly unplaced: readonly Unplaced[];
  /** By the objective, over all berths. */
  readonly total: number;
  /** Sum of the relaxation levels of all placed pods. */
  readonly relaxed: number;
}

export function standingOf(
  berths: readonly Berth[],
  onBins: readonly BinPlacement[],
  unplaced: readonly Unplaced[],
): Standing {
  let [total, relaxed] = [0, 0];
  for (const { cost, load } of berths) {
    total += cost;
    for (const { level } of load.placements) relaxed += level;
  }
  for (const { level } of onBins) relaxed += level;
  return { berths, onBins, unplaced, total, relaxed };
}

/**
 * Whether a plan is as good as another but for so much of the objective. More pods with a place, the important ones first,
 * come before all; a pod is never relaxed further to save money.
 */
export function isWithin(problem: Problem, one: Standing, other: Standing, dearer: number): boolean {
  if (one.unplaced.length > 0 || other.unplaced.length > 0) {
    const placed = comparePlaced(problem, solutionOf(problem, one), solutionOf(problem, other));
    if (placed !== 0) return placed < 0;
  }
  return one.relaxed <= other.relaxed && one.total <= other.total + dearer;
}

export function solutionOf({ offerings }: Problem, { berths, onBins, unplaced }: Standing): Solution {
  const nodes = berths.map(({ node }) => node);
  return {
    nodes,
    onBins,
    unplaced: [...unplaced].sort((a, b) => a.order - b.order || a.item - b.item),
    pricePerHour: nodes.reduce((sum, { ranked }) => sum + offerings.price[ranked[0]!]!, 0),
  };
}
