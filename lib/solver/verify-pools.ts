/** What a plan takes from pools and reservations as a whole, and what it says about each node's launch. */
import { hasBit, nextBit, positionsOf } from './mask.ts';
import type { Problem } from './problem.ts';
import type { NewNode, Solution } from './solution.ts';
import type { Violation } from './violation.ts';

export function verifyPools(problem: Problem, solution: Solution): Violation[] {
  return [
    ...problem.pools.flatMap((_, pool) => verifyLimits(problem, solution, pool)),
    ...verifyReservations(problem, solution),
    ...solution.nodes.flatMap((node, index) => [
      ...verifyMinValues(problem, node, index),
      ...verifyRanking(problem, node, index),
    ]),
    ...verifyPrice(problem, solution),
  ];
}

/**
 * The limits hold whatever is launched: column by column, the largest capacity among each node's alternatives, summed
 * over the pool's nodes, is at most what is left; and so is the number of nodes.
 */
function verifyLimits(problem: Problem, solution: Solution, pool: number): Violation[] {
  const { limits, nodesLeft } = problem.pools[pool]!;
  const nodes = solution.nodes.filter((node) => node.pool === pool);
  if (nodes.length === 0) return [];
  const found: Violation[] = [];
  if (nodes.length > nodesLeft) {
    const message = `pool ${pool} gets ${nodes.length} nodes, ${nodesLeft} are allowed`;
    found.push({ rule: 'limits', message });
  }
  for (const [column, limit] of limits.entries()) {
    if (limit === Number.POSITIVE_INFINITY) continue;
    const most = nodes.reduce((sum, node) => sum + largestCapacity(problem, node, column), 0);
    if (most > limit) {
      const message = `pool ${pool} could take ${most} of resource ${column}, ${limit} is left`;
      found.push({ rule: 'limits', message });
    }
  }
  return found;
}

function largestCapacity({ shapes, offerings, resources }: Problem, node: NewNode, column: number): number {
  let most = 0;
  for (let at = nextBit(node.offerings, 0); at >= 0; at = nextBit(node.offerings, at + 1)) {
    most = Math.max(most, shapes.capacity[offerings.shape[at]! * resources + column]!);
  }
  return most;
}

/** A node that could use a reservation counts against it, since the launch may pick it. */
function verifyReservations(problem: Problem, solution: Solution): Violation[] {
  const { reservation } = problem.offerings;
  return problem.reservations.flatMap((left, index) => {
    const holders = solution.nodes.filter((node) =>
      positionsOf(node.offerings).some((at) => reservation[at] === index),
    );
    if (holders.length <= left) return [];
    const message = `${holders.length} nodes could use reservation ${index}, ${left} units are left`;
    return [{ rule: 'reservation' as const, message }];
  });
}

/** The types that a launch can name must still have the values, not only all that would do. */
function verifyMinValues(problem: Problem, node: NewNode, index: number): Violation[] {
  const { minValues, minValuesPolicy } = problem.pools[node.pool]!;
  if (minValuesPolicy === 'BestEffort' || minValues.length === 0) return [];
  const nameable = offeringsOfCheapestShapes(problem, node, 600);
  return minValues.flatMap(({ key, min }) => {
    const values = nameable.map((at) => problem.offerings.keyValue[key]![at]!);
    const distinct = new Set(values.filter((value) => value >= 0)).size;
    if (distinct >= min) return [];
    const message = `${distinct} values of minValues key ${key} are left, ${min} are asked`;
    return [{ rule: 'min-values' as const, message, node: index }];
  });
}

function offeringsOfCheapestShapes(
  { offerings: { price, shape } }: Problem,
  node: NewNode,
  most: number,
): number[] {
  const byPrice = positionsOf(node.offerings).sort((a, b) => price[a]! - price[b]! || a - b);
  const shapes = new Set([...new Set(byPrice.map((at) => shape[at]!))].slice(0, most));
  return byPrice.filter((at) => shapes.has(shape[at]!));
}

/** Ranked: of the mask, one purchase class, cheapest first; requests: the pods plus the cheapest one's DaemonSets. */
function verifyRanking(problem: Problem, node: NewNode, index: number): Violation[] {
  const { price, purchase, overheadGroup } = problem.offerings;
  const { ranked } = node;
  const wrong = (message: string): Violation[] => [{ rule: 'ranking', message, node: index }];
  if (ranked.length === 0) return wrong('no offering is ranked');
  for (let place = 0; place < ranked.length; place++) {
    const at = ranked[place]!;
    if (!hasBit(node.offerings, at)) return wrong(`offering ${at} is ranked but no alternative`);
    if (purchase[at] !== purchase[ranked[0]!]) return wrong('several purchase classes are ranked');
    if (place === 0) continue;
    const before = ranked[place - 1]!;
    if (price[before]! > price[at]! || (price[before] === price[at] && before >= at)) {
      return wrong(`offering ${at} is out of order`);
    }
  }
  const overhead = problem.overheadGroups[overheadGroup[ranked[0]!]!]!.requests;
  for (const [column, amount] of node.requests.entries()) {
    const pods = node.placements.reduce((sum, { item }) => sum + problem.items[item]!.requests[column]!, 0);
    if (amount !== pods + overhead[column]!) return wrong(`requests of resource ${column} do not add up`);
  }
  return [];
}

function verifyPrice(problem: Problem, solution: Solution): Violation[] {
  const price = solution.nodes.reduce(
    (sum, { ranked }) => sum + (problem.offerings.price[ranked[0] ?? -1] ?? 0),
    0,
  );
  if (price === solution.pricePerHour) return [];
  return [{ rule: 'ranking', message: `the nodes cost ${price}, the plan says ${solution.pricePerHour}` }];
}
