/** What a plan takes from pools and reservations as a whole, and what it says about each node's launch. */
import type { Problem } from './problem.ts';
import type { Solution } from './solution.ts';
import type { Choice, LoadedNode } from './verify-choices.ts';
import type { Violation } from './violation.ts';

export function verifyPools(problem: Problem, solution: Solution, nodes: readonly LoadedNode[]): Violation[] {
  return [
    ...problem.pools.flatMap((_, pool) => verifyLimits(problem, nodes, pool)),
    ...verifyReservations(problem, nodes),
    ...nodes.flatMap((node, index) => [
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
function verifyLimits(problem: Problem, all: readonly LoadedNode[], pool: number): Violation[] {
  const { limits, nodesLeft } = problem.pools[pool]!;
  const nodes = all.filter((node) => node.pool === pool);
  if (nodes.length === 0) return [];
  const found: Violation[] = [];
  if (nodes.length > nodesLeft) {
    const message = `pool ${pool} gets ${nodes.length} nodes, ${nodesLeft} are allowed`;
    found.push({ rule: 'limits', message });
  }
  for (const [column, limit] of limits.entries()) {
    if (limit === Number.POSITIVE_INFINITY) continue;
    const most = nodes.reduce((sum, { choice }) => sum + choice.amounts().largestCapacity[column]!, 0);
    if (most > limit) {
      const message = `pool ${pool} could take ${most} of resource ${column}, ${limit} is left`;
      found.push({ rule: 'limits', message });
    }
  }
  return found;
}

/** A node that could use a reservation counts against it, since the launch may pick it. */
function verifyReservations({ reservations }: Problem, nodes: readonly LoadedNode[]): Violation[] {
  return reservations.flatMap((left, index) => {
    const holders = nodes.filter(({ choice }) => choice.reservations().has(index));
    if (holders.length <= left) return [];
    const message = `${holders.length} nodes could use reservation ${index}, ${left} units are left`;
    return [{ rule: 'reservation' as const, message }];
  });
}

/** The types that a launch can name must still have the values, not only all that would do. */
function verifyMinValues(problem: Problem, { pool, choice }: LoadedNode, index: number): Violation[] {
  const { minValues, minValuesPolicy } = problem.pools[pool]!;
  if (minValuesPolicy === 'BestEffort') return [];
  return minValues.flatMap(({ key, min }) => {
    const distinct = choice.nameableValues(key);
    if (distinct >= min) return [];
    const message = `${distinct} values of minValues key ${key} are left, ${min} are asked`;
    return [{ rule: 'min-values' as const, message, node: index }];
  });
}

/** Ranked: of the mask, one purchase class, cheapest first; requests: the pods plus the cheapest one's DaemonSets. */
function verifyRanking(problem: Problem, node: LoadedNode, index: number): Violation[] {
  const wrong = (message: string): Violation[] => [{ rule: 'ranking', message, node: index }];
  const { choice, ranked, used, requests } = node;
  if (!choice.goodRankings.has(ranked)) {
    const fault = rankingFault(problem, ranked, choice);
    if (fault !== undefined) return wrong(fault);
    choice.goodRankings.add(ranked);
  }
  const overhead = problem.overheadGroups[problem.offerings.overheadGroup[ranked[0]!]!]!.requests;
  const column = used.findIndex((amount, at) => requests[at] !== amount + overhead[at]!);
  return column < 0 ? [] : wrong(`requests of resource ${column} do not add up`);
}

function rankingFault({ offerings }: Problem, ranked: Int32Array, choice: Choice): string | undefined {
  const { price, purchase } = offerings;
  if (ranked.length === 0) return 'no offering is ranked';
  for (let place = 0; place < ranked.length; place++) {
    const at = ranked[place]!;
    if (!choice.has(at)) return `offering ${at} is ranked but no alternative`;
    if (purchase[at] !== purchase[ranked[0]!]) return 'several purchase classes are ranked';
    if (place === 0) continue;
    const before = ranked[place - 1]!;
    if (price[before]! > price[at]! || (price[before] === price[at] && before >= at)) {
      return `offering ${at} is out of order`;
    }
  }
  return undefined;
}

function verifyPrice(problem: Problem, solution: Solution): Violation[] {
  const price = solution.nodes.reduce(
    (sum, { ranked }) => sum + (problem.offerings.price[ranked[0] ?? -1] ?? 0),
    0,
  );
  if (price === solution.pricePerHour) return [];
  return [{ rule: 'ranking', message: `the nodes cost ${price}, the plan says ${solution.pricePerHour}` }];
}
