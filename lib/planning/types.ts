import type { NodePool } from '../model/node-pool.ts';
import type { CapacityType, InstanceType, PricedOffering } from '../model/offering.ts';
import type { PlanningPolicies } from '../model/planning-policies.ts';
import type { Pod } from '../model/pod.ts';
import type { ResourceList } from '../model/resources.ts';
import type { ClusterState } from '../model/snapshot.ts';
import type { Taint } from '../model/taint.ts';
import type { SolverReport } from '../solver/index.ts';

/** Everything a provisioning decision reads. The same input gives the same plan, byte for byte. */
export interface ProvisioningInput extends PlanningPolicies {
  /** Pods that need a place, none of them bound. */
  readonly pods: readonly Pod[];
  /**
   * The cluster as it is: bound pods, DaemonSets, volumes. Its `nodes` only say where pods run that are on none of the
   * `nodes` below, because topology counts those too.
   */
  readonly cluster: ClusterState;
  /** Existing and in-flight nodes that may take pods, in the order to try them. */
  readonly nodes: readonly PlanningNode[];
  readonly nodePools: readonly NodePool[];
  /** Types per NodePool name, after its NodeClass. A pool without an entry is not ready and gets a reason. */
  readonly instanceTypes: Readonly<Record<string, readonly InstanceType[]>>;
  /** Capacity in use per NodePool name, with `nodes` as a count; live claims without a node count their largest. */
  readonly usage: Readonly<Record<string, ResourceList>>;
  /** `offeringKey`s that a NodePool cannot have now, by its name; a missing name means none. */
  readonly unavailable: Readonly<Record<string, ReadonlySet<string>>>;
}

/**
 * A node that may take pods. For one still in flight labels, allocatable and capacity are those its claim promises, and
 * `reserved` pods are those planned for it that are not bound yet.
 */
export interface PlanningNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Taints that count: known ephemeral and startup taints, and our own marks, are already left out. */
  readonly taints: readonly Taint[];
  readonly allocatable: ResourceList;
  readonly priceMicroUsdPerHour: number;
  /** Bound and planned pods, DaemonSets' included. */
  readonly pods: readonly Pod[];
  /** Set for nodes without a Node object yet: DaemonSet pods are still to come. */
  readonly inFlight: boolean;
}

/** The decision, in Kubernetes' terms. Sorted: nodes as opened, pods by namespace/name. */
export interface ProvisioningPlan {
  readonly nodes: readonly PlannedNode[];
  readonly existing: readonly { readonly node: string; readonly pods: readonly Pod[] }[];
  readonly unschedulable: readonly { readonly pod: Pod; readonly reasons: readonly string[] }[];
  readonly priceMicroUsdPerHour: number;
  /** What the plan costs beside what it could have cost, and how it was found. */
  readonly solver: SolverReport;
  /** How many more pods have a place than by Karpenter's algorithm; below zero where fewer, more important ones have. */
  readonly placedMore: number;
  /** Things a person should know: burstable types in the plan, pools left out, minValues relaxed. */
  readonly notes: readonly string[];
}

export interface PlannedNode {
  readonly nodePool: NodePool;
  /** The cheapest alternative: what the plan is priced at. */
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly priceMicroUsdPerHour: number;
  /**
   * What a launch may name: per capacity type in order of choice, cheapest first; at most 600 types. Where the pool asks
   * for minValues, per capacity type at most as many types as one launch takes, chosen to have those values.
   */
  readonly offerings: readonly PricedOffering[];
  /** Labels all of them share: template labels and the chosen values of a label variant. */
  readonly labels: Readonly<Record<string, string>>;
  readonly pods: readonly Pod[];
  /** Pods plus DaemonSets. */
  readonly requests: ResourceList;
  readonly daemonSetRequests: ResourceList;
  /** The part of it for DaemonSets that do not tolerate a slot taint. */
  readonly slotlessDaemonSetRequests: ResourceList;
  /** Of the cheapest alternative. */
  readonly allocatable: ResourceList;
  /** Smallest and largest over `offerings`. */
  readonly minAllocatable: ResourceList;
  readonly maxCapacity: ResourceList;
}
