// Which pods a spread constraint or a pod affinity term counts.
import type { PodAffinityTerm, TopologySpreadConstraint } from '../model/affinity.ts';
import type { Pod } from '../model/pod.ts';
import type { LabelSelector, LabelSelectorExpression } from '../model/selector.ts';
import type { Namespace } from '../model/snapshot.ts';
import { compareText } from '../model/stable-json.ts';
import { matchesSelector } from './label-selector.ts';

/** Namespaces (sorted) and labels that pods must have to be counted. */
export interface PodMatcher {
  readonly namespaces: readonly string[] | 'all';
  readonly selector: LabelSelector | undefined;
}

export const matchesPod = (matcher: PodMatcher, pod: Pick<Pod, 'namespace' | 'labels'>): boolean =>
  (matcher.namespaces === 'all' || matcher.namespaces.includes(pod.namespace)) &&
  matchesSelector(matcher.selector, pod.labels);

/**
 * A constraint counts pods of its own pod's namespace; `matchLabelKeys` adds `key In [the pod's value]` for keys the pod
 * has. Source: Kubernetes `podtopologyspread` plugin, KEP-3243.
 */
export const spreadMatcher = (
  constraint: TopologySpreadConstraint,
  pod: Pick<Pod, 'namespace' | 'labels'>,
): PodMatcher => ({
  namespaces: [pod.namespace],
  selector: withLabelKeys(constraint.labelSelector, pod.labels, constraint.matchLabelKeys, []),
});

/**
 * A term counts pods of the named namespaces and of those its namespaceSelector picks; with neither, of its own pod's.
 * An empty namespaceSelector picks all. Source: Kubernetes `framework.AffinityTerm`, KEP-2249 and KEP-3633.
 */
export function affinityMatcher(
  term: PodAffinityTerm,
  pod: Pick<Pod, 'namespace' | 'labels'>,
  namespaces: readonly Namespace[],
): PodMatcher {
  return {
    namespaces: namespacesOf(term, pod.namespace, namespaces),
    selector: withLabelKeys(term.labelSelector, pod.labels, term.matchLabelKeys, term.mismatchLabelKeys),
  };
}

function namespacesOf(
  term: PodAffinityTerm,
  own: string,
  namespaces: readonly Namespace[],
): readonly string[] | 'all' {
  const { namespaceSelector } = term;
  if (namespaceSelector === undefined) return term.namespaces.length === 0 ? [own] : sorted(term.namespaces);
  const { matchLabels, matchExpressions } = namespaceSelector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return 'all';
  const picked = namespaces.filter(({ labels }) => matchesSelector(namespaceSelector, labels));
  return sorted([...term.namespaces, ...picked.map(({ name }) => name)]);
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort(compareText);

function withLabelKeys(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
  same: readonly string[],
  different: readonly string[],
): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  const added = (keys: readonly string[], operator: 'In' | 'NotIn'): LabelSelectorExpression[] =>
    keys.flatMap((key) => {
      const value = labels[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const expressions = [...added(same, 'In'), ...added(different, 'NotIn')];
  if (expressions.length === 0) return selector;
  return { ...selector, matchExpressions: [...selector.matchExpressions, ...expressions] };
}
