/**
 * Rules over hosts that hold for every pod of an item at every level, as limits within one node: a spread leaves maxSkew
 * of the pods that it binds and counts to a node, since the smallest count over hosts is zero; staying apart leaves one;
 * a host port is one pod's. Where a plan could escape a rule it is left out, which only lowers the bound.
 */
import { isSubset } from '../mask.ts';
import { type Group, HOST_KEY, type Item, type Problem } from '../problem.ts';

export interface HostRules {
  /** What a new node allows of each counter. */
  readonly limits: Int32Array;
  /** Per item, ascending: the counters that each of its pods raises by one. */
  readonly counters: readonly (readonly number[])[];
}

export function hostRulesOf({ groups, items }: Problem): HostRules {
  const limits: number[] = [];
  const ports = new Map<number, number>();
  const counterOfGroup = groups.map((group) => {
    const most = mostPerHost(group);
    return most === undefined ? undefined : limits.push(most) - 1;
  });
  const counters = items.map((item) => {
    const own = new Set<number>();
    for (const group of item.counted) {
      const counter = counterOfGroup[group];
      if (counter !== undefined && isBound(item, groups[group]!, group)) own.add(counter);
    }
    for (const port of item.ports) {
      const counter = ports.get(port) ?? limits.push(1) - 1;
      ports.set(port, counter);
      own.add(counter);
    }
    return [...own].sort((a, b) => a - b);
  });
  return { limits: Int32Array.from(limits), counters };
}

function mostPerHost({ key, kind, maxSkew }: Group): number | undefined {
  if (key !== HOST_KEY || kind === 'together') return undefined;
  return kind === 'spread' ? Math.max(1, maxSkew) : 1;
}

/** At every level, and on nodes that the group certainly counts. */
function isBound({ levels }: Item, { countingOfferings }: Group, group: number): boolean {
  return levels.every(
    ({ owned, alternatives }) =>
      owned.some((entry) => entry.group === group) &&
      alternatives.every(({ offerings }) => !countingOfferings || isSubset(offerings, countingOfferings)),
  );
}
