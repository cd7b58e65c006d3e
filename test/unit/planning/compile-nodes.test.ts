import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import { compile } from '../../../lib/planning/compile.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
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
  aStorageClass,
  aVolume,
  aVolumeClaim,
} from '../../support/builders.ts';

const EBS = 'ebs.csi.aws.com';

function problemOf(overrides: Partial<ProvisioningInput>) {
  const input = aProvisioningInput(overrides);
  return compile(input, input.pods).problem;
}
const daemonPod = (daemonSet: string, name: string, overrides: Parameters<typeof aPod>[0] = {}): Pod =>
  aBoundPod('a', {
    name,
    owner: { kind: 'DaemonSet', name: daemonSet, uid: `uid-${daemonSet}` },
    ...overrides,
  });

describe('the overhead of DaemonSets', () => {
  const overheadCpu = (overrides: Partial<ProvisioningInput>) =>
    problemOf({ pods: [aPod()], ...overrides }).overheadGroups.map(({ requests }) => requests[0]);

  it('is that of the newest pod, whatever the template says', () => {
    const cluster = aClusterState({
      daemonSets: [aDaemonSet({ cpuMillicores: 100 })],
      pods: [
        daemonPod('agent', 'new', { cpuMillicores: 300, createdAtMs: 2 }),
        daemonPod('agent', 'old', { cpuMillicores: 200, createdAtMs: 1 }),
      ],
    });
    expect(overheadCpu({ cluster })).toEqual([300]);
  });

  it("keeps the template's affinity, since the controller pins every pod to its node", () => {
    const pinned = anAffinity({
      nodeRequired: [
        { matchExpressions: [], matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
      ],
    });
    const armOnly = anAffinity({
      nodeRequired: [
        { matchExpressions: [{ key: LABEL.arch, operator: 'In', values: ['arm64'] }], matchFields: [] },
      ],
    });
    const cluster = aClusterState({
      daemonSets: [aDaemonSet({ spec: { affinity: armOnly } })],
      pods: [daemonPod('agent', 'running', { spec: { affinity: pinned } })],
    });
    expect(overheadCpu({ cluster })).toEqual([0]);
  });

  it('is there under soft taints and startup taints, and whatever the DaemonSet prefers', () => {
    const preferred = anAffinity({
      nodePreferred: [
        {
          weight: 1,
          preference: {
            matchExpressions: [{ key: LABEL.arch, operator: 'In', values: ['arm64'] }],
            matchFields: [],
          },
        },
      ],
    });
    const cluster = aClusterState({ daemonSets: [aDaemonSet({ spec: { affinity: preferred } })] });
    const pool = (template: Parameters<typeof aNodePool>[0]) => [aNodePool(template)];
    const taint = (effect: 'NoSchedule' | 'PreferNoSchedule') => [{ key: 'x', effect }];
    expect(
      overheadCpu({ cluster, nodePools: pool({ template: { taints: taint('PreferNoSchedule') } }) }),
    ).toEqual([100]);
    expect(
      overheadCpu({ cluster, nodePools: pool({ template: { startupTaints: taint('NoSchedule') } }) }),
    ).toEqual([100]);
    expect(overheadCpu({ cluster, nodePools: pool({ template: { taints: taint('NoSchedule') } }) })).toEqual([
      0,
    ]);
  });

  it('brings host ports only where the DaemonSet goes', () => {
    const ports = [{ port: 9100, protocol: 'TCP' as const, hostIp: '' }];
    const zonal = aDaemonSet({ spec: { hostPorts: ports, nodeSelector: { [LABEL.zone]: 'us-east-1b' } } });
    const { overheadGroups } = problemOf({
      pods: [aPod({ spec: { hostPorts: ports } })],
      cluster: aClusterState({ daemonSets: [zonal] }),
    });
    expect(overheadGroups.map((group) => group.ports)).toEqual([[], [0]]);
  });

  it('still to come is kept free on a node, beyond what its DaemonSet pods request there', () => {
    const cluster = aClusterState({
      daemonSets: [
        aDaemonSet({ name: 'one', cpuMillicores: 500 }),
        aDaemonSet({ name: 'two', cpuMillicores: 200 }),
      ],
    });
    const nodes = [
      aPlanningNode({ name: 'a', pods: [daemonPod('one', 'one-a', { cpuMillicores: 500 })] }),
      aPlanningNode({ name: 'b', pods: [daemonPod('one', 'one-b', { cpuMillicores: 900 })] }),
      aPlanningNode({ name: 'c', pods: [daemonPod('one', 'ended', { phase: 'Failed' })] }),
    ];
    const { bins } = problemOf({ pods: [aPod()], cluster, nodes });
    expect(bins.map(({ free }) => free[0])).toEqual([3920 - 700, 3920 - 900, 3920 - 700]);
  });
});

describe('limits of a pool', () => {
  const pool = (limits: Record<string, number>, usage: Record<string, number>) =>
    problemOf({ pods: [aPod()], nodePools: [aNodePool({ limits })], usage: { default: usage } }).pools[0];

  it('leave what is not in use, nodes included', () => {
    const left = pool({ cpu: 10_000, nodes: 5 }, { cpu: 4000, memory: 1, nodes: 2 });
    expect([...(left?.limits ?? [])]).toEqual([6000, Infinity, Infinity]);
    expect(left?.nodesLeft).toBe(3);
  });

  it('leave no node once one of them is exceeded, not even one without that resource', () => {
    expect(pool({ 'nvidia.com/gpu': 4 }, { 'nvidia.com/gpu': 8 })?.nodesLeft).toBe(0);
    expect(pool({ 'nvidia.com/gpu': 8 }, { 'nvidia.com/gpu': 8 })?.nodesLeft).toBe(Infinity);
    expect(pool({ nodes: 2 }, { nodes: 3 })?.nodesLeft).toBe(0);
  });
});

describe('volumes a node can attach', () => {
  const data = (name: string) => aVolumeClaim({ name, volumeName: `pv-${name}`, phase: 'Bound' });
  const cluster = aClusterState({
    storageClasses: [aStorageClass()],
    volumeClaims: [data('mine'), data('theirs'), { ...data('leaving'), deletionAtMs: 1 }],
    volumes: ['mine', 'theirs', 'leaving'].map((name) => aVolume({ name: `pv-${name}` })),
    csiNodes: [{ nodeName: 'a', limits: { [EBS]: 25, 'efs.csi.aws.com': 1 } }],
  });
  const pending = aPod({ spec: { volumeClaims: ['mine'] } });
  const types = {
    default: [
      anInstanceType({ name: 'm7i.large', volumeLimits: { [EBS]: 26 } }),
      anInstanceType({ name: 'm7i.xlarge', volumeLimits: {} }),
    ],
    small: [anInstanceType({ name: 'm7i.large', volumeLimits: { [EBS]: 20 } })],
  };
  const limitsOf = (node: Parameters<typeof aPlanningNode>[0], pods = [pending]) =>
    problemOf({ pods, cluster, nodes: [aPlanningNode(node)], instanceTypes: types }).bins.map((bin) => [
      ...bin.volumeLimits,
    ])[0];
  const inFlight = (instanceType: string) => ({
    name: 'claim-1',
    inFlight: true,
    labels: { [LABEL.instanceType]: instanceType },
  });

  it('are told per driver and type for nodes still to be bought', () => {
    const { shapes } = problemOf({ pods: [pending], cluster, instanceTypes: types });
    expect(shapes.volumeLimits.map((limits) => [...limits])).toEqual([[26, -1]]);
  });

  it('are counted for the drivers of the pending pods only', () => {
    expect(problemOf({ pods: [aPod()], cluster, instanceTypes: types }).shapes.volumeLimits).toEqual([]);
    expect(limitsOf({ name: 'a' }, [aPod()])).toEqual([]);
    expect(limitsOf({ name: 'a' })).toEqual([[0, 25]]);
  });

  it('are those its CSINode shows less the distinct volumes there, of leaving claims too', () => {
    const on = (name: string, claim: string) => aBoundPod('a', { name, spec: { volumeClaims: [claim] } });
    const pods = [on('x', 'theirs'), on('y', 'theirs'), on('z', 'leaving')];
    expect(limitsOf({ name: 'a', pods })).toEqual([[0, 23]]);
  });

  it("are the smallest of its type's while a node is in flight and shows none", () => {
    expect(limitsOf(inFlight('m7i.large'))).toEqual([[0, 20]]);
    expect(limitsOf(inFlight('m7i.xlarge'))).toEqual([]);
    expect(limitsOf({ ...inFlight('m7i.large'), inFlight: false })).toEqual([]);
  });

  it("are its CSINode's where a node in flight, named by its claim, has one by its host name", () => {
    const node = inFlight('m7i.large');
    expect(limitsOf({ ...node, labels: { ...node.labels, [LABEL.hostname]: 'a' } })).toEqual([[0, 25]]);
  });
});
