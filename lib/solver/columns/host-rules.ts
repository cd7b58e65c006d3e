/**
 * Rules over hosts that hold for every pod of an item at every level, and host ports, as limits within one node. Where a
 * plan could escape a rule it is left out, which only lowers the bound.
 */
import { isBound, mostPerHost } from '../lp/bound-hosts.ts';
import { isSubset } from '../mask.ts';
import type { Group, Item, Problem } from '../problem.ts';

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
      if (counter === undefined || !isBound(item, groups[group]!, group)) continue;
      if (isCountedOnBins(item, groups[group]!)) own.add(counter);
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

/** The limits hold for bins, too, as long as a pod cannot be on one that the group does not count. */
function isCountedOnBins({ levels }: Item, { countingBins }: Group): boolean {
  return (
    countingBins === undefined ||
    levels.every(({ alternatives }) => alternatives.every(({ bins }) => isSubset(bins, countingBins)))
  );
}
