// Plugin PodTopologySpread, hard constraints only.
// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
import type { TopologySpreadConstraint } from '../../../lib/model/affinity.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import { podsHolding, type ReferenceNode, type ReferencePlugin } from './cluster.ts';
import { demandsNothing, picks } from './labels.ts';
import { isSelected } from './node-affinity.ts';
import { toleratesAll } from './taints.ts';

export const topologySpread: ReferencePlugin = (pod, node, cluster) => {
  const hard = pod.spec.topologySpread.filter((one) => one.whenUnsatisfiable === 'DoNotSchedule');
  const broken = hard.some((constraint) => {
    const here = node.labels[constraint.topologyKey];
    if (here === undefined) return true;
    const counts = countPerDomain(pod, constraint, hard, cluster.nodes);
    const enough = Object.keys(counts).length >= (constraint.minDomains ?? 1);
    const least = enough ? Math.min(...Object.values(counts)) : 0;
    return countWith(pod, constraint, counts[here] ?? 0) - least > constraint.maxSkew;
  });
  return broken ? ['PodTopologySpread'] : [];
};

/** How many there are in a domain with the pod there too. */
export const countWith = (pod: Pod, constraint: TopologySpreadConstraint, count: number): number =>
  count + (counted(pod, constraint, pod) ? 1 : 0);

/** Domains are those of the nodes that have all the keys and that the constraint's policies let in. */
export function countPerDomain(
  pod: Pod,
  constraint: TopologySpreadConstraint,
  hard: readonly TopologySpreadConstraint[],
  nodes: readonly ReferenceNode[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of nodes) {
    if (hard.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) continue;
    if (constraint.nodeAffinityPolicy === 'Honor' && !isSelected(pod, node)) continue;
    if (constraint.nodeTaintsPolicy === 'Honor' && !toleratesAll(pod, node.taints)) continue;
    const domain = node.labels[constraint.topologyKey] ?? '';
    const matching = podsHolding(node).filter(
      (other) =>
        other.deletionAtMs === undefined &&
        other.namespace === pod.namespace &&
        counted(other, constraint, pod),
    );
    counts[domain] = (counts[domain] ?? 0) + matching.length;
  }
  return counts;
}

/**
 * Whether the selector of the owner's constraint picks a pod. `matchLabelKeys` adds the owner's own values. A selector
 * without demands counts no pod: with all counts zero, its constraint asks for the label and nothing else.
 */
function counted(candidate: Pod, constraint: TopologySpreadConstraint, owner: Pod): boolean {
  const keys = constraint.matchLabelKeys.filter((key) => owner.labels[key] !== undefined);
  const { labelSelector } = constraint;
  if (labelSelector === undefined || (demandsNothing(labelSelector) && keys.length === 0)) return false;
  return (
    picks(labelSelector, candidate.labels) && keys.every((key) => candidate.labels[key] === owner.labels[key])
  );
}
