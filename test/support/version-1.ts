/**
 * Values of schema version 1, as the release that wrote `test/golden/versions/1.json` knew them. They are spelled out, and
 * no builder is used: a later release that wants a member which these do not have does not compile, and must read items
 * without it for as long as the release before may have written some.
 */
import {
  claimName,
  instanceId,
  orderId,
  planId,
  podUid,
  requestId,
  snapshotId,
} from '../../lib/model/ids.ts';
import type { ClaimCore, Launch, NodeClaim, PlannedClaim } from '../../lib/model/node-claim.ts';
import type { CommittedPlan, Order } from '../../lib/model/plan.ts';
import type { ClaimSlots } from '../../lib/model/slots.ts';
import type { Snapshot } from '../../lib/model/snapshot.ts';
import type { UnavailableOffering } from '../../lib/model/unavailable-offering.ts';

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const GIB = 2 ** 30;
const PLAN = planId('p0123456789abcdef');
const ORDER = orderId('p0123456789abcdef-0');

const core = (n: number, version: number): ClaimCore => ({
  schemaVersion: 1,
  name: claimName(`general-01234567-${n}`),
  version,
  planId: PLAN,
  orderId: ORDER,
  nodePool: { name: 'general', hash: '1234567890', hashVersion: 'v3' },
  nodeClass: { name: 'default', hash: '9876543210', hashVersion: 'v6' },
  placement: 'slot',
  requirements: [
    { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot', 'on-demand'], minValues: 1 },
  ],
  labels: { team: 'shop' },
  annotations: { 'example.com/owner': 'shop' },
  taints: [{ key: 'dedicated', value: 'shop', effect: 'NoSchedule' }],
  startupTaints: [{ key: 'example.com/agent', effect: 'NoExecute' }],
  requests: { cpu: 1_000, memory: GIB, pods: 2 },
  daemonSetRequests: { cpu: 100, memory: GIB / 8, pods: 1 },
  maxCapacity: { cpu: 4_000, memory: 16 * GIB, pods: 58 },
  minAllocatable: { cpu: 1_900, memory: 6 * GIB, pods: 29 },
  expireAfterMs: 720 * 3_600_000,
  terminationGracePeriodMs: 3_600_000,
  createdAtMs: AT_MS,
});

const launch = (n: number): Launch => ({
  instanceId: instanceId(`i-000000000000000${n}`),
  instanceType: 'm7i.large',
  zone: 'us-east-1a',
  capacityType: 'spot',
  imageId: 'ami-0123456789abcdef0',
  priceMicroUsdPerHour: 40_300,
  labels: { 'node.kubernetes.io/instance-type': 'm7i.large' },
  capacity: { cpu: 2_000, memory: 8 * GIB, pods: 29 },
  allocatable: { cpu: 1_930, memory: 7 * GIB, pods: 29 },
  launchedAtMs: AT_MS + 2_000,
});

const node = (n: number) => ({ name: `ip-10-0-0-${n}.ec2.internal`, uid: `node-uid-${n}` });
const registeredAtMs = AT_MS + 30_000;
const initializedAtMs = AT_MS + 40_000;
const leave = {
  reason: 'Expired',
  severity: 'forced',
  requestedAtMs: AT_MS + 90_000,
  deadlineMs: AT_MS + 3_690_000,
} as const;

export const PLANNED: PlannedClaim = { ...core(0, 1), phase: 'Planned' };

/** One of each phase, each written by a first put; phases that end need one that lives before. */
export const LIVE_CLAIMS: readonly NodeClaim[] = [
  PLANNED,
  { ...core(1, 2), phase: 'Launched', launch: launch(1) },
  { ...core(2, 3), phase: 'Registered', launch: launch(2), node: node(2), registeredAtMs },
  {
    ...core(3, 4),
    ...{ phase: 'Initialized', launch: launch(3), node: node(3), registeredAtMs, initializedAtMs },
    lastPodEventAtMs: AT_MS + 60_000,
  },
  {
    ...core(4, 6),
    ...{ phase: 'Draining', launch: launch(4), node: node(4), registeredAtMs, initializedAtMs, leave },
    ...{ drainingAtMs: AT_MS + 91_000, stepAtMs: AT_MS + 96_000 },
  },
  {
    ...core(5, 7),
    ...{ phase: 'Terminating', launch: launch(5), node: node(5), initializedAtMs, leave },
    ...{ terminatingAtMs: AT_MS + 100_000, stepAtMs: AT_MS + 105_000 },
  },
];

/** Of claims that were `PLANNED`, but for their names. */
export const ENDED_CLAIMS: readonly NodeClaim[] = [
  { ...core(6, 2), phase: 'LaunchFailed', failedAtMs: AT_MS + 300_000, message: 'no capacity' },
  { ...core(7, 2), phase: 'Terminated', launch: launch(7), node: node(7), terminatedAtMs: AT_MS + 400_000 },
];

export const SLOTS: readonly ClaimSlots[] = [
  {
    schemaVersion: 1,
    claim: PLANNED.name,
    planId: PLAN,
    version: 2,
    createdAtMs: AT_MS,
    slots: (['planned', 'tolerated', 'bound', 'free', 'missed'] as const).map((state, n) => ({
      podUid: podUid(`pod-uid-${n}`),
      namespace: 'shop',
      podName: `web-${n}`,
      ...(n === 0 ? {} : { ownerUid: 'rs-uid' }),
      shapeHash: 'abcdef01',
      state,
      ...(state === 'missed' ? { missReason: 'ended elsewhere' } : {}),
    })),
  },
];

export const OPEN_ORDER: Order = {
  schemaVersion: 1,
  id: ORDER,
  planId: PLAN,
  version: 2,
  createdAtMs: AT_MS,
  nodePool: 'general',
  nodeClass: 'default',
  claims: [PLANNED.name],
  offerings: [
    { instanceType: 'm7i.large', zone: 'us-east-1a', capacityType: 'spot', priceMicroUsdPerHour: 40_300 },
  ],
  attempts: [
    {
      n: 1,
      claims: [PLANNED.name],
      request: {
        clientToken: 'p0123456789abcdef-0-1',
        capacityType: 'spot',
        targetCapacity: 1,
        allocationStrategy: 'price-capacity-optimized',
        launchTemplate: { nodeClass: 'default', nodeClassHash: '9876543210', nodePool: 'general' },
        overrides: [
          {
            ...{ instanceType: 'm7i.large', zone: 'us-east-1a' },
            ...{ subnetId: 'subnet-0123456789abcdef0', imageId: 'ami-0123456789abcdef0' },
          },
        ],
        tags: { 'dovetail.sh/order': ORDER },
      },
      storedAtMs: AT_MS + 1_000,
      settled: {
        atMs: AT_MS + 2_000,
        launched: 0,
        errors: [
          {
            code: 'InsufficientInstanceCapacity',
            message: 'none',
            instanceType: 'm7i.large',
            zone: 'us-east-1a',
          },
        ],
      },
    },
  ],
};

export const PLAN_1: CommittedPlan = {
  schemaVersion: 1,
  id: PLAN,
  installation: 'prod-1a2b3c4d',
  requestIds: [requestId('r-1')],
  snapshotId: snapshotId('ab12'),
  createdAtMs: AT_MS,
  orders: [{ ...OPEN_ORDER, version: 1, attempts: [] }],
  claims: [PLANNED],
  slots: SLOTS,
  unschedulable: [{ podUid: podUid('pod-uid-9'), reasons: ['no instance type has 900 GiB'] }],
};

export const MARK: UnavailableOffering = {
  ...{ instanceType: 'm7i.large', zone: 'us-east-1a', capacityType: 'spot' },
  ...{ reason: 'InsufficientInstanceCapacity', untilMs: AT_MS + 180_000, step: 0 },
};

export const SNAPSHOT: Snapshot = {
  schemaVersion: 1,
  takenAtMs: AT_MS,
  cursor: {
    ...{ pods: '101', nodes: '102', daemonSets: '103', namespaces: '104' },
    ...{ volumeClaims: '105', volumes: '106', storageClasses: '107', csiNodes: '108' },
  },
  cluster: {
    ...{ pods: [], nodes: [], daemonSets: [], volumeClaims: [], volumes: [], storageClasses: [] },
    namespaces: [{ name: 'shop', labels: { team: 'shop' } }],
    csiNodes: [{ nodeName: 'ip-10-0-0-3.ec2.internal', limits: { 'ebs.csi.aws.com': 25 } }],
  },
  covered: { 'pod-uid-0': PLANNED.name },
};
