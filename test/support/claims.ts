import { type ClaimName, claimName, instanceId, orderId, planId, podUid } from '../../lib/model/ids.ts';
import type {
  ClaimCore,
  DrainingClaim,
  InitializedClaim,
  Launch,
  LaunchedClaim,
  PlannedClaim,
  RegisteredClaim,
} from '../../lib/model/node-claim.ts';
import type { ClaimSlots, Slot } from '../../lib/model/slots.ts';

const GIB = 2 ** 30;

/** Overrides of a claim; its name may be given as plain text. */
type ClaimOverrides<C> = Partial<Omit<C, 'name'>> & { readonly name?: string };

export function aClaimCore(overrides: ClaimOverrides<ClaimCore> = {}): ClaimCore {
  return {
    schemaVersion: 1,
    version: 1,
    planId: planId('p1'),
    orderId: orderId('p1-0'),
    nodePool: { name: 'pool', hash: 'h', hashVersion: 'v3' },
    nodeClass: { name: 'default', hash: 'h', hashVersion: 'v6' },
    placement: 'slot',
    requirements: [],
    labels: {},
    annotations: {},
    taints: [],
    startupTaints: [],
    requests: { cpu: 1000, memory: GIB, pods: 2 },
    daemonSetRequests: {},
    maxCapacity: { cpu: 4000, memory: 16 * GIB, pods: 58 },
    minAllocatable: { cpu: 1900, memory: 6 * GIB, pods: 29 },
    expireAfterMs: null,
    createdAtMs: 0,
    ...overrides,
    name: claimName(overrides.name ?? 'pool-1'),
  };
}

export const aLaunch = (overrides: Partial<Launch> = {}): Launch => ({
  instanceId: instanceId('i-0000000000000001'),
  instanceType: 'm7i.large',
  zone: 'us-east-1a',
  capacityType: 'on-demand',
  imageId: 'ami-1',
  priceMicroUsdPerHour: 100_800,
  labels: {},
  capacity: { cpu: 2000, memory: 8 * GIB, pods: 29 },
  allocatable: { cpu: 1930, memory: 7 * GIB, pods: 29 },
  launchedAtMs: 0,
  ...overrides,
});

export const aPlannedClaim = (overrides: ClaimOverrides<PlannedClaim> = {}): PlannedClaim => ({
  ...aClaimCore(),
  phase: 'Planned',
  ...overrides,
  name: claimName(overrides.name ?? 'pool-1'),
});

export const aLaunchedClaim = (overrides: ClaimOverrides<LaunchedClaim> = {}): LaunchedClaim => ({
  ...aClaimCore(),
  phase: 'Launched',
  launch: aLaunch(),
  ...overrides,
  name: claimName(overrides.name ?? 'pool-1'),
});

export const aRegisteredClaim = (overrides: ClaimOverrides<RegisteredClaim> = {}): RegisteredClaim => ({
  ...aClaimCore(),
  phase: 'Registered',
  launch: aLaunch(),
  node: { name: 'node-1', uid: 'node-1-uid' },
  registeredAtMs: 0,
  ...overrides,
  name: claimName(overrides.name ?? 'pool-1'),
});

export const anInitializedClaim = (overrides: ClaimOverrides<InitializedClaim> = {}): InitializedClaim => ({
  ...aClaimCore(),
  phase: 'Initialized',
  launch: aLaunch(),
  node: { name: 'node-1', uid: 'node-1-uid' },
  registeredAtMs: 0,
  initializedAtMs: 0,
  ...overrides,
  name: claimName(overrides.name ?? 'pool-1'),
});

export const aDrainingClaim = (overrides: ClaimOverrides<DrainingClaim> = {}): DrainingClaim => ({
  ...aClaimCore(),
  phase: 'Draining',
  launch: aLaunch(),
  node: { name: 'node-1', uid: 'node-1-uid' },
  registeredAtMs: 0,
  initializedAtMs: 0,
  drainingAtMs: 0,
  stepAtMs: 0,
  ...overrides,
  name: claimName(overrides.name ?? 'pool-1'),
});

export const aSlot = (overrides: Partial<Slot> = {}): Slot => ({
  podUid: podUid('pod-1'),
  namespace: 'default',
  podName: 'pod-1',
  ownerUid: 'owner-1',
  shapeHash: 'shape-1',
  state: 'planned',
  ...overrides,
});

export const slotsOf = (claim: ClaimName, slots: readonly Slot[]): ClaimSlots => ({
  schemaVersion: 1,
  claim,
  planId: planId('p1'),
  version: 1,
  createdAtMs: 0,
  slots,
});
