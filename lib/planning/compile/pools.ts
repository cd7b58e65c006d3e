// Which NodePools may grow, in which order, and the label variants their nodes come in.
import { admits, finiteValues, type LabelDomain } from '../../constraints/label-domain.ts';
import { isWellKnown, stableKey } from '../../constraints/label-keys.ts';
import { type Requirements, requirementsOf, requirementsOfLabels } from '../../constraints/requirements.ts';
import { LABEL } from '../../model/labels.ts';
import type { NodePool } from '../../model/node-pool.ts';
import type { InstanceType } from '../../model/offering.ts';
import type { Pod } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';

type Labels = Readonly<Record<string, string>>;

/** Karpenter's order: weight descending, then name descending. Source: karpenter `pkg/utils/nodepool/nodepool.go`. */
export const inOrderOfChoice = (pools: readonly NodePool[]): NodePool[] =>
  [...pools].sort((a, b) => b.weight - a.weight || compareText(b.name, a.name));

/** Everything a pool says about its nodes: requirements, template labels and the labels that name it. */
export function declaredBy(pool: NodePool): Requirements {
  const { labels, requirements, nodeClass } = pool.template;
  const named = { ...labels, [LABEL.nodePool]: pool.name, [LABEL.nodeClass]: nodeClass };
  return requirementsOf([...requirements, ...requirementsOfLabels(named)]);
}

/**
 * Burstable types run on CPU credits, so that they look cheaper than they are: a pool takes them only when it asks for
 * them by type, family or category with `In`.
 */
export function wantsBurstable(pool: NodePool, type: InstanceType): boolean {
  const naming = [
    LABEL.instanceType,
    'karpenter.k8s.aws/instance-family',
    'karpenter.k8s.aws/instance-category',
  ];
  return pool.template.requirements.some(
    ({ key, operator, values }) =>
      operator === 'In' &&
      naming.includes(stableKey(key)) &&
      values.includes(type.labels[stableKey(key)] ?? ''),
  );
}

/** Combinations of one pool's custom label values; more are cut, and the plan says so. */
export const MAX_VARIANTS = 64;

/**
 * One set of custom labels per combination of values that the pool leaves open. A key with finitely many values comes in
 * each of them. An open one (`Exists`, `NotIn`, bounds) comes in the values that pods name, and in one nobody names.
 */
export function variantsOf(declared: Requirements, named: NamedValues): { variants: Labels[]; cut: boolean } {
  let variants: Labels[] = [{}];
  for (const [key, domain] of [...declared].sort(([a], [b]) => compareText(a, b))) {
    if (isWellKnown(key)) continue;
    const values = finiteValues(domain) ?? openValues(domain, named.get(key) ?? new Set());
    variants = variants.flatMap((labels) => [
      ...(domain.absent ? [labels] : []),
      ...values.map((value) => ({ ...labels, [key]: value })),
    ]);
  }
  return { variants: variants.slice(0, MAX_VARIANTS), cut: variants.length > MAX_VARIANTS };
}

function openValues(domain: LabelDomain, named: ReadonlySet<string>): string[] {
  const wanted = [...named].filter((value) => admits(domain, value)).sort(compareText);
  // Karpenter gives such a label a random integer; the smallest free one keeps plans repeatable.
  const lowest = Math.max(0, domain.min ?? 0);
  for (
    let value = lowest;
    value <= Math.min(lowest + named.size + domain.values.size, domain.max ?? Infinity);
    value++
  ) {
    if (!named.has(String(value)) && admits(domain, String(value))) return [...wanted, String(value)];
  }
  return wanted;
}

/** Custom label values that pods ask for with `In` or a nodeSelector, by key. */
export type NamedValues = ReadonlyMap<string, ReadonlySet<string>>;

export function namedValues(pods: readonly Pod[]): NamedValues {
  const named = new Map<string, Set<string>>();
  const add = (key: string, values: readonly string[]): void => {
    if (isWellKnown(key)) return;
    const known = named.get(key) ?? new Set();
    for (const value of values) known.add(value);
    named.set(key, known);
  };
  for (const { spec } of pods) {
    for (const [key, value] of Object.entries(spec.nodeSelector)) add(key, [value]);
    const { nodeRequired, nodePreferred } = spec.affinity;
    for (const term of [...nodeRequired, ...nodePreferred.map(({ preference }) => preference)]) {
      for (const { key, operator, values } of term.matchExpressions) if (operator === 'In') add(key, values);
    }
  }
  return named;
}
