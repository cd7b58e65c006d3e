import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { podKey } from '../../../lib/model/pod.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput, ProvisioningPlan } from '../../../lib/planning/types.ts';
import {
  aBoundPod,
  aClusterState,
  aDaemonSet,
  aNodePool,
  anAffinity,
  anInstanceType,
  aPlanningNode,
  aPod,
  aProvisioningInput,
  aSpread,
  aStorageClass,
  aVolume,
  aVolumeClaim,
  GIB,
  matching,
  pods,
  someOfferings,
} from '../../support/builders.ts';
import { planProblems } from '../../support/object-checker.ts';

/** Plans, has the object checker judge the plan, and returns it. */
function planned(overrides: Partial<ProvisioningInput>): ProvisioningPlan {
  const input = aProvisioningInput(overrides);
  const plan = planProvisioning(input);
  expect(planProblems(input, plan)).toEqual([]);
  return plan;
}

const zonesOf = (plan: ProvisioningPlan): string[] => plan.nodes.map(({ zone }) => zone).sort();
const apart = (topologyKey: string, app = 'web') => ({
  topologyKey,
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

describe('planning new nodes', () => {
  it('buys the cheapest type that holds all pods', () => {
    const types = [
      anInstanceType({ name: 'm7i.xlarge', cores: 4 }),
      anInstanceType({ name: 'm7i.2xlarge', cores: 8 }),
    ];
    const plan = planned({
      pods: pods(3, 'web', { cpuMillicores: 1000 }),
      instanceTypes: { default: types },
    });
    expect(plan.nodes).toMatchObject([{ instanceType: 'm7i.xlarge', priceMicroUsdPerHour: 200_000 }]);
    expect(plan.nodes[0]?.requests).toMatchObject({ cpu: 3000, pods: 3 });
  });

  it('gives the same plan whatever order pods, pools and types come in', () => {
    const input = aProvisioningInput({
      pods: [...pods(5, 'a', { cpuMillicores: 900 }), ...pods(5, 'b', { cpuMillicores: 400 })],
      nodePools: [aNodePool({ name: 'one' }), aNodePool({ name: 'two' })],
      instanceTypes: { one: [anInstanceType(), anInstanceType({ name: 'c7i.large', cores: 2 })], two: [] },
    });
    const reversed = {
      ...input,
      pods: [...input.pods].reverse(),
      nodePools: [...input.nodePools].reverse(),
      instanceTypes: { ...input.instanceTypes, one: [...(input.instanceTypes['one'] ?? [])].reverse() },
    };
    expect(JSON.stringify(planProvisioning(reversed))).toBe(JSON.stringify(planProvisioning(input)));
  });

  it('lists every alternative, the launched class cheapest first and then the next class', () => {
    const types = [
      anInstanceType({ name: 'm7i.xlarge', offerings: someOfferings(200_000, ['spot', 'on-demand']) }),
      anInstanceType({ name: 'm7a.xlarge', offerings: someOfferings(180_000, ['spot', 'on-demand']) }),
    ];
    const [node] = planned({ pods: [aPod()], instanceTypes: { default: types } }).nodes;
    const shown = node?.offerings.map(({ instanceType, capacityType }) => `${capacityType} ${instanceType}`);
    expect([...new Set(shown)]).toEqual([
      'spot m7a.xlarge',
      'spot m7i.xlarge',
      'on-demand m7a.xlarge',
      'on-demand m7i.xlarge',
    ]);
    expect(node).toMatchObject({ capacityType: 'spot', priceMicroUsdPerHour: 72_000 });
  });

  it('leaves out offerings that are known to have no capacity', () => {
    const unavailable = {
      default: new Set(['on-demand:m7i.xlarge:us-east-1a', 'on-demand:m7i.xlarge:us-east-1b']),
      other: new Set(['on-demand:m7i.xlarge:us-east-1c']),
    };
    expect(zonesOf(planned({ pods: [aPod()], unavailable }))).toEqual(['us-east-1c']);
  });

  it('tries pools by weight, and equal weights by name from z to a', () => {
    const instanceTypes = { a: [anInstanceType()], b: [anInstanceType()], c: [anInstanceType()] };
    const pools = [aNodePool({ name: 'a' }), aNodePool({ name: 'b' }), aNodePool({ name: 'c', weight: 1 })];
    const chosen = (nodePools: typeof pools) =>
      planned({ pods: [aPod()], nodePools, instanceTypes }).nodes[0]?.nodePool.name;
    expect(chosen(pools)).toBe('c');
    expect(chosen(pools.slice(0, 2))).toBe('b');
  });

  it('never adds nodes to a pool with a fixed number of them', () => {
    const plan = planned({ pods: [aPod()], nodePools: [aNodePool({ replicas: 2 })] });
    expect(plan.unschedulable[0]?.reasons).toEqual([
      'NodePool default: static (replicas 2): it adds no node for pods',
    ]);
  });

  it('labels a node with what its alternatives share: the pool, its labels and what all types agree on', () => {
    const nodePools = [aNodePool({ template: { labels: { team: 'blue' } } })];
    const [node] = planned({ pods: [aPod()], nodePools }).nodes;
    expect(node?.labels).toMatchObject({
      team: 'blue',
      [LABEL.nodePool]: 'default',
      [LABEL.arch]: 'amd64',
      [LABEL.capacityType]: 'on-demand',
    });
    expect(node?.labels).not.toHaveProperty([LABEL.zone]);
  });

  it('makes one node per value where pods ask for different values of a custom label', () => {
    const requirements = [{ key: 'team', operator: 'In' as const, values: ['blue', 'red'] }];
    const plan = planned({
      pods: [
        aPod({ name: 'b', spec: { nodeSelector: { team: 'blue' } } }),
        aPod({ name: 'r', spec: { nodeSelector: { team: 'red' } } }),
      ],
      nodePools: [aNodePool({ template: { requirements } })],
    });
    expect(plan.nodes.map(({ labels }) => labels['team']).sort()).toEqual(['blue', 'red']);
  });

  it('gives a label that the pool leaves open the value that pods ask for', () => {
    const requirements = [{ key: 'tenant', operator: 'Exists' as const, values: [] }];
    const plan = planned({
      pods: [aPod({ spec: { nodeSelector: { tenant: 'acme' } } })],
      nodePools: [aNodePool({ template: { requirements } })],
    });
    expect(plan.nodes[0]?.labels['tenant']).toBe('acme');
  });
});

describe('what nodes carry beside the planned pods', () => {
  it('keeps room for DaemonSets that the node attracts, and tells which of them wait for the slot', () => {
    const daemonSets = [
      aDaemonSet({ name: 'agent', cpuMillicores: 500 }),
      aDaemonSet({ name: 'proxy', cpuMillicores: 700, spec: { tolerations: [{ operator: 'Exists' }] } }),
      aDaemonSet({ name: 'gpu', cpuMillicores: 900, spec: { nodeSelector: { gpu: 'yes' } } }),
    ];
    const plan = planned({
      pods: pods(3, 'web', { cpuMillicores: 1000 }),
      cluster: aClusterState({ daemonSets }),
    });
    expect(plan.nodes.map((node) => node.pods.length)).toEqual([2, 1]);
    expect(plan.nodes[1]?.daemonSetRequests).toMatchObject({ cpu: 1200, pods: 2 });
    expect(plan.nodes[1]?.slotlessDaemonSetRequests).toMatchObject({ cpu: 500, pods: 1 });
    expect(plan.nodes[1]?.requests).toMatchObject({ cpu: 2200, pods: 3 });
  });

  it("takes a DaemonSet's requests from its newest pod, which webhooks may have raised", () => {
    const daemonSet = aDaemonSet({ cpuMillicores: 100 });
    const owner = { kind: 'DaemonSet', name: daemonSet.name, uid: daemonSet.uid };
    const running = aBoundPod('elsewhere', { name: 'agent-x', owner, cpuMillicores: 600 });
    const cluster = aClusterState({ daemonSets: [daemonSet], pods: [running] });
    const plan = planned({ pods: [aPod()], cluster });
    expect(plan.nodes[0]?.daemonSetRequests).toMatchObject({ cpu: 600 });
  });

  it('leaves out a type whose DaemonSets take the host port that a pod wants', () => {
    const port = { port: 8080, protocol: 'TCP' as const, hostIp: '' };
    const selector = { 'karpenter.k8s.aws/instance-family': 'm7i' };
    const plan = planned({
      pods: [aPod({ spec: { hostPorts: [{ ...port, hostIp: '10.0.0.1' }] } })],
      cluster: aClusterState({
        daemonSets: [aDaemonSet({ spec: { hostPorts: [port], nodeSelector: selector } })],
      }),
      instanceTypes: { default: [anInstanceType(), anInstanceType({ name: 'm7a.2xlarge', cores: 8 })] },
    });
    expect(plan.nodes[0]?.offerings.map(({ instanceType }) => instanceType)).not.toContain('m7i.xlarge');
  });
});

describe('existing and in-flight nodes', () => {
  it('are filled before anything is bought, less what runs there and what DaemonSets still need', () => {
    const node = aPlanningNode({
      allocatable: { cpu: 2000, memory: 8 * GIB, pods: 10 },
      pods: [aBoundPod('node-a', { name: 'old', cpuMillicores: 500 })],
    });
    const plan = planned({
      pods: pods(3, 'web', { cpuMillicores: 600 }),
      nodes: [node],
      cluster: aClusterState({ daemonSets: [aDaemonSet({ cpuMillicores: 200 })] }),
    });
    expect(plan.existing).toMatchObject([{ node: 'node-a', pods: [{ name: 'web-0' }, { name: 'web-1' }] }]);
    expect(plan.nodes.map((one) => one.pods.map(podKey))).toEqual([['default/web-2']]);
  });

  it('do not take pods that ask for a label they lack, even a well-known one', () => {
    const zonal = aPod({ spec: { nodeSelector: { [LABEL.zone]: 'us-east-1b' } } });
    const plan = planned({ pods: [zonal], nodes: [aPlanningNode()] });
    expect(plan.existing).toEqual([]);
    expect(zonesOf(plan)).toEqual(['us-east-1b']);
  });

  it('do not take more volumes than their driver can attach', () => {
    const claims = ['a', 'b'].map((name) => aVolumeClaim({ name }));
    const cluster = aClusterState({
      volumeClaims: claims,
      storageClasses: [aStorageClass()],
      csiNodes: [{ nodeName: 'node-a', limits: { 'ebs.csi.aws.com': 1 } }],
    });
    const wanting = claims.map(({ name }) => aPod({ name, spec: { volumeClaims: [name] } }));
    const plan = planned({ pods: wanting, nodes: [aPlanningNode()], cluster });
    expect(plan.existing[0]?.pods).toHaveLength(1);
    expect(plan.nodes).toHaveLength(1);
  });
});

describe('topology', () => {
  it('spreads pods over zones, counting those that already run', () => {
    const web = { labels: { app: 'web' }, spec: { topologySpread: [aSpread()] }, cpuMillicores: 3000 };
    const node = aPlanningNode({
      labels: { [LABEL.zone]: 'us-east-1a' },
      pods: [aBoundPod('node-a', { ...web, name: 'old' })],
    });
    expect(zonesOf(planned({ pods: pods(2, 'web', web), nodes: [node] }))).toEqual([
      'us-east-1b',
      'us-east-1c',
    ]);
  });

  it('counts pods on nodes that take no more pods, such as cordoned ones', () => {
    const web = { labels: { app: 'web' }, spec: { topologySpread: [aSpread()] } };
    const plan = planned({
      pods: pods(2, 'web', { ...web, cpuMillicores: 3000 }),
      cluster: aClusterState({
        nodes: [
          {
            ...aPlanningNode({ name: 'cordoned' }),
            labels: { [LABEL.zone]: 'us-east-1c' },
            uid: 'u',
            resourceVersion: '1',
            createdAtMs: 0,
            annotations: {},
            unschedulable: true,
            providerId: '',
            capacity: {},
            ready: 'True',
            readySinceMs: 0,
          },
        ],
        pods: [aBoundPod('cordoned', { ...web, name: 'old' })],
      }),
    });
    expect(zonesOf(plan)).toEqual(['us-east-1a', 'us-east-1b']);
  });

  it('keeps pods with hostname anti-affinity on nodes of their own', () => {
    const affinity = anAffinity({ podAntiRequired: [apart(LABEL.hostname)] });
    const plan = planned({ pods: pods(3, 'web', { labels: { app: 'web' }, spec: { affinity } }) });
    expect(plan.nodes.map((node) => node.pods.length)).toEqual([1, 1, 1]);
  });

  it('keeps pods away from where a running pod does not want them', () => {
    const guard = aBoundPod('node-a', {
      name: 'guard',
      spec: { affinity: anAffinity({ podAntiRequired: [apart(LABEL.zone)] }) },
    });
    const node = aPlanningNode({ labels: { [LABEL.zone]: 'us-east-1a' }, pods: [guard] });
    const plan = planned({ pods: [aPod({ labels: { app: 'web' } })], nodes: [node] });
    expect(plan.existing).toEqual([]);
    expect(zonesOf(plan)).not.toContain('us-east-1a');
  });

  it('puts pods with affinity where their partner runs', () => {
    const partner = aBoundPod('node-b', { name: 'db', labels: { app: 'db' } });
    const nodes = [aPlanningNode({ name: 'node-a' }), aPlanningNode({ name: 'node-b', pods: [partner] })];
    const affinity = anAffinity({ podRequired: [apart(LABEL.hostname, 'db')] });
    const plan = planned({ pods: [aPod({ spec: { affinity } })], nodes });
    expect(plan.existing).toMatchObject([{ node: 'node-b' }]);
  });

  it('gives up a preference that cannot be met, and no more than that', () => {
    const affinity = anAffinity({
      nodePreferred: [
        {
          weight: 9,
          preference: {
            matchFields: [],
            matchExpressions: [{ key: LABEL.arch, operator: 'In', values: ['arm64'] }],
          },
        },
        {
          weight: 5,
          preference: {
            matchFields: [],
            matchExpressions: [{ key: LABEL.zone, operator: 'In', values: ['us-east-1b'] }],
          },
        },
      ],
    });
    expect(zonesOf(planned({ pods: [aPod({ spec: { affinity } })] }))).toEqual(['us-east-1b']);
  });
});

describe('volumes', () => {
  it('bring pods to the zone of a bound volume', () => {
    const nodeAffinity = [
      {
        matchFields: [],
        matchExpressions: [
          { key: 'topology.ebs.csi.aws.com/zone', operator: 'In' as const, values: ['us-east-1c'] },
        ],
      },
    ];
    const cluster = aClusterState({
      volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })],
      volumes: [aVolume({ nodeAffinity })],
    });
    const plan = planned({ pods: [aPod({ spec: { volumeClaims: ['data'] } })], cluster });
    expect(zonesOf(plan)).toEqual(['us-east-1c']);
  });
});
