import {
  claimName,
  instanceId,
  orderId,
  planId,
  podUid,
  requestId,
  snapshotId,
} from '../../lib/model/ids.ts';
import type {
  LaunchedClaim,
  LaunchFailedClaim,
  PlannedClaim,
  TerminatedClaim,
} from '../../lib/model/node-claim.ts';
import type { CommittedPlan, Order } from '../../lib/model/plan.ts';
import type { ClaimSlots, Slot } from '../../lib/model/slots.ts';
import { EMPTY_CLUSTER, type Snapshot, type WatchCursor } from '../../lib/model/snapshot.ts';
import { aClaimCore, aLaunch } from './claims.ts';
import { START_MS } from './memory-clock.ts';

export const aPlannedClaim = (name: string, overrides: Partial<PlannedClaim> = {}): PlannedClaim => ({
  ...aClaimCore({ name, labels: { team: 'shop' } }),
  phase: 'Planned',
  ...overrides,
});

/** `claim` one version on, with the instance. */
export const launched = (claim: PlannedClaim, id: string): LaunchedClaim => ({
  ...claim,
  phase: 'Launched',
  version: claim.version + 1,
  launch: aLaunch({ instanceId: instanceId(id) }),
});

/** `claim` one version on, ended with its instance. */
export const terminated = (claim: PlannedClaim | LaunchedClaim, id: string): TerminatedClaim => ({
  ...claim,
  phase: 'Terminated',
  version: claim.version + 1,
  launch: aLaunch({ instanceId: instanceId(id) }),
  terminatedAtMs: START_MS,
});

/** `claim` one version on, ended without ever having had an instance. */
export const launchFailed = (claim: PlannedClaim): LaunchFailedClaim => ({
  ...claim,
  phase: 'LaunchFailed',
  version: claim.version + 1,
  failedAtMs: START_MS,
  message: 'no capacity',
});

export function anOrder(id: string, overrides: Partial<Order> = {}): Order {
  return {
    schemaVersion: 1,
    id: orderId(id),
    planId: planId('plan-1'),
    version: 1,
    createdAtMs: START_MS,
    nodePool: 'general',
    nodeClass: 'general',
    claims: [claimName('plan-1-c1')],
    offerings: [],
    attempts: [],
    ...overrides,
  };
}

export function aPlan(
  id: string,
  requestIds: readonly string[],
  overrides: Partial<CommittedPlan> = {},
): CommittedPlan {
  return {
    schemaVersion: 1,
    id: planId(id),
    installation: 'test',
    requestIds: requestIds.map(requestId),
    snapshotId: snapshotId('ab12'),
    createdAtMs: START_MS,
    orders: [],
    claims: [],
    slots: [],
    unschedulable: [],
    ...overrides,
  };
}

export function aSlot(uid: string, overrides: Partial<Slot> = {}): Slot {
  return {
    podUid: podUid(uid),
    namespace: 'default',
    podName: uid,
    shapeHash: 'shape',
    state: 'planned',
    ...overrides,
  };
}

export function someSlots(claim: string, plan: string, overrides: Partial<ClaimSlots> = {}): ClaimSlots {
  return {
    schemaVersion: 1,
    claim: claimName(claim),
    planId: planId(plan),
    version: 1,
    createdAtMs: START_MS,
    slots: [aSlot('pod-1')],
    ...overrides,
  };
}

/** The same resourceVersion for every kind. */
export const cursorAt = (version: string): WatchCursor => ({
  pods: version,
  nodes: version,
  daemonSets: version,
  namespaces: version,
  volumeClaims: version,
  volumes: version,
  storageClasses: version,
  csiNodes: version,
});

export function aSnapshot(overrides: Partial<Snapshot> = {}): Snapshot {
  return {
    schemaVersion: 1,
    takenAtMs: START_MS,
    cursor: cursorAt('7'),
    cluster: EMPTY_CLUSTER,
    covered: {},
    ...overrides,
  };
}
