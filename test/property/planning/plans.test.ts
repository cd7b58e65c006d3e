import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodAffinityTerm } from '../../../lib/model/affinity.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { NodePool } from '../../../lib/model/node-pool.ts';
import type { Pod, PodSpec } from '../../../lib/model/pod.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { PlanningNode, ProvisioningInput } from '../../../lib/planning/types.ts';
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
  aVolumeClaim,
  GIB,
  MIB,
  matching,
  pods,
  someOfferings,
  ZONES,
} from '../../support/builders.ts';
import { planProblems } from '../../support/object-checker.ts';

const near = (app: string, topologyKey: string): PodAffinityTerm => ({
  topologyKey,
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

/** One way each in which an application may restrict its pods. `peer` is another application's name. */
const RULES: readonly ((app: string, peer: string) => Partial<PodSpec>)[] = [
  () => ({}),
  (app) => ({ topologySpread: [aSpread({ labelSelector: matching({ app }) })] }),
  (app) => ({ topologySpread: [aSpread({ labelSelector: matching({ app }), maxSkew: 2, minDomains: 3 })] }),
  (app) => ({ topologySpread: [aSpread({ labelSelector: matching({ app }), topologyKey: LABEL.hostname })] }),
  (app) => ({
    topologySpread: [aSpread({ labelSelector: matching({ app }), whenUnsatisfiable: 'ScheduleAnyway' })],
  }),
  (app) => ({ affinity: anAffinity({ podRequired: [near(app, LABEL.zone)] }) }),
  (app) => ({ affinity: anAffinity({ podRequired: [near(app, LABEL.hostname)] }) }),
  (app) => ({ affinity: anAffinity({ podAntiRequired: [near(app, LABEL.hostname)] }) }),
  (app) => ({ affinity: anAffinity({ podAntiRequired: [near(app, LABEL.zone)] }) }),
  (_, peer) => ({ affinity: anAffinity({ podAntiRequired: [near(peer, LABEL.hostname)] }) }),
  (app) => ({ affinity: anAffinity({ podAntiPreferred: [{ weight: 1, term: near(app, LABEL.zone) }] }) }),
  () => ({ nodeSelector: { [LABEL.zone]: 'us-east-1b' } }),
  () => ({ nodeSelector: { [LABEL.capacityType]: 'on-demand' } }),
  () => ({ nodeSelector: { team: 'blue' } }),
  () => ({ tolerations: [{ key: 'dedicated', operator: 'Exists' }], nodeSelector: { pool: 'tainted' } }),
  () => ({ hostPorts: [{ port: 8080, protocol: 'TCP', hostIp: '' }] }),
  () => ({ hostPorts: [{ port: 9100, protocol: 'TCP', hostIp: '10.0.0.1' }] }),
  () => ({ volumeClaims: ['zonal'] }),
];

const application = fc.record({
  rule: fc.nat({ max: RULES.length - 1 }),
  pods: fc.integer({ min: 1, max: 6 }),
  running: fc.integer({ min: 0, max: 2 }),
  cpuMillicores: fc.constantFrom(100, 700, 1500, 3300),
  memoryBytes: fc.constantFrom(64 * MIB, GIB, 6 * GIB),
});
type Application = typeof application extends fc.Arbitrary<infer T> ? T : never;

const specOf = ({ rule }: Application, index: number): Partial<PodSpec> =>
  RULES[rule]?.(`app-${index}`, `app-${index + 1}`) ?? {};

function podsOf(app: Application, index: number, count: number): Pod[] {
  const { cpuMillicores, memoryBytes } = app;
  const labels = { app: `app-${index}` };
  return pods(count, `app-${index}`, { labels, cpuMillicores, memoryBytes, spec: specOf(app, index) });
}

const POOLS: readonly NodePool[] = [
  aNodePool({ name: 'general', limits: { cpu: 60_000, nodes: 9 } }),
  aNodePool({
    name: 'team',
    template: { requirements: [{ key: 'team', operator: 'In', values: ['blue', 'red'] }] },
  }),
  aNodePool({
    name: 'tainted',
    weight: 5,
    template: {
      labels: { pool: 'tainted' },
      taints: [{ key: 'dedicated', effect: 'NoSchedule' }],
    },
  }),
];

const TYPES = [
  anInstanceType({ name: 'm7i.large', cores: 2, offerings: someOfferings(100_000, ['spot', 'on-demand']) }),
  anInstanceType({ name: 'm7i.xlarge', cores: 4, offerings: someOfferings(200_000, ['spot', 'on-demand']) }),
  anInstanceType({ name: 'c7i.2xlarge', cores: 8, offerings: someOfferings(350_000, ['on-demand']) }),
];

const DAEMON_SETS = [
  aDaemonSet({ name: 'agent', cpuMillicores: 100, spec: { tolerations: [{ operator: 'Exists' }] } }),
  aDaemonSet({
    name: 'metrics',
    cpuMillicores: 50,
    spec: {
      hostPorts: [{ port: 9100, protocol: 'TCP', hostIp: '' }],
      nodeSelector: { 'karpenter.k8s.aws/instance-category': 'm' },
    },
  }),
];

const zonalClaim = aVolumeClaim({ name: 'zonal', storageClassName: 'zonal' });
const zonalClass = aStorageClass({
  name: 'zonal',
  allowedTopologies: [
    {
      matchFields: [],
      matchExpressions: [{ key: 'topology.ebs.csi.aws.com/zone', operator: 'In', values: ['us-east-1c'] }],
    },
  ],
});

/** One open node per zone; running pods of every application are dealt out to them where no rule of theirs forbids it. */
function nodesWith(applications: readonly Application[]): PlanningNode[] {
  return ZONES.map(({ zone, zoneId }, at) => {
    const name = `old-${at}`;
    const running = applications.flatMap((app, index) =>
      at < app.running
        ? [
            aBoundPod(name, {
              name: `old-${index}-${at}`,
              labels: { app: `app-${index}` },
              cpuMillicores: 200,
            }),
          ]
        : [],
    );
    return aPlanningNode({
      name,
      labels: { [LABEL.zone]: zone, [LABEL.zoneId]: zoneId, [LABEL.capacityType]: 'on-demand' },
      allocatable: { cpu: 2000, memory: 4 * GIB, pods: 12 },
      pods: running,
    });
  });
}

const inputs: fc.Arbitrary<ProvisioningInput> = fc
  .record({
    applications: fc.array(application, { minLength: 1, maxLength: 6 }),
    withNodes: fc.boolean(),
    unavailable: fc.subarray(['spot:m7i.large:us-east-1a', 'on-demand:c7i.2xlarge:us-east-1b']),
    pools: fc.subarray([...POOLS], { minLength: 1 }),
    preferencePolicy: fc.constantFrom('Respect' as const, 'Ignore' as const),
  })
  .map(({ applications, withNodes, unavailable, pools, preferencePolicy }) =>
    aProvisioningInput({
      pods: applications.flatMap((app, index) => podsOf(app, index, app.pods)),
      cluster: aClusterState({
        daemonSets: DAEMON_SETS,
        volumeClaims: [zonalClaim],
        storageClasses: [zonalClass],
      }),
      nodes: withNodes ? nodesWith(applications) : [],
      nodePools: pools,
      instanceTypes: Object.fromEntries(pools.map(({ name }) => [name, TYPES])),
      usage: { general: { cpu: 8000, nodes: 2 } },
      unavailable: Object.fromEntries(pools.map(({ name }) => [name, new Set(unavailable)])),
      preferencePolicy,
    }),
  );

describe('plans for generated workloads', () => {
  it('can be carried out: kube-scheduler accepts every pod on every alternative of its node', () => {
    void fc.assert(
      fc.property(inputs, (input) => {
        expect(planProblems(input, planProvisioning(input))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('are the same when pods come in another order', () => {
    void fc.assert(
      fc.property(inputs, (input) => {
        const reversed = { ...input, pods: [...input.pods].reverse() };
        expect(planProvisioning(reversed)).toEqual(planProvisioning(input));
      }),
      { numRuns: 40 },
    );
  });
});
