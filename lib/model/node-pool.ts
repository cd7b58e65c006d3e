import type { Requirement } from './requirement.ts';
import type { ResourceList } from './resources.ts';
import type { Taint } from './taint.ts';

export type DisruptionReason = 'Underutilized' | 'Empty' | 'Drifted';

/** A disruption budget: at most `nodes` of the pool's nodes at a time, within the schedule if there is one. */
export interface DisruptionBudget {
  readonly nodes:
    | { readonly kind: 'count'; readonly count: number }
    | { readonly kind: 'percent'; readonly percent: number };
  /** Absent means every reason. */
  readonly reasons?: readonly DisruptionReason[];
  /** Five-field cron in UTC; the budget is active from each hit for `durationMs`. */
  readonly schedule?: string;
  readonly durationMs?: number;
}

/** How planned pods are brought onto the node bought for them; `docs/placement.md`. */
export type PlacementMode = 'slot' | 'barrier' | 'off';

/** What every node of the pool gets. `null` durations mean `Never`. */
export interface NodeTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly startupTaints: readonly Taint[];
  readonly requirements: readonly Requirement[];
  readonly nodeClass: string;
  readonly expireAfterMs: number | null;
  readonly terminationGracePeriodMs?: number;
}

/** A `karpenter.sh/v1` NodePool after defaults and validation. */
export interface NodePool {
  readonly name: string;
  /** Hash of the template fields whose change is drift, and the version of the hash function. */
  readonly hash: string;
  readonly hashVersion: string;
  readonly template: NodeTemplate;
  readonly disruption: {
    readonly consolidationPolicy: 'WhenEmpty' | 'WhenEmptyOrUnderutilized' | 'Balanced';
    readonly consolidateAfterMs: number | null;
    readonly budgets: readonly DisruptionBudget[];
  };
  /** Resource limits plus `nodes`; a missing key is unlimited. */
  readonly limits: ResourceList;
  /** 1–100, 0 when unset. Higher first; ties by name descending, as Karpenter. */
  readonly weight: number;
  /** Static capacity; such a pool is never a source of new nodes for pods. */
  readonly replicas?: number;
  readonly placement: PlacementMode;
}
