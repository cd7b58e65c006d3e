/**
 * A node that started from few offerings may do as more: all that hold its pods, in the domains where its pods were counted
 * and at no greater cost to limits and reservations than it was charged for.
 */
import { Attachments } from '../attachments.ts';
import { intersects, isSubset } from '../mask.ts';
import type { OfferingSet } from '../offering-sets.ts';
import type { Kit } from '../packer.ts';
import { type PlannedNode, withPorts, withVolumes } from '../planned-node.ts';
import { HOST_KEY } from '../problem.ts';
import type { Placement } from '../solution.ts';

/** The same set where nothing more will do. */
export function widened(kit: Kit, node: PlannedNode): OfferingSet {
  const { problem, sets } = kit;
  const { set } = node;
  let wide: OfferingSet | null = sets.whole(set.template);
  for (const placement of node.placements) wide = wide && withinAlternative(kit, wide, placement, set);
  wide = wide && sets.holding(wide, node.used);
  wide =
    wide && withPorts(kit, wide, { ports: node.ports.some((word) => word !== 0) ? node.ports : undefined });
  const volumes = node.placements.flatMap(({ item }) => problem.items[item]!.volumes);
  wide = wide && withVolumes(kit, wide, new Attachments([]), { volumes });
  wide = wide && inSameDomains(kit, wide, set);
  wide = wide && chargedAlike(kit, wide, set);
  return wide?.meetsMinValues && countsAlike(kit, wide, set) ? wide : set;
}

/** What the first alternative allows that allows all that the node is. */
function withinAlternative(
  { sets, asks }: Kit,
  wide: OfferingSet,
  { item, level }: Placement,
  { offerings }: OfferingSet,
): OfferingSet | null {
  const { alternatives } = asks[item]![level]!;
  const allowing = alternatives.find((alternative) => isSubset(offerings, alternative.offerings));
  return allowing ? sets.within(wide, allowing) : null;
}

function inSameDomains(
  { problem, sets }: Kit,
  wide: OfferingSet,
  { domains }: OfferingSet,
): OfferingSet | null {
  let left: OfferingSet | null = wide;
  for (const key of new Set(problem.groups.map((group) => group.key))) {
    if (key !== HOST_KEY) left = left && sets.inDomains(left, key, domains[key]!);
  }
  return left;
}

function chargedAlike({ problem, sets }: Kit, wide: OfferingSet, set: OfferingSet): OfferingSet | null {
  const { limits } = problem.pools[set.template.pool]!;
  const limited = [...limits.keys()].filter((column) => limits[column] !== Number.POSITIVE_INFINITY);
  const { capacity } = wide.template.rows;
  const isCharged = (row: number) =>
    limited.every((column) => capacity[row * limits.length + column]! <= set.largestCapacity[column]!);
  const small = limited.length === 0 ? wide : sets.keeping(wide, isCharged);
  return small && sets.unreserved(small, (reservation) => !set.reservations.includes(reservation));
}

/** Whether each group counts the node's pods as it did. */
function countsAlike({ problem }: Kit, wide: OfferingSet, set: OfferingSet): boolean {
  return problem.groups.every(
    ({ countingOfferings: counting }) =>
      counting === undefined || intersects(wide.offerings, counting) === intersects(set.offerings, counting),
  );
}
