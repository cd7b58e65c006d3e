/**
 * Pods that must share a node. A pod that goes only where another one is stays with those it was put with, as one unit,
 * whatever else its node takes.
 */
import { type Group, HOST_KEY, type Problem } from '../problem.ts';
import type { Placement } from '../solution.ts';

/**
 * Positions of a new node's pods that must stay together, two or more each, ascending. `placements` are in the order in which
 * the pods came; `counts` says whether a group counts a pod where it is.
 */
export function bundlesOf(
  problem: Problem,
  placements: readonly Placement[],
  counts: (position: number, group: number) => boolean,
): number[][] {
  const groups = togetherGroups(problem, placements);
  if (groups.size === 0) return [];
  const root = placements.map((_, position) => position);
  for (const [group, owners] of groups) {
    // The first pod that counts let all others in; those after it may leave.
    const first = placements.findIndex((_, position) => counts(position, group));
    const members = first < 0 ? owners : [first, ...owners];
    for (const member of members) unite(root, members[0]!, member);
  }
  const parts = new Map<number, number[]>();
  for (const position of placements.keys()) {
    const at = rootOf(root, position);
    parts.set(at, [...(parts.get(at) ?? []), position]);
  }
  return [...parts.values()].filter((part) => part.length > 1);
}

/** Per group that holds pods together on hosts, the positions of its owners. */
function togetherGroups({ items, groups }: Problem, placements: readonly Placement[]): Map<number, number[]> {
  const isTogether = ({ kind, key }: Group) => kind === 'together' && key === HOST_KEY;
  const owners = new Map<number, number[]>();
  for (const [position, { item, level }] of placements.entries()) {
    for (const { group } of items[item]!.levels[level]!.owned) {
      if (isTogether(groups[group]!)) owners.set(group, [...(owners.get(group) ?? []), position]);
    }
  }
  return owners;
}

function rootOf(root: readonly number[], position: number): number {
  let at = position;
  while (root[at] !== at) at = root[at]!;
  return at;
}

function unite(root: number[], one: number, other: number): void {
  const [a, b] = [rootOf(root, one), rootOf(root, other)];
  root[Math.max(a, b)] = Math.min(a, b);
}
