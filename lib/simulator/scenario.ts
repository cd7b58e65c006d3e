// A scenario, read and checked: what the simulation runs.
import type { Zone } from '../catalog/catalogue.ts';
import type { NodeClass, ResolvedNodeClass } from '../model/node-class.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { CapacityType, OfferingRef } from '../model/offering.ts';
import type { PlanningPolicies } from '../model/planning-policies.ts';
import type { ClusterState } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import type { Variant } from '../report/run-comparison.ts';
import type { FaultRates } from './faults.ts';
import type { Outage } from './outages.ts';
import type { RunTime } from './run-time.ts';
import type { SpotMarketSettings } from './spot-market.ts';
import type { BootTimes } from './world/kubelets.ts';

export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly cluster: { readonly name: string; readonly region: string; readonly zones: readonly Zone[] };
  readonly policies: PlanningPolicies;
  /** What `simulate` runs it with as well, for comparison. */
  readonly compare: readonly Variant[];
  readonly nodePools: readonly NodePool[];
  readonly nodeClasses: readonly NodeClass[];
  /** What EC2 answers to the selectors of each class. */
  readonly resolved: readonly ResolvedNodeClass[];
  readonly workloads: readonly Workload[];
  /** DaemonSets, namespaces and volumes that are there from the start. */
  readonly objects: Pick<
    ClusterState,
    'daemonSets' | 'namespaces' | 'volumeClaims' | 'volumes' | 'storageClasses'
  >;
  /** Jobs that come one by one, sorted by time. */
  readonly arrivals: readonly Arrival[];
  /** Sorted by time. */
  readonly events: readonly ScenarioEvent[];
  readonly endMs: number;
  readonly endsEmpty: boolean;
  /** `drawn`: from the seed. */
  readonly faults: FaultRates | 'drawn';
  /** Faults stop this long after the start. */
  readonly faultsEndMs: number;
  /** Scheduled outages, beside those that the fault rates draw. */
  readonly outages: readonly Outage[];
  /** Without it spot prices are the catalogue's, the same in all zones and at all times. */
  readonly spotMarket?: SpotMarketSettings;
  readonly times: BootTimes;
}

/** One run of a job: its pods are gone for good once they have run. */
export interface Arrival {
  readonly atMs: number;
  readonly job: Workload;
  readonly runTime: RunTime;
}

/** Something that happens from outside, at a time after the start. */
export type ScenarioEvent =
  | {
      readonly atMs: number;
      readonly kind: 'scale';
      readonly workloads: readonly Workload[];
      readonly replicas: number;
    }
  | { readonly atMs: number; readonly kind: 'lose'; readonly nodePool: string; readonly count: number }
  | {
      readonly atMs: number;
      readonly kind: 'market';
      readonly match: OfferingMatch;
      readonly instances: number;
    };

/** Capacity pools; what is left out matches everything. */
export interface OfferingMatch {
  readonly instanceType?: string | undefined;
  readonly zone?: string | undefined;
  readonly capacityType?: CapacityType | undefined;
}

export const matchesOffering = (match: OfferingMatch, ref: OfferingRef): boolean =>
  (match.instanceType === undefined || match.instanceType === ref.instanceType) &&
  (match.zone === undefined || match.zone === ref.zone) &&
  (match.capacityType === undefined || match.capacityType === ref.capacityType);
