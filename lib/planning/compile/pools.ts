// Which NodePools may grow, in which order, and the label variants their nodes come in.
import { admits, domainOf, finiteValues, type LabelDomain } from '../../constraints/label-domain.ts';
import { isWellKnown, stableKey } from '../../constraints/label-keys.ts';
import { type Requirements, requirementsOf, requirementsOfLabels } from '../../constraints/requirements.ts';
import type { Affinity, PodAffinityTerm } from '../../model/affinity.ts';
import { LABEL } from '../../model/labels.ts';
import type { NodePool } from '../../model/node-pool.ts';
import type { InstanceType } from '../../model/offering.ts';
import type { Pod } from '../../model/pod.ts';
import type { Requirement } from '../../model/requirement.ts';
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

export interface Variants {
  readonly variants: readonly Labels[];
  /** Set when combinations were cut: the labels that make them, as `team (40 values)`. */
  readonly cut?: readonly string[];
}

/**
 * One set of custom labels per combination of values that the pool leaves open. A key with finitely many values comes in
 * each of them, those that pods name first. An open one (`Exists`, `NotIn`, bounds) comes in the values that pods name,
 * and in one nobody names. A key that no pod speaks of comes in one value only: any does.
 */
export function variantsOf(declared: Requirements, named: NamedValues): Variants {
  let variants: Labels[] = [{}];
  let cut = false;
  const wide: string[] = [];
  for (const [key, domain] of [...declared].sort(([a], [b]) => compareText(a, b))) {
    if (isWellKnown(key)) continue;
    const all = choicesOf(domain, named.get(key) ?? new Set());
    const choices = named.has(key) ? all : all.slice(0, 1);
    if (choices.length > 1) wide.push(`${key} (${choices.length} values)`);
    const combined = variants.flatMap((labels) =>
      choices.map((value) => (value === undefined ? labels : { ...labels, [key]: value })),
    );
    cut ||= combined.length > MAX_VARIANTS;
    variants = combined.slice(0, MAX_VARIANTS);
  }
  return cut ? { variants, cut: wide } : { variants };
}

/** Values of one key in the order to try them; undefined is a node without the label. */
function choicesOf(domain: LabelDomain, named: ReadonlySet<string>): (string | undefined)[] {
  const finite = finiteValues(domain);
  const wanted = (finite ?? [...named].filter((value) => admits(domain, value)).sort(compareText)).filter(
    (value) => named.has(value),
  );
  const rest = finite === undefined ? freeValue(domain, named) : finite.filter((value) => !named.has(value));
  return [...(domain.absent ? [undefined] : []), ...wanted, ...rest];
}

/** Karpenter gives such a label a random integer; the smallest that nobody names keeps plans repeatable. */
function freeValue({ min = 0n, ...domain }: LabelDomain, named: ReadonlySet<string>): string[] {
  const lowest = min > 0n ? min : 0n;
  // So many are named or excluded at most.
  const tries = named.size + domain.values.size + 1;
  for (let value = lowest; value < lowest + BigInt(tries); value++) {
    if (!named.has(String(value)) && admits({ min, ...domain }, String(value))) return [String(value)];
  }
  return [];
}

/**
 * Custom label keys that pods speak of, each with the values they ask for with `In` or a nodeSelector, and with the number
 * next to a bound.
 */
export type NamedValues = ReadonlyMap<string, ReadonlySet<string>>;

/** Running pods say where others may not go, by which one value of a label can be wrong and another right. */
export function namedValues(pods: readonly Pick<Pod, 'spec'>[], running: Iterable<Pod> = []): NamedValues {
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
      for (const requirement of term.matchExpressions) add(requirement.key, askedFor(requirement));
    }
    for (const { topologyKey } of [...spec.topologySpread, ...podTerms(spec.affinity)]) add(topologyKey, []);
  }
  for (const { spec } of running) {
    for (const { topologyKey } of spec.affinity.podAntiRequired) add(topologyKey, []);
  }
  return named;
}

function askedFor(requirement: Requirement): string[] {
  const { complement, values, min, max } = domainOf(requirement);
  const next = [min, max].filter((bound) => bound !== undefined && bound >= 0n).map(String);
  return complement ? next : [...values];
}

const podTerms = (affinity: Affinity): PodAffinityTerm[] => [
  ...affinity.podRequired,
  ...affinity.podAntiRequired,
  ...[...affinity.podPreferred, ...affinity.podAntiPreferred].map(({ term }) => term),
];
