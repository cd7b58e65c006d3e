import { maskOf, type NewNode, type Placement, type Problem, type Solution } from '../../lib/solver/index.ts';
import { type Host, pick } from './hosts.ts';

/** A variable that says how many pods of an item are on a host. */
interface Counted {
  readonly item: number;
  readonly host: Pick<Host, 'bin' | 'offering'>;
  readonly variable: number;
}

/** The values of the counting variables as a plan: pods of an item are handed out in the order of the hosts. */
export function decode(problem: Problem, counts: readonly Counted[], values: readonly number[]): Solution {
  const handedOut = problem.items.map(() => 0);
  const byHost = new Map<Counted['host'], Placement[]>();
  for (const { item, host, variable } of counts) {
    const from = pick(handedOut, item);
    const until = from + pick(values, variable);
    handedOut[item] = until;
    const orders = [...pick(problem.items, item).order].slice(from, until);
    const placements = orders.map((order) => ({ item, order, level: 0 }));
    byHost.set(host, [...(byHost.get(host) ?? []), ...placements]);
  }
  const used = [...byHost].filter(([, placements]) => placements.length > 0);
  const nodes = used.flatMap(([{ offering }, placements]) =>
    offering === undefined ? [] : [newNode(problem, offering, placements)],
  );
  return {
    nodes,
    onBins: used.flatMap(([{ bin }, placements]) =>
      bin === undefined ? [] : placements.map((placement) => ({ ...placement, bin })),
    ),
    unplaced: problem.items.flatMap(({ order }, item) =>
      [...order].slice(handedOut[item]).map((key) => ({ item, order: key, pools: [] })),
    ),
    pricePerHour: nodes.reduce((sum, { ranked }) => sum + pick(problem.offerings.price, pick(ranked, 0)), 0),
  };
}

function newNode(problem: Problem, offering: number, placements: readonly Placement[]): NewNode {
  const { offerings, overheadGroups } = problem;
  const requests = pick(overheadGroups, pick(offerings.overheadGroup, offering)).requests.slice();
  for (const { item } of placements) {
    for (const [column, amount] of pick(problem.items, item).requests.entries()) {
      requests[column] = pick(requests, column) + amount;
    }
  }
  return {
    pool: pick(offerings.pool, offering),
    offerings: maskOf(offerings.count, [offering]),
    ranked: Int32Array.of(offering),
    placements,
    requests,
  };
}
