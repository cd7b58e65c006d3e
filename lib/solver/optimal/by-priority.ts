/** Where limits bind, pods of higher priority come first, in the greedy's plan too: its own order asks for none. */
import { comparePlaced } from '../evaluate.ts';
import { greedy } from '../greedy.ts';
import { hasBit } from '../mask.ts';
import type { Item, Problem } from '../problem.ts';
import type { Placement, PoolRejection, Solution } from '../solution.ts';
import { verify } from '../verify.ts';

/** Whether a plan leaves out important pods that might have a place without less important ones. */
export function isRationed({ items, bins }: Problem, { unplaced }: Solution): boolean {
  const least = items.reduce((lowest, { priority }) => Math.min(lowest, priority), Number.POSITIVE_INFINITY);
  const fitsBin = ({ levels, requests }: Item): boolean =>
    bins.some(
      ({ free }, bin) =>
        requests.every((amount, column) => amount <= free[column]!) &&
        levels.some(({ alternatives }) => alternatives.some((one) => hasBit(one.bins, bin))),
    );
  return unplaced.some(
    ({ item, pools }) =>
      items[item]!.priority > least &&
      (pools.some(({ reason }) => isScarcity(reason)) || fitsBin(items[item]!)),
  );
}

const isScarcity = (reason: PoolRejection['reason']): boolean =>
  reason === 'limits' || reason === 'reservation';

/** The better of the greedy's plan and of its plan for the pods in order of priority. */
export function importantFirst(problem: Problem, baseline: Solution): Solution {
  const other = greedyByPriority(problem);
  const isBetter = comparePlaced(problem, other, baseline) < 0 && verify(problem, other).length === 0;
  return isBetter ? other : baseline;
}

/** The greedy takes pods by their order keys: they get other ones for as long as it runs. */
function greedyByPriority(problem: Problem): Solution {
  const { items } = problem;
  const pods = items.flatMap(({ order, priority }, item) =>
    Array.from(order, (key) => ({ item, key, priority })),
  );
  pods.sort((a, b) => b.priority - a.priority || a.key - b.key || a.item - b.item);
  const orders = items.map((): number[] => []);
  for (const [rank, { item }] of pods.entries()) orders[item]!.push(rank);
  const ranked = items.map((item, at) => ({ ...item, order: Int32Array.from(orders[at]!) }));
  const { nodes, onBins, unplaced, pricePerHour } = greedy({ ...problem, items: ranked });
  const named = <P extends Pick<Placement, 'order'>>(all: readonly P[]): P[] =>
    all.map((pod) => ({ ...pod, order: pods[pod.order]!.key }));
  return {
    nodes: nodes.map((node) => ({ ...node, placements: named(node.placements) })),
    onBins: named(onBins),
    unplaced: named(unplaced).sort((a, b) => a.order - b.order || a.item - b.item),
    pricePerHour,
  };
}
