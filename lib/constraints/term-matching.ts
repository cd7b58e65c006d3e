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
 * Many matchers asked of many pods. A matcher that names values of a label is looked at only for pods that have one of
 * them, so that thousands of workloads, each with a selector of its own, cost a pod no more than a few.
 */
export class MatcherIndex {
  readonly #matchers: PodMatcher[] = [];
  /** Positions by label key, then by value. */
  readonly #byLabel = new Map<string, Map<string, number[]>>();
  /** Positions of matchers that name no value. */
  readonly #unnamed: number[] = [];

  /** Answers the matcher's position: they are counted from zero. */
  add(matcher: PodMatcher): number {
    const position = this.#matchers.push(matcher) - 1;
    const named = namedLabel(matcher.selector);
    if (named === undefined) {
      if (matcher.selector !== undefined) this.#unnamed.push(position);
      return position;
    }
    const byValue = this.#byLabel.get(named.key) ?? new Map<string, number[]>();
    this.#byLabel.set(named.key, byValue);
    for (const value of new Set(named.values)) {
      const positions = byValue.get(value);
      if (positions === undefined) byValue.set(value, [position]);
      else positions.push(position);
    }
    return position;
  }

  /** Positions of the matchers that count the pod, ascending. */
  matching(pod: Pick<Pod, 'namespace' | 'labels'>): number[] {
    const found: number[] = [];
    for (const [key, byValue] of this.#byLabel) {
      const value = pod.labels[key];
      if (value !== undefined) this.#collect(byValue.get(value), pod, found);
    }
    this.#collect(this.#unnamed, pod, found);
    return found.sort((a, b) => a - b);
  }

  #collect(
    positions: readonly number[] | undefined,
    pod: Pick<Pod, 'namespace' | 'labels'>,
    found: number[],
  ): void {
    for (const position of positions ?? []) {
      const matcher = this.#matchers[position];
      if (matcher !== undefined && matchesPod(matcher, pod)) found.push(position);
    }
  }
}

/** A label whose values the selector names; undefined where it names none, and would look at every pod. */
function namedLabel(
  selector: LabelSelector | undefined,
): { readonly key: string; readonly values: readonly string[] } | undefined {
  if (selector === undefined) return undefined;
  for (const key in selector.matchLabels) return { key, values: [selector.matchLabels[key] ?? ''] };
  return selector.matchExpressions.find(({ operator }) => operator === 'In');
}

/**
 * A constraint counts pods of its own pod's namespace; `matchLabelKeys` adds `key In [the pod's value]` for keys the pod
 * has. Unlike everywhere else a selector that asks for nothing counts no pod, so that its constraint only demands the
 * label. Source: Kubernetes `podtopologyspread` plugin (`countPodsMatchSelector`), KEP-3243.
 */
export function spreadMatcher(
  constraint: TopologySpreadConstraint,
  pod: Pick<Pod, 'namespace' | 'labels'>,
): PodMatcher {
  const selector = withLabelKeys(constraint.labelSelector, pod.labels, constraint.matchLabelKeys, []);
  const counts = selector !== undefined && !isEmptySelector(selector);
  return { namespaces: [pod.namespace], selector: counts ? selector : undefined };
}

const isEmptySelector = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;

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

/** Counts the pods that each of the matchers counts. */
export function allOf(matchers: readonly PodMatcher[]): PodMatcher {
  return matchers.reduce((a, b) => ({
    namespaces: commonNamespaces(a.namespaces, b.namespaces),
    selector: commonSelector(a.selector, b.selector),
  }));
}

function commonNamespaces(
  a: PodMatcher['namespaces'],
  b: PodMatcher['namespaces'],
): PodMatcher['namespaces'] {
  if (a === 'all') return b;
  return b === 'all' ? a : a.filter((name) => b.includes(name));
}

function commonSelector(
  a: LabelSelector | undefined,
  b: LabelSelector | undefined,
): LabelSelector | undefined {
  if (a === undefined || b === undefined) return undefined;
  // Both may name the same label, which only expressions can say twice.
  const labels = Object.entries(b.matchLabels).map(
    ([key, value]): LabelSelectorExpression => ({ key, operator: 'In', values: [value] }),
  );
  return { ...a, matchExpressions: [...a.matchExpressions, ...labels, ...b.matchExpressions] };
}

function namespacesOf(
  term: PodAffinityTerm,
  own: string,
  namespaces: readonly Namespace[],
): readonly string[] | 'all' {
  const { namespaceSelector } = term;
  if (namespaceSelector === undefined) return term.namespaces.length === 0 ? [own] : sorted(term.namespaces);
  if (isEmptySelector(namespaceSelector)) return 'all';
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
