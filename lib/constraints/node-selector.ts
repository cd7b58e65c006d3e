// nodeSelector and required node affinity of a pod against one node, as kube-scheduler's NodeAffinity plugin judges them.
import type { NodeSelectorTerm } from '../model/affinity.ts';
import type { PodSpec } from '../model/pod.ts';
import { admits, domainOf } from './label-domain.ts';
import { stableKey, withStableKeys } from './label-keys.ts';

interface NamedNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * All expressions of a term ANDed; a term without any expression matches no node. `matchFields` knows `metadata.name`
 * only. Source: Kubernetes `component-helpers/scheduling/corev1/nodeaffinity`.
 */
export function matchesTerm(term: NodeSelectorTerm, node: NamedNode): boolean {
  if (term.matchExpressions.length + term.matchFields.length === 0) return false;
  const labels = withStableKeys(node.labels);
  return (
    term.matchExpressions.every((expression) =>
      admits(domainOf(expression), labels[stableKey(expression.key)]),
    ) &&
    term.matchFields.every((field) => field.key === 'metadata.name' && admits(domainOf(field), node.name))
  );
}

/** The pod's nodeSelector, and one of its required affinity terms where it has any. */
export function matchesNodeSelector(
  pod: Pick<PodSpec, 'nodeSelector' | 'affinity'>,
  node: NamedNode,
): boolean {
  const labels = withStableKeys(node.labels);
  const selected = Object.entries(pod.nodeSelector).every(([key, value]) => labels[stableKey(key)] === value);
  const terms = pod.affinity.nodeRequired;
  return selected && (terms.length === 0 || terms.some((term) => matchesTerm(term, node)));
}
