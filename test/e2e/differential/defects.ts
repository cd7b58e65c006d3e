/**
 * What kube-scheduler 1.35.4 does otherwise than documented. From 1.34 on it reads the namespace selector of the pod's own
 * terms a second time, against no labels at all, so that one that only forbids labels picks every namespace.
 * Source: https://github.com/kubernetes/kubernetes/issues/141526
 */
import { matchesSelector } from '../../../lib/constraints/label-selector.ts';
import type { PodAffinityTerm } from '../../../lib/model/affinity.ts';
import type { Pod } from '../../../lib/model/pod.ts';

export const NAMESPACE_DEFECT =
  'kubernetes/kubernetes#141526: a namespace selector that only forbids picks all';

const EVERYTHING = { matchLabels: {}, matchExpressions: [] };

/** The pod as kube-scheduler understands it; undefined where that is what is written. */
export function asNamespaceDefectHears(pod: Pod): Pod | undefined {
  const { affinity } = pod.spec;
  if (![...affinity.podRequired, ...affinity.podAntiRequired].some(isMisread)) return undefined;
  const heard = (term: PodAffinityTerm): PodAffinityTerm =>
    isMisread(term) ? { ...term, namespaceSelector: EVERYTHING } : term;
  const podRequired = affinity.podRequired.map(heard);
  const podAntiRequired = affinity.podAntiRequired.map(heard);
  return { ...pod, spec: { ...pod.spec, affinity: { ...affinity, podRequired, podAntiRequired } } };
}

const isMisread = ({ namespaceSelector }: PodAffinityTerm): boolean =>
  namespaceSelector !== undefined &&
  namespaceSelector.matchExpressions.length > 0 &&
  matchesSelector(namespaceSelector, {});
