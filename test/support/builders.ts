// Builders of model values with overrides, for every test: `aPod({ name: 'web-1', cpuMillicores: 250 })`. A value that a
// test does not name is the plainest valid one, so that what a test states is what it is about.

import { type Affinity, NO_AFFINITY, type TopologySpreadConstraint } from '../../lib/model/affinity.ts';
import { podUid } from '../../lib/model/ids.ts';
import { LABEL } from '../../lib/model/labels.ts';
import type { Node } from '../../lib/model/node.ts';
import type { NodePool, NodeTemplate } from '../../lib/model/node-pool.ts';
import type { CapacityType, InstanceType, Offering } from '../../lib/model/offering.ts';
import { DEFAULT_POLICIES } from '../../lib/model/planning-policies.ts';
import type { Pod, PodSpec } from '../../lib/model/pod.ts';
import type { ResourceList } from '../../lib/model/resources.ts';
import type { LabelSelector } from '../../lib/model/selector.ts';
import { type ClusterState, EMPTY_CLUSTER } from '../../lib/model/snapshot.ts';
import { DEFAULT_SOLVER_SETTINGS, type SolverSettings } from '../../lib/model/solver-settings.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../lib/model/volume.ts';
import type { DaemonSet } from '../../lib/model/workload.ts';
import type { PlanningNode, ProvisioningInput } from '../../lib/planning/types.ts';

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

interface Amounts {
  readonly cpuMillicores?: number;
  readonly memoryBytes?: number;
}

type Overrides<T, Parts extends keyof T> = Partial<Omit<T, Parts>> & {
  readonly [P in Parts]?: Partial<T[P]>;
};

export function aPodSpec(overrides: Partial<PodSpec> = {}, amounts: Amounts = {}): PodSpec {
  const { cpuMillicores = 100, memoryBytes = 128 * MIB } = amounts;
  return {
    requests: { cpu: cpuMillicores, memory: memoryBytes, pods: 1 },
    nodeSelector: {},
    affinity: NO_AFFINITY,
    tolerations: [],
    topologySpread: [],
    hostPorts: [],
    volumeClaims: [],
    resourceClaims: [],
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    schedulerName: 'default-scheduler',
    schedulingGates: [],
    terminationGracePeriodSeconds: 30,
    ...overrides,
  };
}

/** A pending pod that kube-scheduler has found unschedulable. */
export function aPod(overrides: Overrides<Pod, 'spec'> & Amounts = {}): Pod {
  const { spec, cpuMillicores, memoryBytes, ...rest } = overrides;
  const name = rest.name ?? 'pod';
  const namespace = rest.namespace ?? 'default';
  return {
    uid: podUid(`uid-${namespace}-${name}`),
    namespace,
    name,
    labels: {},
    annotations: {},
    createdAtMs: 0,
    spec: aPodSpec(spec, {
      ...(cpuMillicores === undefined ? {} : { cpuMillicores }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
    }),
    phase: 'Pending',
    unschedulable: { sinceMs: 0, message: '0/0 nodes are available' },
    ...rest,
  };
}

/** The same pod bound to a node and running. */
export function aBoundPod(nodeName: string, overrides: Overrides<Pod, 'spec'> & Amounts = {}): Pod {
  const { unschedulable: _, ...pod } = aPod(overrides);
  return { ...pod, nodeName, phase: overrides.phase ?? 'Running' };
}

/** `count` pods named `<prefix>-0` …, otherwise equal. */
export function pods(count: number, prefix: string, overrides: Overrides<Pod, 'spec'> & Amounts = {}): Pod[] {
  return Array.from({ length: count }, (_, index) => aPod({ ...overrides, name: `${prefix}-${index}` }));
}

export function aNode(overrides: Partial<Node> = {}): Node {
  const name = overrides.name ?? 'node-a';
  const allocatable = overrides.allocatable ?? { cpu: 3920, memory: 14 * GIB, pods: 58 };
  return {
    uid: `uid-${name}`,
    resourceVersion: '1',
    createdAtMs: 0,
    annotations: {},
    taints: [],
    unschedulable: false,
    providerId: '',
    capacity: allocatable,
    ready: 'True',
    readySinceMs: 0,
    ...overrides,
    name,
    allocatable,
    labels: { [LABEL.hostname]: name, ...overrides.labels },
  };
}

export function aPlanningNode(overrides: Partial<PlanningNode> = {}): PlanningNode {
  const name = overrides.name ?? 'node-a';
  return {
    taints: [],
    allocatable: { cpu: 3920, memory: 14 * GIB, pods: 58 },
    priceMicroUsdPerHour: 200_000,
    pods: [],
    inFlight: false,
    ...overrides,
    name,
    labels: { [LABEL.hostname]: name, ...overrides.labels },
  };
}

export function aNodePool(
  overrides: Partial<Omit<NodePool, 'template' | 'disruption'>> & {
    readonly template?: Partial<NodeTemplate>;
    readonly disruption?: Partial<NodePool['disruption']>;
  } = {},
): NodePool {
  const { template, disruption, ...rest } = overrides;
  return {
    name: 'default',
    hash: 'hash-1',
    hashVersion: 'v1',
    limits: {},
    weight: 0,
    placement: 'slot',
    ...rest,
    template: {
      labels: {},
      annotations: {},
      taints: [],
      startupTaints: [],
      requirements: [],
      nodeClass: 'default',
      expireAfterMs: null,
      ...template,
    },
    disruption: {
      consolidationPolicy: 'WhenEmptyOrUnderutilized',
      consolidateAfterMs: 0,
      budgets: [{ nodes: { kind: 'percent', percent: 10 } }],
      ...disruption,
    },
  };
}

export const ZONES = [
  { zone: 'us-east-1a', zoneId: 'use1-az1' },
  { zone: 'us-east-1b', zoneId: 'use1-az2' },
  { zone: 'us-east-1c', zoneId: 'use1-az4' },
] as const;

/** One offering per zone and capacity type; spot at 40 % of the on-demand price. */
export function someOfferings(
  onDemandMicroUsdPerHour: number,
  capacityTypes: readonly CapacityType[] = ['on-demand'],
  zones: readonly { readonly zone: string; readonly zoneId: string }[] = ZONES,
): Offering[] {
  const price = { reserved: 0, spot: 0.4, 'on-demand': 1 };
  return zones.flatMap(({ zone, zoneId }) =>
    capacityTypes.map((capacityType) => ({
      zone,
      zoneId,
      capacityType,
      priceMicroUsdPerHour: Math.round(onDemandMicroUsdPerHour * price[capacityType]),
    })),
  );
}

/**
 * `family.size` with the labels Karpenter derives from the name. Memory defaults to 4 GiB a core, all of it allocatable,
 * and the price to 50,000 micro-USD a core.
 */
export function anInstanceType(
  overrides: Partial<Omit<InstanceType, 'labels'>> & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly cores?: number;
  } = {},
): InstanceType {
  const { labels, cores = 4, ...rest } = overrides;
  const name = rest.name ?? 'm7i.xlarge';
  const family = name.split('.')[0] ?? name;
  const allocatable: ResourceList = rest.allocatable ?? {
    cpu: cores * 1000,
    memory: cores * 4 * GIB,
    pods: 58,
  };
  return {
    name,
    labels: {
      [LABEL.instanceType]: name,
      [LABEL.arch]: 'amd64',
      [LABEL.os]: 'linux',
      [LABEL.region]: 'us-east-1',
      'karpenter.k8s.aws/instance-category': family.replace(/[^a-z].*$/, ''),
      'karpenter.k8s.aws/instance-family': family,
      'karpenter.k8s.aws/instance-generation': /\d+/.exec(family)?.[0] ?? '1',
      'karpenter.k8s.aws/instance-size': name.split('.')[1] ?? 'large',
      'karpenter.k8s.aws/instance-cpu': String(cores),
      ...labels,
    },
    capacity: allocatable,
    allocatable,
    burstable: false,
    volumeLimits: {},
    exotic: false,
    offerings: someOfferings(cores * 50_000),
    ...rest,
  };
}

export function aDaemonSet(
  overrides: Partial<Omit<DaemonSet, 'template'>> & { readonly spec?: Partial<PodSpec> } & Amounts = {},
): DaemonSet {
  const { spec, cpuMillicores, memoryBytes, ...rest } = overrides;
  const name = rest.name ?? 'agent';
  return {
    uid: `uid-${name}`,
    namespace: 'kube-system',
    name,
    labels: {},
    ...rest,
    template: {
      labels: { app: name },
      annotations: {},
      spec: aPodSpec(spec, {
        ...(cpuMillicores === undefined ? {} : { cpuMillicores }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
      }),
    },
  };
}

export const aClusterState = (overrides: Partial<ClusterState> = {}): ClusterState => ({
  ...EMPTY_CLUSTER,
  namespaces: [{ name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } }],
  ...overrides,
});

export const aVolumeClaim = (overrides: Partial<PersistentVolumeClaim> = {}): PersistentVolumeClaim => ({
  namespace: 'default',
  name: 'data',
  phase: 'Pending',
  storageClassName: 'gp3',
  ...overrides,
});

export const aVolume = (overrides: Partial<PersistentVolume> = {}): PersistentVolume => ({
  name: 'pv-1',
  nodeAffinity: [],
  csiDriver: 'ebs.csi.aws.com',
  ...overrides,
});

export const aStorageClass = (overrides: Partial<StorageClass> = {}): StorageClass => ({
  name: 'gp3',
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowedTopologies: [],
  ...overrides,
});

export const matching = (matchLabels: Readonly<Record<string, string>>): LabelSelector => ({
  matchLabels,
  matchExpressions: [],
});

export const anAffinity = (overrides: Partial<Affinity> = {}): Affinity => ({ ...NO_AFFINITY, ...overrides });

export const aSpread = (overrides: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey: LABEL.zone,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: matching({ app: 'web' }),
  matchLabelKeys: [],
  nodeAffinityPolicy: 'Honor',
  nodeTaintsPolicy: 'Ignore',
  ...overrides,
});

/** Karpenter's algorithm alone. */
export const GREEDY_SETTINGS: SolverSettings = { ...DEFAULT_SOLVER_SETTINGS, solver: 'greedy' };

/** One NodePool `default` with one type, no nodes, nothing in use; planned by Karpenter's algorithm. */
export const aProvisioningInput = (overrides: Partial<ProvisioningInput> = {}): ProvisioningInput => ({
  pods: [],
  cluster: aClusterState(),
  nodes: [],
  nodePools: [aNodePool()],
  instanceTypes: { default: [anInstanceType()] },
  usage: {},
  unavailable: {},
  ...DEFAULT_POLICIES,
  solver: GREEDY_SETTINGS,
  ...overrides,
});
