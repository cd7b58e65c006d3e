// nodeSelector and required node affinity of a pod against one node, as kube-scheduler's NodeAffinity plugin judges them.
import type { NodeSelectorTerm } from '../model/affinity.ts';
import type { PodSpec } from '../model/pod.ts';
import type { Requirement } from '../model/requirement.ts';
import { admits, domainOf } from './label-domain.ts';
import { stableKey, withStableKeys } from './label-keys.ts';
import { requirementProblem } from './requirements.ts';

interface NamedNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * All of a term ANDed. One without any expression matches no node, nor does one with an expression that nobody can read.
 * Source: Kubernetes `component-helpers/scheduling/corev1/nodeaffinity`.
 */
export function matchesTerm(term: NodeSelectorTerm, node: NamedNode): boolean {
  if (term.matchExpressions.length + term.matchFields.length === 0) return false;
  const labels = withStableKeys(node.labels);
  return (
    term.matchExpressions.every(
      (expression) =>
        requirementProblem(expression) === undefined &&
        admits(domainOf(expression), labels[stableKey(expression.key)]),
    ) && term.matchFields.every((field) => matchesField(field, node.name))
  );
}

/** The one field is `metadata.name`, In or NotIn exactly one value. */
const matchesField = (field: Requirement, nodeName: string): boolean =>
  field.key === 'metadata.name' &&
  (field.operator === 'In' || field.operator === 'NotIn') &&
  field.values.length === 1 &&
  admits(domainOf(field), nodeName);

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
