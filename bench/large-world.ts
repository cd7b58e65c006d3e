// A large cluster by a fixed seed for the benchmarks: nodes with bound pods and DaemonSets, pending pods of few shapes, and
// NodePools over the embedded catalogue. Every pod has its own objects, as pods of a decoded snapshot have.
import { EmbeddedCatalog, offlineNodeClass } from '../lib/adapters/memory/embedded-catalog.ts';
import { DEFAULT_NODE_CLASS } from '../lib/config/defaults.ts';
import { nodePoolDocument } from '../lib/config/node-pool.ts';
import { groupBy } from '../lib/model/group-by.ts';
import { claimName, instanceId, orderId, planId } from '../lib/model/ids.ts';
import { LABEL } from '../lib/model/labels.ts';
import type { Node } from '../lib/model/node.ts';
import type { NodeClaim } from '../lib/model/node-claim.ts';
import type { NodePool } from '../lib/model/node-pool.ts';
import type { InstanceType } from '../lib/model/offering.ts';
import { isDaemonSetPod, type Pod } from '../lib/model/pod.ts';
import type { ClaimSlots } from '../lib/model/slots.ts';
import type { ClusterState } from '../lib/model/snapshot.ts';
import type { CsiNode, PersistentVolume, PersistentVolumeClaim } from '../lib/model/volume.ts';
import {
  BOUND_CPU,
  daemonPod,
  daemonSet,
  NAMESPACES,
  nodeName,
  PENDING_CPU,
  workloadPod,
} from './large-world-pods.ts';
import { Seeded } from './support/random.ts';

const WORKLOADS = 400;
const DAEMON_SETS = 10;
const EBS = 'ebs.csi.aws.com';

export interface LargeWorld {
  readonly cluster: ClusterState;
  readonly claims: readonly NodeClaim[];
  readonly slots: readonly ClaimSlots[];
  readonly pending: readonly Pod[];
  readonly nodePools: readonly NodePool[];
  readonly instanceTypes: Readonly<Record<string, readonly InstanceType[]>>;
}

export async function embeddedPools(): Promise<Pick<LargeWorld, 'nodePools' | 'instanceTypes'>> {
  const category = (...values: string[]) => ({
    key: 'karpenter.k8s.aws/instance-category',
    operator: 'In',
    values,
  });
  const generation = { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['4'] };
  const nodePools = [
    pool('general', 10, [category('c', 'm', 'r'), generation]),
    pool('arm', 5, [{ key: LABEL.arch, operator: 'In', values: ['arm64'] }, generation]),
    pool('team', 1, [
      category('m'),
      { key: 'team', operator: 'In', values: ['red', 'blue'] },
      { key: LABEL.capacityType, operator: 'In', values: ['on-demand'] },
    ]),
  ];
  const catalog = new EmbeddedCatalog('us-east-1');
  const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
  const types = await catalog.instanceTypes(
    DEFAULT_NODE_CLASS,
    offlineNodeClass(DEFAULT_NODE_CLASS, catalog.market, zones),
  );
  return { nodePools, instanceTypes: Object.fromEntries(nodePools.map(({ name }) => [name, types])) };
}

const pool = (name: string, weight: number, requirements: readonly object[]): NodePool =>
  nodePoolDocument.parse({
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      weight,
      limits: { cpu: '1000000' },
      template: {
        spec: {
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements,
        },
      },
    },
  });

const instance = (node: number) => instanceId(`i-${node.toString(16).padStart(17, '0')}`);

function aNode(node: number, { name, labels, capacity, allocatable }: InstanceType): Node {
  const zone = `us-east-1${'abc'[node % 3]}`;
  return {
    name: nodeName(node),
    uid: `node-${node}`,
    resourceVersion: '1',
    createdAtMs: 0,
    labels: {
      ...labels,
      [LABEL.hostname]: nodeName(node),
      [LABEL.zone]: zone,
      [LABEL.instanceType]: name,
      [LABEL.capacityType]: node % 2 === 0 ? 'spot' : 'on-demand',
      [LABEL.nodePool]: 'general',
      [LABEL.registered]: 'true',
      [LABEL.initialized]: 'true',
      [LABEL.claim]: `general-${node}`,
    },
    annotations: {},
    taints: node % 50 === 0 ? [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] : [],
    unschedulable: false,
    providerId: `aws:///${zone}/${instance(node)}`,
    capacity,
    allocatable,
    ready: 'True',
    readySinceMs: 0,
  };
}

function aClaim(node: number, { name, labels, capacity, allocatable }: InstanceType): NodeClaim {
  return {
    schemaVersion: 1,
    phase: 'Initialized',
    name: claimName(`general-${node}`),
    version: 1,
    planId: planId('p1'),
    orderId: orderId('p1-0'),
    nodePool: { name: 'general', hash: 'h', hashVersion: 'v3' },
    nodeClass: { name: 'default', hash: 'h', hashVersion: 'v6' },
    placement: 'slot',
    requirements: [],
    ...{ labels: {}, annotations: {}, taints: [], startupTaints: [] },
    requests: {},
    daemonSetRequests: {},
    maxCapacity: capacity,
    minAllocatable: allocatable,
    ...{ expireAfterMs: null, createdAtMs: 0, registeredAtMs: 0, initializedAtMs: 0 },
    node: { name: nodeName(node), uid: `node-${node}` },
    launch: {
      instanceId: instance(node),
      instanceType: name,
      zone: 'us-east-1a',
      capacityType: 'on-demand',
      imageId: 'ami-1',
      priceMicroUsdPerHour: 100_000,
      ...{ labels, capacity, allocatable, launchedAtMs: 0 },
    },
  };
}

function volumeOf(pod: Pod): { claim: PersistentVolumeClaim; volume: PersistentVolume }[] {
  return pod.spec.volumeClaims.map((name) => ({
    claim: {
      namespace: pod.namespace,
      name,
      storageClassName: 'gp3',
      volumeName: `pv-${name}`,
      phase: 'Bound',
    },
    volume: { name: `pv-${name}`, nodeAffinity: [], csiDriver: EBS },
  }));
}

/** One item per claim: the plan's pods that run there. */
const slotsOf = (pods: readonly Pod[]): ClaimSlots[] =>
  [...groupBy(pods, (pod) => (isDaemonSetPod(pod) ? undefined : pod.nodeName)).values()].map(
    (here, node) => ({
      schemaVersion: 1,
      claim: claimName(`general-${node}`),
      planId: planId('p1'),
      version: 1,
      createdAtMs: 0,
      slots: here.map(({ uid, namespace, name }) => ({
        podUid: uid,
        namespace,
        podName: name,
        shapeHash: '',
        state: 'bound',
      })),
    }),
  );

/** `nodes` nodes, ten pods of workloads on each beside its DaemonSets, and `pending` pods of 40 of the workloads. */
export async function largeWorld(nodes: number, pending: number, seed: number): Promise<LargeWorld> {
  const random = new Seeded(seed);
  const { nodePools, instanceTypes } = await embeddedPools();
  const types = ['m7i.2xlarge', 'm7g.2xlarge', 'c7i.2xlarge', 'r7i.2xlarge', 'm6i.2xlarge'].flatMap(
    (name) => instanceTypes['general']?.find((type) => type.name === name) ?? [],
  );
  const daemonSets = Array.from({ length: DAEMON_SETS }, (_, number) => daemonSet(number));
  const pods: Pod[] = [];
  const numbers = Array.from({ length: nodes }, (_, node) => node);
  const typed = numbers.map((node) => types[node % types.length]).filter((type) => type !== undefined);
  for (const node of numbers) {
    pods.push(...daemonSets.map((one) => daemonPod(one, node)));
    for (let at = 0; at < 10; at++) {
      const workload = (node * 7 + at * 41 + random.int(0, 2)) % WORKLOADS;
      pods.push({ ...workloadPod(workload, pods.length, random, BOUND_CPU), nodeName: nodeName(node) });
    }
  }
  const waiting = Array.from({ length: pending }, (_, number): Pod => {
    const pod = workloadPod((number % 40) * 9, 1_000_000 + number, random, PENDING_CPU);
    return { ...pod, phase: 'Pending', unschedulable: { sinceMs: 0, message: '' } };
  });
  const volumes = [...pods, ...waiting].flatMap(volumeOf);
  const csiNodes = numbers.map((node): CsiNode => ({ nodeName: nodeName(node), limits: { [EBS]: 25 } }));
  const cluster: ClusterState = {
    pods: [...pods, ...waiting],
    nodes: typed.map((type, node) => aNode(node, type)),
    daemonSets,
    namespaces: Array.from({ length: NAMESPACES }, (_, at) => ({ name: `team-${at}`, labels: {} })),
    volumeClaims: volumes.map(({ claim }) => claim),
    volumes: volumes.map(({ volume }) => volume),
    storageClasses: [
      { name: 'gp3', provisioner: EBS, volumeBindingMode: 'WaitForFirstConsumer', allowedTopologies: [] },
    ],
    csiNodes,
  };
  // Decoded from text, so that no two pods share an object.
  const decoded = JSON.parse(JSON.stringify(cluster)) as ClusterState;
  return {
    cluster: decoded,
    claims: typed.map((type, node) => aClaim(node, type)),
    slots: slotsOf(decoded.pods),
    pending: decoded.pods.filter(({ nodeName: on }) => on === undefined),
    nodePools,
    instanceTypes,
  };
}
