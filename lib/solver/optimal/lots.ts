/** Lots from a problem: what of each item is decided before anything is packed. */
import { orInto } from '../mask.ts';
import type { Item, Problem } from '../problem.ts';
import type { Kinds } from './kinds.ts';
import { fitsKind } from './kinds.ts';
import type { Lot, Sharing } from './model.ts';

export const SHARES_ALL: Sharing = { counters: [], amounts: [], marks: [], shuns: [] };

/** What the resource core handles: requests, one alternative, and nothing that looks at other pods. */
export function isPlain({ levels, counted, ports, volumes }: Item): boolean {
  return (
    counted.length === 0 &&
    ports.length === 0 &&
    volumes.length === 0 &&
    levels.every(({ owned, alternatives }) => owned.length === 0 && alternatives.length === 1)
  );
}

/** One lot per item. All items must be plain. */
export function lotsOf({ items }: Problem, kinds: Kinds): Lot[] {
  return items.map((item, index) => {
    const { levels, requests, order } = item;
    const level = levelOf(item, kinds);
    const bins = levels[0]!.alternatives[0]!.bins.slice();
    for (let to = 1; to <= level; to++) orInto(bins, levels[to]!.alternatives[0]!.bins);
    const { offerings } = levels[level]!.alternatives[0]!;
    return { item: index, level, orders: order, requests, offerings, bins, sharing: SHARES_ALL };
  });
}

/** The first level at which some kind takes a pod; where none does, the last, since only bins are left. */
function levelOf({ levels, requests }: Item, kinds: Kinds): number {
  for (const [level, { alternatives }] of levels.entries()) {
    // The dearest tend to be the largest.
    for (let kind = kinds.count - 1; kind >= 0; kind--) {
      if (fitsKind(kinds, kind, alternatives[0]!.offerings, requests)) return level;
    }
  }
  return levels.length - 1;
}
