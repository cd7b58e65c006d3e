import type { ClaimName, OrderId, PlanId, PodUid, RequestId, SnapshotId } from './ids.ts';
import type { PlannedClaim } from './node-claim.ts';
import type { CapacityType, PricedOffering } from './offering.ts';
import type { ClaimSlots } from './slots.ts';
import type { SolverName, SolverSettings } from './solver-settings.ts';

/**
 * The committed outcome of one provisioning batch. Written once, with a pointer per request, if absent; then claims,
 * slots and orders are put from it, if absent, however often the batch is delivered.
 */
export interface CommittedPlan {
  readonly schemaVersion: 1;
  readonly id: PlanId;
  readonly installation: string;
  readonly requestIds: readonly RequestId[];
  readonly snapshotId: SnapshotId;
  readonly createdAtMs: number;
  readonly orders: readonly Order[];
  readonly claims: readonly PlannedClaim[];
  readonly slots: readonly ClaimSlots[];
  readonly unschedulable: readonly { readonly podUid: PodUid; readonly reasons: readonly string[] }[];
  /** How the plan was found; absent in plans from before it was written down. */
  readonly solver?: PlanSearch;
}

/** What the solver said of a plan. Amounts are micro-USD per hour of new nodes. */
export interface PlanSearch {
  readonly solver: SolverName;
  /** What it was made under: the installation's may have changed since. */
  readonly settings: SolverSettings;
  readonly pricePerHour: number;
  /** No plan that places the same pods is cheaper; absent for `greedy`, which proves nothing. */
  readonly lowerBoundPerHour?: number;
  /** What Karpenter's algorithm would have bought, and how many pods it would have left without a place. */
  readonly baselinePerHour: number;
  readonly baselineUnplaced: number;
  readonly terms: readonly { readonly name: string; readonly perHour: number }[];
  readonly winner: string;
  readonly iterations: number;
  /** Why the search ended before it was through: such a plan is not found again by a replay. */
  readonly cut?: string;
  readonly decidedFirst: readonly {
    readonly what: string;
    readonly pods: number;
    readonly atMostPerHour: number;
  }[];
}

/** Claims with equal fleet requests, at most `ORDER_MAX_CLAIMS` of them. Ranked offerings, best first. */
export interface Order {
  readonly schemaVersion: 1;
  readonly id: OrderId;
  readonly planId: PlanId;
  readonly version: number;
  readonly createdAtMs: number;
  readonly nodePool: string;
  readonly nodeClass: string;
  readonly claims: readonly ClaimName[];
  readonly offerings: readonly PricedOffering[];
  readonly attempts: readonly LaunchAttempt[];
  /** Set when nothing is left to do: every claim has an instance or the attempts are used up. */
  readonly closedAtMs?: number;
}

/**
 * One CreateFleet call of an order. The exact request is stored before it is sent, so that a redelivery resends the
 * same bytes under the same client token. `claims` are those the attempt is for: its answer's instances, sorted by id,
 * go to them in that order. An attempt is settled once every claim that could be served has its instance.
 */
export interface LaunchAttempt {
  readonly n: number;
  readonly claims: readonly ClaimName[];
  readonly request: FleetRequest;
  readonly storedAtMs: number;
  readonly settled?: {
    readonly atMs: number;
    readonly launched: number;
    readonly errors: readonly FleetError[];
  };
}

/** `CreateFleet` of type `instant`. */
export interface FleetRequest {
  readonly clientToken: string;
  readonly capacityType: CapacityType;
  readonly targetCapacity: number;
  readonly allocationStrategy: 'price-capacity-optimized' | 'lowest-price';
  readonly launchTemplate: LaunchTemplateRef;
  /** Instance type × subnet; one subnet per zone. */
  readonly overrides: readonly FleetOverride[];
  readonly tags: Readonly<Record<string, string>>;
}

/** What a launch template of one NodeClass and pool is made from; the AWS adapter turns equal values into one. */
export interface LaunchTemplateRef {
  readonly nodeClass: string;
  readonly nodeClassHash: string;
  readonly nodePool: string;
  /** A pod of the request's claims asks for `vpc.amazonaws.com/efa`. */
  readonly efa?: true;
  /** A pod of the request's claims asks for `eks.amazonaws.com/nitro-sandbox`. */
  readonly enclave?: true;
}

export interface FleetOverride {
  readonly instanceType: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly imageId: string;
}

/** An entry of CreateFleet's `Errors`: it describes an override, not an instance. */
export interface FleetError {
  readonly code: string;
  readonly message: string;
  readonly instanceType?: string;
  readonly zone?: string;
}
