// Generated provisioning inputs with everything that pods, NodePools, DaemonSets, volumes and existing nodes may ask for.
import * as fc from 'fast-check';
import type { PodAffinityTerm, TopologySpreadConstraint } from '../../lib/model/affinity.ts';
import { LABEL } from '../../lib/model/labels.ts';
import type { NodePool } from '../../lib/model/node-pool.ts';
import type { InstanceType } from '../../lib/model/offering.ts';
import type { Pod, PodSpec } from '../../lib/model/pod.ts';
import type { Operator, Requirement } from '../../lib/model/requirement.ts';
import type { ClusterState } from '../../lib/model/snapshot.ts';
import type { PlanningNode, ProvisioningInput } from '../../lib/planning/types.ts';
import {
  aBoundPod,
  aClusterState,
  aDaemonSet,
  aNodePool,
  anAffinity,
  anInstanceType,
  aPlanningNode,
  aProvisioningInput,
  aSpread,
  aStorageClass,
  aVolume,
  aVolumeClaim,
  GIB,
  MIB,
  matching,
  pods,
  someOfferings,
  ZONES,
} from './builders.ts';

const CATEGORY = 'karpenter.k8s.aws/instance-category';
const FAMILY = 'karpenter.k8s.aws/instance-family';
const EBS = 'ebs.csi.aws.com';

const is = (key: string, operator: Operator, ...values: string[]): Requirement => ({ key, operator, values });
const term = (...matchExpressions: Requirement[]) => ({ matchFields: [], matchExpressions });

const near = (app: string, topologyKey: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  topologyKey,
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
  ...more,
});

const spread = (app: string, more: Partial<TopologySpreadConstraint> = {}): Partial<PodSpec> => ({
  topologySpread: [aSpread({ labelSelector: matching({ app }), ...more })],
});
const port = (hostIp: string, number: number): Partial<PodSpec> => ({
  hostPorts: [{ port: number, protocol: 'TCP', hostIp }],
});
const wants = (...required: Requirement[][]): Partial<PodSpec> => ({
  affinity: anAffinity({ nodeRequired: required.map((expressions) => term(...expressions)) }),
});
const prefers = (weight: number, ...expressions: Requirement[]) => ({
  weight,
  preference: term(...expressions),
});

/** One way each in which an application may restrict its pods. `peer` is another application's name. */
const RULES: readonly ((app: string, peer: string) => Partial<PodSpec>)[] = [
  () => ({}),
  (app) => spread(app),
  (app) => spread(app, { maxSkew: 2, minDomains: 3 }),
  (app) => spread(app, { topologyKey: LABEL.hostname }),
  (app) => spread(app, { topologyKey: LABEL.capacityType }),
  (app) => spread(app, { topologyKey: LABEL.instanceType, maxSkew: 2 }),
  (app) => spread(app, { topologyKey: 'team' }),
  (app) => spread(app, { whenUnsatisfiable: 'ScheduleAnyway' }),
  (app) => spread(app, { matchLabelKeys: ['version'] }),
  (app) => spread(app, { nodeTaintsPolicy: 'Honor' }),
  (app) => ({
    ...spread(app, { nodeAffinityPolicy: 'Ignore', maxSkew: 3 }),
    nodeSelector: { [CATEGORY]: 'm' },
  }),
  (app) => ({
    topologySpread: [
      aSpread({ labelSelector: matching({ app }) }),
      aSpread({ labelSelector: matching({ app }), topologyKey: LABEL.hostname, maxSkew: 2 }),
    ],
  }),
  (app) => ({ affinity: anAffinity({ podRequired: [near(app, LABEL.zone)] }) }),
  (app) => ({ affinity: anAffinity({ podRequired: [near(app, LABEL.hostname)] }) }),
  (_, peer) => ({ affinity: anAffinity({ podRequired: [near(peer, LABEL.zone)] }) }),
  (app) => ({ affinity: anAffinity({ podAntiRequired: [near(app, LABEL.hostname)] }) }),
  (app) => ({ affinity: anAffinity({ podAntiRequired: [near(app, LABEL.zone)] }) }),
  (_, peer) => ({ affinity: anAffinity({ podAntiRequired: [near(peer, LABEL.hostname)] }) }),
  (_, peer) => ({
    affinity: anAffinity({
      podAntiRequired: [near(peer, LABEL.hostname, { namespaceSelector: matching({}) })],
    }),
  }),
  (app) => ({
    affinity: anAffinity({
      podAntiRequired: [
        near(app, LABEL.hostname, { namespaces: ['default', 'other'], mismatchLabelKeys: ['version'] }),
      ],
    }),
  }),
  (app) => ({
    affinity: anAffinity({ podRequired: [near(app, LABEL.zone, { matchLabelKeys: ['version'] })] }),
  }),
  (app, peer) => ({
    affinity: anAffinity({
      podPreferred: [{ weight: 3, term: near(peer, LABEL.hostname) }],
      podAntiPreferred: [{ weight: 1, term: near(app, LABEL.zone) }],
    }),
  }),
  () => ({
    affinity: anAffinity({
      nodePreferred: [prefers(9, is(LABEL.zone, 'In', 'us-east-1z')), prefers(5, is(CATEGORY, 'In', 'c'))],
    }),
  }),
  () => wants([is(FAMILY, 'In', 'x9')], [is(LABEL.zone, 'NotIn', 'us-east-1a'), is(CATEGORY, 'Exists')]),
  () => wants([is('karpenter.k8s.aws/instance-cpu', 'Gt', '3'), is('team', 'DoesNotExist')]),
  () => ({ nodeSelector: { [LABEL.zone]: 'us-east-1b' } }),
  () => ({ nodeSelector: { [LABEL.capacityType]: 'on-demand' } }),
  () => ({ nodeSelector: { team: 'blue' } }),
  () => wants([is('team', 'NotIn', 'blue'), is('team', 'Exists')]),
  () => ({ nodeSelector: { stage: 'test' } }),
  () => ({ tolerations: [{ key: 'dedicated', operator: 'Exists' }], nodeSelector: { pool: 'tainted' } }),
  () => ({ tolerations: [{ operator: 'Exists' }] }),
  () => port('', 8080),
  () => port('10.0.0.1', 9100),
  () => port('10.0.0.2', 8080),
  () => ({ volumeClaims: ['zonal'] }),
  () => ({ volumeClaims: ['bound'] }),
  () => ({ volumeClaims: ['free-1', 'free-2'] }),
  () => ({ volumeClaims: ['free-2', 'free-3', 'free-4'] }),
];

const application = fc.record({
  rules: fc.tuple(fc.nat({ max: RULES.length - 1 }), fc.nat({ max: RULES.length - 1 }), fc.boolean()),
  pods: fc.integer({ min: 1, max: 6 }),
  running: fc.integer({ min: 0, max: 2 }),
  namespace: fc.constantFrom('default', 'default', 'other'),
  versions: fc.integer({ min: 1, max: 2 }),
  cpuMillicores: fc.constantFrom(100, 700, 1500, 3300),
  memoryBytes: fc.constantFrom(64 * MIB, GIB, 6 * GIB),
});
type Application = typeof application extends fc.Arbitrary<infer T> ? T : never;

/** One rule or two, the second for what the first leaves open. */
function specOf({ rules: [first, second, both] }: Application, index: number): Partial<PodSpec> {
  const names = [`app-${index}`, `app-${index + 1}`] as const;
  const one = RULES[first]?.(...names) ?? {};
  return both ? { ...RULES[second]?.(...names), ...one } : one;
}

function podsOf(app: Application, index: number): Pod[] {
  const { cpuMillicores, memoryBytes, namespace, versions } = app;
  const shape = { namespace, cpuMillicores, memoryBytes, spec: specOf(app, index) };
  return pods(app.pods, `app-${index}`, shape).map((pod, at) => ({
    ...pod,
    labels: { app: `app-${index}`, version: `v${at % versions}` },
  }));
}

const POOLS: readonly NodePool[] = [
  aNodePool({ name: 'general', limits: { cpu: 60_000, nodes: 9 } }),
  aNodePool({ name: 'small', weight: 3, limits: { cpu: 10_000, memory: 64 * GIB } }),
  aNodePool({
    name: 'team',
    template: { requirements: [is('team', 'In', 'blue', 'red'), is('stage', 'Exists')] },
  }),
  aNodePool({
    name: 'flexible',
    weight: 2,
    template: {
      requirements: [{ ...is(FAMILY, 'Exists'), minValues: 2 }, is(LABEL.capacityType, 'In', 'spot')],
    },
  }),
  aNodePool({
    name: 'tainted',
    weight: 5,
    template: { labels: { pool: 'tainted' }, taints: [{ key: 'dedicated', effect: 'NoSchedule' }] },
  }),
  aNodePool({
    name: 'soft',
    weight: 1,
    template: { labels: { team: 'green' }, taints: [{ key: 'rather-not', effect: 'PreferNoSchedule' }] },
  }),
];

const BOTH = ['spot', 'on-demand'] as const;
const TYPES: readonly InstanceType[] = [
  anInstanceType({ name: 'm7i.large', cores: 2, offerings: someOfferings(100_000, BOTH) }),
  anInstanceType({ name: 'm7i.xlarge', cores: 4, offerings: someOfferings(200_000, BOTH) }),
  anInstanceType({
    name: 'c7i.2xlarge',
    cores: 8,
    offerings: someOfferings(350_000, ['on-demand']),
    volumeLimits: { [EBS]: 3 },
  }),
  anInstanceType({
    name: 'r7i.xlarge',
    cores: 4,
    offerings: someOfferings(260_000, ['spot'], ZONES.slice(1)),
  }),
].map((type) => ({ ...type, volumeLimits: { [EBS]: 2, ...type.volumeLimits } }));

const DAEMON_SETS = [
  aDaemonSet({ name: 'agent', cpuMillicores: 100, spec: { tolerations: [{ operator: 'Exists' }] } }),
  aDaemonSet({
    name: 'metrics',
    cpuMillicores: 50,
    spec: { ...port('', 9100), nodeSelector: { [CATEGORY]: 'm' } },
  }),
  aDaemonSet({
    name: 'heavy',
    cpuMillicores: 400,
    spec: wants([is(LABEL.zone, 'In', 'us-east-1c')], [is(FAMILY, 'In', 'r7i')]),
  }),
];

const inZone = (zone: string) => term(is('topology.ebs.csi.aws.com/zone', 'In', zone));

const VOLUMES: Pick<ClusterState, 'volumeClaims' | 'volumes' | 'storageClasses'> = {
  volumeClaims: [
    ...['default', 'other'].flatMap((namespace) => [
      aVolumeClaim({ namespace, name: 'zonal', storageClassName: 'zonal' }),
      aVolumeClaim({ namespace, name: 'bound', phase: 'Bound', volumeName: `pv-${namespace}` }),
      ...[1, 2, 3, 4].map((number) => aVolumeClaim({ namespace, name: `free-${number}` })),
    ]),
  ],
  volumes: [
    aVolume({ name: 'pv-default', nodeAffinity: [inZone('us-east-1a'), inZone('us-east-1b')] }),
    aVolume({ name: 'pv-other', nodeAffinity: [inZone('us-east-1c')] }),
  ],
  storageClasses: [
    aStorageClass(),
    aStorageClass({ name: 'zonal', allowedTopologies: [inZone('us-east-1c'), inZone('us-east-1b')] }),
  ],
};

/** One open node per zone, the last still in flight; running pods of every application are dealt out to them. */
function nodesWith(applications: readonly Application[]): PlanningNode[] {
  return ZONES.map(({ zone, zoneId }, at) => {
    const name = `old-${at}`;
    const running = applications.flatMap((app, index) =>
      at < app.running
        ? [
            aBoundPod(name, {
              name: `old-${index}-${at}`,
              namespace: app.namespace,
              labels: { app: `app-${index}`, version: 'v0' },
              cpuMillicores: 200,
              spec: specOf(app, index).affinity === undefined ? {} : { affinity: antiOnly(app, index) },
            }),
          ]
        : [],
    );
    return aPlanningNode({
      name,
      labels: {
        [LABEL.zone]: zone,
        [LABEL.zoneId]: zoneId,
        [LABEL.capacityType]: 'on-demand',
        [LABEL.instanceType]: 'm7i.large',
        [CATEGORY]: 'm',
        [FAMILY]: 'm7i',
        ...(at === 0 ? { team: 'red' } : {}),
      },
      taints: at === 1 ? [{ key: 'dedicated', effect: 'NoSchedule' }] : [],
      allocatable: { cpu: 2000, memory: 4 * GIB, pods: 12 },
      pods: running,
      inFlight: at === 2,
    });
  });
}

/** Pods that run are where they are, but whom they keep away still counts. */
const antiOnly = (app: Application, index: number): PodSpec['affinity'] =>
  anAffinity({ podAntiRequired: specOf(app, index).affinity?.podAntiRequired ?? [] });

export const provisioningInputs: fc.Arbitrary<ProvisioningInput> = fc
  .record({
    applications: fc.array(application, { minLength: 1, maxLength: 6 }),
    withNodes: fc.boolean(),
    daemonSets: fc.subarray([...DAEMON_SETS]),
    unavailable: fc.subarray(['spot:m7i.large:us-east-1a', 'on-demand:c7i.2xlarge:us-east-1b']),
    pools: fc.subarray([...POOLS], { minLength: 1 }),
    types: fc.subarray([...TYPES], { minLength: 1 }),
    preferencePolicy: fc.constantFrom('Respect' as const, 'Ignore' as const),
    minValuesPolicy: fc.constantFrom('Strict' as const, 'BestEffort' as const),
  })
  .map(({ applications, withNodes, daemonSets, unavailable, pools, types, ...policies }) =>
    aProvisioningInput({
      ...policies,
      pods: applications.flatMap(podsOf),
      cluster: aClusterState({
        ...VOLUMES,
        daemonSets,
        namespaces: [
          { name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } },
          { name: 'other', labels: { 'kubernetes.io/metadata.name': 'other', team: 'x' } },
        ],
        csiNodes: [{ nodeName: 'old-0', limits: { [EBS]: 1 } }],
      }),
      nodes: withNodes ? nodesWith(applications) : [],
      nodePools: pools,
      instanceTypes: Object.fromEntries(pools.map(({ name }) => [name, types])),
      usage: { general: { cpu: 8000, nodes: 2 } },
      unavailable: Object.fromEntries(pools.map(({ name }) => [name, new Set(unavailable)])),
    }),
  );

const turned = <T>(list: readonly T[], by: number): T[] => {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)].reverse();
};

/** The same facts with every list whose order means nothing in another order. */
export function reordered(input: ProvisioningInput, by: number): ProvisioningInput {
  const { cluster } = input;
  return {
    ...input,
    pods: turned(input.pods, by),
    nodePools: turned(input.nodePools, by).map((pool) => ({
      ...pool,
      limits: Object.fromEntries(turned(Object.entries(pool.limits), by)),
    })),
    instanceTypes: Object.fromEntries(
      Object.entries(input.instanceTypes).map(([name, types]) => [
        name,
        turned(types, by).map((type) => ({ ...type, offerings: turned(type.offerings, by) })),
      ]),
    ),
    nodes: input.nodes.map((node) => ({ ...node, pods: turned(node.pods, by) })),
    cluster: {
      ...cluster,
      daemonSets: turned(cluster.daemonSets, by),
      namespaces: turned(cluster.namespaces, by),
      volumeClaims: turned(cluster.volumeClaims, by),
      volumes: turned(cluster.volumes, by),
      storageClasses: turned(cluster.storageClasses, by),
    },
  };
}
