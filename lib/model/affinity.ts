import type { Requirement } from './requirement.ts';
import type { LabelSelector } from './selector.ts';

/** One term: all expressions ANDed. `matchFields` is kept so that it can be refused by name. */
export interface NodeSelectorTerm {
  readonly matchExpressions: readonly Requirement[];
  readonly matchFields: readonly Requirement[];
}

export interface WeightedNodeTerm {
  readonly weight: number;
  readonly preference: NodeSelectorTerm;
}

export interface PodAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector;
  readonly namespaces: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly matchLabelKeys: readonly string[];
  readonly mismatchLabelKeys: readonly string[];
}

export interface WeightedPodAffinityTerm {
  readonly weight: number;
  readonly term: PodAffinityTerm;
}

/** Required node terms are ORed; an empty list means no constraint. */
export interface Affinity {
  readonly nodeRequired: readonly NodeSelectorTerm[];
  readonly nodePreferred: readonly WeightedNodeTerm[];
  readonly podRequired: readonly PodAffinityTerm[];
  readonly podPreferred: readonly WeightedPodAffinityTerm[];
  readonly podAntiRequired: readonly PodAffinityTerm[];
  readonly podAntiPreferred: readonly WeightedPodAffinityTerm[];
}

export const NO_AFFINITY: Affinity = {
  nodeRequired: [],
  nodePreferred: [],
  podRequired: [],
  podPreferred: [],
  podAntiRequired: [],
  podAntiPreferred: [],
};

export interface TopologySpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  readonly labelSelector?: LabelSelector;
  readonly matchLabelKeys: readonly string[];
  readonly minDomains?: number;
  readonly nodeAffinityPolicy: 'Honor' | 'Ignore';
  readonly nodeTaintsPolicy: 'Honor' | 'Ignore';
}
