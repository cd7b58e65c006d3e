// A pod's preferences are first treated as required and then given up, one step at a time, in Karpenter's order.
// Source: karpenter `scheduling/preferences.go`.
import { requirementsOfLabels } from '../constraints/requirements.ts';
import type {
  NodeSelectorTerm,
  PodAffinityTerm,
  TopologySpreadConstraint,
  WeightedNodeTerm,
  WeightedPodAffinityTerm,
} from '../model/affinity.ts';
import type { PreferencePolicy } from '../model/planning-policies.ts';
import type { PodSpec } from '../model/pod.ts';
import type { Requirement } from '../model/requirement.ts';

/** What one attempt to place a pod demands. */
export interface RelaxationLevel {
  /** The first required term that is left; undefined for a pod that has none. */
  readonly term: NodeSelectorTerm | undefined;
  /** nodeSelector, that term and the heaviest preferred one. */
  readonly requirements: readonly Requirement[];
  /** The same without preferences; decides which topology domains the pod could use. */
  readonly strict: readonly Requirement[];
  readonly together: readonly PodAffinityTerm[];
  readonly apart: readonly PodAffinityTerm[];
  readonly spread: readonly TopologySpreadConstraint[];
  /** PreferNoSchedule taints no longer count. */
  readonly toleratesSoftTaints: boolean;
}

export interface RelaxationPolicy {
  readonly preferencePolicy: PreferencePolicy;
  /** Some NodePool or node has a PreferNoSchedule taint; without one the last step would change nothing. */
  readonly softTaints: boolean;
}

interface State {
  readonly required: readonly NodeSelectorTerm[];
  readonly together: readonly WeightedPodAffinityTerm[];
  readonly apart: readonly WeightedPodAffinityTerm[];
  readonly preferred: readonly WeightedNodeTerm[];
  readonly spread: readonly TopologySpreadConstraint[];
  readonly toleratesSoftTaints: boolean;
}

/**
 * From all preferences to none that can be given up; never empty. Karpenter gives up a required term before any
 * preference and never comes back to it, so a pod that only an early term fits stays pending with a preference that
 * nothing meets. kube-scheduler would place it: such terms are tried once more at the end, without preferences.
 */
export function relaxationLevels(spec: PodSpec, policy: RelaxationPolicy): RelaxationLevel[] {
  const states = [startOf(spec, policy.preferencePolicy)];
  for (let last = states.at(-1); last !== undefined; last = states.at(-1)) {
    const next = relaxed(last, policy.softTaints);
    if (next === undefined)
      return [...states, ...givenUp(spec, states, last)].map((one) => levelOf(spec, one));
    states.push(next);
  }
  return [];
}

/** The required terms before the last one, if anything but terms was given up after them. */
function givenUp(spec: PodSpec, states: readonly State[], last: State): State[] {
  const terms = spec.affinity.nodeRequired;
  return states.length === terms.length
    ? []
    : terms.slice(0, -1).map((term) => ({ ...last, required: [term] }));
}

function startOf(spec: PodSpec, policy: PreferencePolicy): State {
  const { affinity, topologySpread } = spec;
  const respected = policy === 'Respect';
  return {
    required: affinity.nodeRequired,
    together: respected ? heaviestFirst(affinity.podPreferred) : [],
    apart: respected ? heaviestFirst(affinity.podAntiPreferred) : [],
    preferred: respected ? heaviestFirst(affinity.nodePreferred) : [],
    spread: respected ? topologySpread : topologySpread.filter((spread) => !isSoft(spread)),
    toleratesSoftTaints: false,
  };
}

const isSoft = (spread: TopologySpreadConstraint): boolean => spread.whenUnsatisfiable === 'ScheduleAnyway';

/** Equal weights keep the document's order: `sort` is stable. */
const heaviestFirst = <T extends { readonly weight: number }>(terms: readonly T[]): readonly T[] =>
  [...terms].sort((a, b) => b.weight - a.weight);

/** The first step that applies, or undefined when none is left. */
function relaxed(state: State, softTaints: boolean): State | undefined {
  if (state.required.length > 1) return { ...state, required: state.required.slice(1) };
  if (state.together.length > 0) return { ...state, together: state.together.slice(1) };
  if (state.apart.length > 0) return { ...state, apart: state.apart.slice(1) };
  if (state.preferred.length > 0) return { ...state, preferred: state.preferred.slice(1) };
  const soft = state.spread.findIndex(isSoft);
  if (soft >= 0) return { ...state, spread: withoutSwapping(state.spread, soft) };
  return softTaints && !state.toleratesSoftTaints ? { ...state, toleratesSoftTaints: true } : undefined;
}

/** Karpenter fills the gap with the last constraint, which decides which one goes next. */
function withoutSwapping<T>(list: readonly T[], index: number): readonly T[] {
  const last = list.at(-1);
  return list
    .map((entry, at) => (at === index && last !== undefined ? last : entry))
    .slice(0, list.length - 1);
}

function levelOf(spec: PodSpec, state: State): RelaxationLevel {
  const term = state.required[0];
  const strict = [...requirementsOfLabels(spec.nodeSelector), ...(term?.matchExpressions ?? [])];
  const { podRequired, podAntiRequired } = spec.affinity;
  return {
    term,
    strict,
    requirements: [...strict, ...(state.preferred[0]?.preference.matchExpressions ?? [])],
    together: [...podRequired, ...state.together.map(({ term }) => term)],
    apart: [...podAntiRequired, ...state.apart.map(({ term }) => term)],
    spread: state.spread,
    toleratesSoftTaints: state.toleratesSoftTaints,
  };
}
