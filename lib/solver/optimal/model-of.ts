import type { Objective } from '../objective.ts';
import type { Mask, Problem } from '../problem.ts';
import type { BinPlacement, Solution } from '../solution.ts';
import { classesOf } from './classes.ts';
import { kindsOf } from './kinds.ts';
import { isPlain, lotsOf, requestsOf } from './lots.ts';
import type { Lot, Model } from './model.ts';
import { NO_LIMIT, type Stock, stockOf } from './stock.ts';
import { priorityOf } from './tiers.ts';

/**
 * The model of a problem in which a plan has decided everything that looks at other nodes. `prices` are R prices,
 * micro-USD per unit, as `fluidBound` gives them. With `isRationed` no class has pods of several priorities.
 */
export function modelOf(
  problem: Problem,
  decided: Solution,
  objective: Objective,
  prices: Float64Array,
  isRationed = false,
): Model {
  const stock = stockOf(problem);
  const { lots, counterLimits } = lotsOf(problem, decided, stock);
  const kinds = kindsOf(problem, stock, distinctMasks(lots), objective, prices);
  const columns = problem.resources + stock.drivers.length;
  const weights = new Float64Array(columns);
  weights.set(prices);
  const priorities = isRationed ? lots.map((lot) => priorityOf(problem, lot)) : undefined;
  const fixed = decided.onBins.filter(({ item }) => !isPlain(problem.items[item]!));
  return {
    problem,
    columns,
    kinds,
    lots,
    classes: classesOf(lots, kinds, counterLimits, weights, priorities),
    fixed,
    room: roomOfBins(problem, stock, fixed),
  };
}

function distinctMasks(lots: readonly Lot[]): Mask[] {
  const byText = new Map<string, Mask>();
  for (const offerings of new Set(lots.map((lot) => lot.offerings)))
    byText.set(offerings.join(' '), offerings);
  return [...byText.values()];
}

/** What the fixed pods leave of each bin. */
function roomOfBins(problem: Problem, stock: Stock, fixed: readonly BinPlacement[]): Float64Array[] {
  const { drivers } = stock;
  if (fixed.length === 0 && drivers.length === 0) return problem.bins.map(({ free }) => free);
  const rooms = problem.bins.map(({ free, volumeLimits }) =>
    Float64Array.of(...free, ...drivers.map((driver) => volumeLimits.get(driver) ?? NO_LIMIT)),
  );
  for (const pod of fixed) {
    const room = rooms[pod.bin]!;
    const requests = requestsOf(problem, stock, [pod]);
    for (let r = 0; r < room.length; r++) room[r]! -= requests[r]!;
  }
  return rooms;
}
