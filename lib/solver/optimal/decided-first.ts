/** What a plan settled before anything is packed: how many pods it concerns, and the problem in which it is settled. */
import { HOST_KEY, type Item, type Mask, type Problem } from '../problem.ts';
import type { DecidedFirst } from '../report.ts';
import type { Solution } from '../solution.ts';
import { isPlain, unitsOnNodes } from './lots.ts';
import type { Lot, Model } from './model.ts';

/** The pods kept in domains, with other pods of their node, and on bins; what concerns none is left out. */
export function decidedFirst(problem: Problem, decided: Solution): Pick<DecidedFirst, 'what' | 'pods'>[] {
  if (problem.items.every(isPlain)) return [];
  const units = unitsOnNodes(problem, decided);
  const pinned = units.flatMap(({ pods }) => pods.filter(({ isPinned }) => isPinned));
  const bundled = units.flatMap(({ pods }) => (pods.length > 1 ? pods : []));
  const fixed = decided.onBins.filter(({ item }) => !isPlain(problem.items[item]!));
  const facts = [
    { what: 'domains' as const, pods: pinned.length },
    { what: 'hosts' as const, pods: bundled.length },
    { what: 'bins' as const, pods: fixed.length },
  ];
  return facts.filter(({ pods }) => pods > 0);
}

/**
 * The problem of the pods that the plan places, as the model has them: each lot an item at one level, on its offerings and
 * bins only, with the rules over hosts; bins have what fixed pods leave. A bundle is one pod without rules. Its bound less
 * that of the decided problem is what the decisions raise the bound by.
 */
export function pinnedProblem({ problem, decided, lots, room }: Model): Problem {
  const unplaced = new Set(decided.unplaced.map(({ item, order }) => `${item}/${order}`));
  const isPlaced = (item: number) => (order: number) => !unplaced.has(`${item}/${order}`);
  const items = lots.flatMap((lot) => {
    const orders = lot.bundle ? lot.bundle.slice(0, 1).map(({ order }) => order) : lot.orders;
    const placed =
      unplaced.size === 0 ? Int32Array.from(orders) : Int32Array.from(orders).filter(isPlaced(lot.item));
    return placed.length === 0 ? [] : [pinnedItem(problem, lot, placed)];
  });
  const bins = problem.bins.map((bin, at) => ({
    ...bin,
    free: room[at]!.slice(0, problem.resources).map((amount) => Math.max(0, amount)),
  }));
  return { ...problem, items, bins };
}

function pinnedItem({ items, groups, resources }: Problem, lot: Lot, order: Int32Array): Item {
  const item = items[lot.item]!;
  const { level, offerings, bins } = lot;
  if (lot.bundle) {
    const requests = lot.requests.slice(0, resources);
    return {
      ...item,
      requests,
      order,
      counted: [],
      ports: [],
      volumes: [],
      levels: [alone(offerings, bins)],
    };
  }
  const isHost = (group: number) => groups[group]!.key === HOST_KEY;
  const owned = item.levels[level]!.owned.filter(({ group }) => isHost(group));
  return {
    ...item,
    order,
    counted: item.counted.filter(isHost),
    levels: [{ ...alone(offerings, bins), owned }],
  };
}

const alone = (offerings: Mask, bins: Mask) => ({ alternatives: [{ offerings, bins }], owned: [] });
