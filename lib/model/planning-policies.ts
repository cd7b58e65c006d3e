import { DEFAULT_SOLVER_SETTINGS, type SolverSettings } from './solver-settings.ts';

/**
 * How planning treats what may be given up, by Karpenter's settings of the same names, and how it searches.
 * Source: karpenter `pkg/operator/options/options.go` (`PREFERENCE_POLICY`, `MIN_VALUES_POLICY`).
 */
export interface PlanningPolicies {
  /** `Ignore`: preferred affinity and ScheduleAnyway spread count for nothing. */
  readonly preferencePolicy: PreferencePolicy;
  /** `BestEffort`: a node may keep fewer values than a NodePool's minValues ask for, and the plan says so. */
  readonly minValuesPolicy: MinValuesPolicy;
  readonly solver: SolverSettings;
}

export const PREFERENCE_POLICIES = ['Respect', 'Ignore'] as const;
export type PreferencePolicy = (typeof PREFERENCE_POLICIES)[number];

export const MIN_VALUES_POLICIES = ['Strict', 'BestEffort'] as const;
export type MinValuesPolicy = (typeof MIN_VALUES_POLICIES)[number];

/** Karpenter's defaults, and the solver's. */
export const DEFAULT_POLICIES: PlanningPolicies = {
  preferencePolicy: 'Respect',
  minValuesPolicy: 'Strict',
  solver: DEFAULT_SOLVER_SETTINGS,
};
