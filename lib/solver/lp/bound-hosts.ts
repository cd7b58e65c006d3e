/** What rules over hosts leave to one node, whatever else a plan does. */
import { isSubset } from '../mask.ts';
import { type Group, HOST_KEY, type Item } from '../problem.ts';

/**
 * The most pods of a new node that a group both binds and counts: `apart` leaves one of them, `spread` maxSkew, since the
 * smallest count over hosts is zero. Undefined where it says nothing about a host.
 */
export function mostPerHost({ key, kind, maxSkew }: Group): number | undefined {
  if (key !== HOST_KEY || kind === 'together') return undefined;
  return kind === 'spread' ? Math.max(1, maxSkew) : 1;
}

/**
 * Whether a group binds an item's pods in every plan: at each level, as a plan may choose the level, and on nodes that it
 * counts, all of them.
 */
export function isBound({ levels }: Item, { countingOfferings }: Group, group: number): boolean {
  return levels.every(
    ({ owned, alternatives }) =>
      owned.some((entry) => entry.group === group) &&
      alternatives.every(({ offerings }) => !countingOfferings || isSubset(offerings, countingOfferings)),
  );
}
