// Plugin NodeAffinity: nodeSelector and the required terms.
// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
import type { NodeSelectorTerm } from '../../../lib/model/affinity.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { ReferenceNode, ReferencePlugin } from './cluster.ts';
import { holds, isReadable } from './labels.ts';

export const nodeAffinity: ReferencePlugin = (pod, node) => (isSelected(pod, node) ? [] : ['NodeAffinity']);

export function isSelected(pod: Pod, node: ReferenceNode): boolean {
  for (const [key, value] of Object.entries(pod.spec.nodeSelector)) {
    if (node.labels[key] !== value) return false;
  }
  const terms = pod.spec.affinity.nodeRequired;
  if (terms.length === 0) return true;
  for (const term of terms) if (meets(term, node)) return true;
  return false;
}

/** "A null or empty node selector term matches no objects." */
export function meets(term: NodeSelectorTerm, node: Pick<ReferenceNode, 'name' | 'labels'>): boolean {
  if (term.matchExpressions.length === 0 && term.matchFields.length === 0) return false;
  for (const expression of term.matchExpressions) {
    if (!isReadable(expression)) return false;
    if (!holds(expression, node.labels[expression.key])) return false;
  }
  // The one field is metadata.name, with In or NotIn and exactly one value.
  for (const { key, operator, values } of term.matchFields) {
    if (key !== 'metadata.name' || values.length !== 1) return false;
    if (operator !== 'In' && operator !== 'NotIn') return false;
    if ((values[0] === node.name) !== (operator === 'In')) return false;
  }
  return true;
}
