import type { ClaimName, InstanceId, OrderId, PlanId } from './ids.ts';
import type { PlacementMode } from './node-pool.ts';
import type { CapacityType } from './offering.ts';
import type { Requirement } from './requirement.ts';
import type { ResourceList } from './resources.ts';
import type { Taint } from './taint.ts';

/**
 * The life of one node we bought. A discriminated union on `phase`; each phase has one writer (docs/design.md):
 * Planned, Launched, LaunchFailed: provisioner (LaunchFailed also the reconciler, by timeout; Launched also by
 * adoption) · Registered, Initialized: poller · Draining, Terminating, Terminated: drainer · `leave`: anyone.
 * Every write is conditional on `version` and raises it by one.
 */
export type NodeClaim =
  | PlannedClaim
  | LaunchedClaim
  | LaunchFailedClaim
  | RegisteredClaim
  | InitializedClaim
  | DrainingClaim
  | TerminatingClaim
  | TerminatedClaim;

export interface ClaimCore {
  readonly schemaVersion: 1;
  readonly name: ClaimName;
  readonly version: number;
  readonly planId: PlanId;
  readonly orderId: OrderId;
  readonly nodePool: DocumentRef;
  readonly nodeClass: DocumentRef;
  readonly placement: PlacementMode;
  readonly requirements: readonly Requirement[];
  /** Labels and annotations the Node gets at registration; those of the chosen offering follow with the launch. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly startupTaints: readonly Taint[];
  /** Planned pods plus DaemonSets. */
  readonly requests: ResourceList;
  /** The plan's room for DaemonSets that do not tolerate the slot; decides whether opening cordons first. */
  readonly daemonSetRequests: ResourceList;
  /** The largest capacity any of its offerings could bring; limits count this until an instance is known. */
  readonly maxCapacity: ResourceList;
  /** The smallest allocatable any of its offerings could bring; planning counts this until an instance is known. */
  readonly minAllocatable: ResourceList;
  readonly expireAfterMs: number | null;
  readonly terminationGracePeriodMs?: number;
  readonly createdAtMs: number;
  /** Last time a pod that is no DaemonSet's was bound, ended or began to end here; written at most every 10 s. */
  readonly lastPodEventAtMs?: number;
  readonly leave?: Leave;
}

export interface DocumentRef {
  readonly name: string;
  readonly hash: string;
  readonly hashVersion: string;
}

/** Severity only rises, the deadline only moves earlier (`mergeLeave`). */
export interface Leave {
  readonly reason: LeaveReason;
  readonly severity: LeaveSeverity;
  readonly requestedAtMs: number;
  /** Absolute time by which the instance is gone whatever happens; absent means when it is drained. */
  readonly deadlineMs?: number;
}

export type LeaveReason =
  | 'Empty'
  | 'InstanceTerminated'
  | 'RegistrationTimeout'
  | 'Interrupted'
  | 'Expired'
  | 'Drifted'
  | 'Underutilized'
  | 'Deleted';
/** `voluntary` can be withdrawn while nothing was evicted; `forced` respects PDBs until its deadline; `lost`: gone. */
export type LeaveSeverity = 'voluntary' | 'forced' | 'lost';

/** What EC2 gave. */
export interface Launch {
  readonly instanceId: InstanceId;
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly imageId: string;
  readonly priceMicroUsdPerHour: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
  readonly launchedAtMs: number;
}

export interface NodeRef {
  readonly name: string;
  readonly uid: string;
}

export interface PlannedClaim extends ClaimCore {
  readonly phase: 'Planned';
}
export interface LaunchedClaim extends ClaimCore {
  readonly phase: 'Launched';
  readonly launch: Launch;
}
export interface LaunchFailedClaim extends ClaimCore {
  readonly phase: 'LaunchFailed';
  readonly failedAtMs: number;
  readonly message: string;
}
export interface RegisteredClaim extends ClaimCore {
  readonly phase: 'Registered';
  readonly launch: Launch;
  readonly node: NodeRef;
  readonly registeredAtMs: number;
}
export interface InitializedClaim extends ClaimCore {
  readonly phase: 'Initialized';
  readonly launch: Launch;
  readonly node: NodeRef;
  readonly registeredAtMs: number;
  readonly initializedAtMs: number;
}
export interface DrainingClaim extends ClaimCore {
  readonly phase: 'Draining';
  readonly launch: Launch;
  readonly node?: NodeRef;
  readonly registeredAtMs?: number;
  readonly initializedAtMs?: number;
  readonly drainingAtMs: number;
  /** When the drain last moved; a chain of messages that broke is noticed by it. */
  readonly stepAtMs: number;
}
export interface TerminatingClaim extends ClaimCore {
  readonly phase: 'Terminating';
  readonly launch: Launch;
  readonly node?: NodeRef;
  readonly initializedAtMs?: number;
  readonly terminatingAtMs: number;
  readonly stepAtMs: number;
}
export interface TerminatedClaim extends ClaimCore {
  readonly phase: 'Terminated';
  readonly launch: Launch;
  readonly node?: NodeRef;
  readonly terminatedAtMs: number;
}

/** The members that every phase has, without those of one phase: what a claim takes along when its phase changes. */
export function coreOf(claim: NodeClaim): ClaimCore {
  const { schemaVersion, name, version, planId, orderId, nodePool, nodeClass, placement, requirements } =
    claim;
  const {
    labels,
    annotations,
    taints,
    startupTaints,
    requests,
    daemonSetRequests,
    maxCapacity,
    minAllocatable,
  } = claim;
  const { expireAfterMs, terminationGracePeriodMs, createdAtMs, lastPodEventAtMs, leave } = claim;
  return {
    ...{ schemaVersion, name, version, planId, orderId, nodePool, nodeClass, placement, requirements },
    ...{
      labels,
      annotations,
      taints,
      startupTaints,
      requests,
      daemonSetRequests,
      maxCapacity,
      minAllocatable,
    },
    ...{ expireAfterMs, createdAtMs },
    ...(terminationGracePeriodMs === undefined ? {} : { terminationGracePeriodMs }),
    ...(lastPodEventAtMs === undefined ? {} : { lastPodEventAtMs }),
    ...(leave === undefined ? {} : { leave }),
  };
}

/** The claim's end without an instance. */
export const launchFailed = (
  claim: PlannedClaim,
  failedAtMs: number,
  message: string,
): LaunchFailedClaim => ({
  ...claim,
  version: claim.version + 1,
  phase: 'LaunchFailed',
  failedAtMs,
  message,
});

/** Ended claims stay as tombstones so that a redelivered message finds them; they count for nothing. */
export type EndedClaim = LaunchFailedClaim | TerminatedClaim;
export type LiveClaim = Exclude<NodeClaim, EndedClaim>;

export const isLive = (claim: NodeClaim): claim is LiveClaim =>
  claim.phase !== 'LaunchFailed' && claim.phase !== 'Terminated';

/** Something is due for it. Most claims are at rest for most of their life: initialized, and nobody wants them to leave. */
export const isMoving = (claim: NodeClaim): boolean =>
  claim.phase !== 'Initialized' || claim.leave !== undefined;

export type TakingClaim = PlannedClaim | LaunchedClaim | RegisteredClaim | InitializedClaim;

/** A claim that new pods may still be planned onto, and whose slots cover its pods. */
export const takesPods = (claim: NodeClaim): claim is TakingClaim =>
  (claim.phase === 'Planned' ||
    claim.phase === 'Launched' ||
    claim.phase === 'Registered' ||
    claim.phase === 'Initialized') &&
  claim.leave === undefined;

const severityRank: Record<LeaveSeverity, number> = { voluntary: 0, forced: 1, lost: 2 };

/** Joins two wishes to leave: the severer reason wins, the earlier deadline counts; `current` wins ties. */
export function mergeLeave(current: Leave | undefined, next: Leave): Leave {
  if (current === undefined) return next;
  const severer = severityRank[next.severity] > severityRank[current.severity] ? next : current;
  const deadlines = [current.deadlineMs, next.deadlineMs].filter((ms) => ms !== undefined);
  const { deadlineMs: _, ...rest } = severer;
  return deadlines.length === 0 ? rest : { ...rest, deadlineMs: Math.min(...deadlines) };
}
