import { describe, expect, it } from 'vitest';
import type { PodAffinityTerm } from '../../../lib/model/affinity.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { PlannedNode, ProvisioningInput, ProvisioningPlan } from '../../../lib/planning/types.ts';
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
  matching,
  pods,
} from '../../support/builders.ts';
import { planProblems } from '../../support/object-checker.ts';

/** A plan that the checker accepts, and what it says about the plan changed. */
function afterwards(
  overrides: Partial<ProvisioningInput>,
  change: (plan: ProvisioningPlan, input: ProvisioningInput) => Partial<ProvisioningPlan>,
): string {
  const input = aProvisioningInput({ pods: [aPod()], ...overrides });
  const plan = planProvisioning(input);
  expect(planProblems(input, plan)).toEqual([]);
  return planProblems(input, { ...plan, ...change(plan, input) }).join('\n');
}

/** The same with the first node changed. */
const afterChange = (
  overrides: Partial<ProvisioningInput>,
  change: (node: PlannedNode, plan: ProvisioningPlan) => Partial<PlannedNode>,
): string =>
  afterwards(overrides, (plan) => {
    const [first, ...rest] = plan.nodes;
    if (first === undefined) throw new Error('the plan has no node to change');
    return { nodes: [{ ...first, ...change(first, plan) }, ...rest] };
  });

/** A correct plan held against facts that have changed since. */
function afterNews(overrides: Partial<ProvisioningInput>, news: Partial<ProvisioningInput>): string {
  const input = aProvisioningInput({ pods: [aPod()], ...overrides });
  const plan = planProvisioning(input);
  expect(planProblems(input, plan)).toEqual([]);
  return planProblems({ ...input, ...news }, plan).join('\n');
}

/** Everything on the first node. */
const merged = ({ nodes }: ProvisioningPlan): Partial<ProvisioningPlan> => ({
  nodes: nodes.slice(0, 1).map((node) => ({ ...node, pods: nodes.flatMap((one) => one.pods) })),
});

const withZones = ({ offerings }: PlannedNode, ...zones: readonly string[]): Partial<PlannedNode> => ({
  offerings: zones.flatMap((zone) => offerings.slice(0, 1).map((offering) => ({ ...offering, zone }))),
});

const near = (app: string, topologyKey: string): PodAffinityTerm => ({
  topologyKey,
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

const web = { labels: { app: 'web' } };
const port80 = { hostPorts: [{ port: 80, protocol: 'TCP' as const, hostIp: '' }] };

describe('the object checker finds, of a plan as a whole,', () => {
  it('a pod that is lost, doubled, invented or without a reason', () => {
    expect(afterChange({ pods: pods(2, 'web') }, ({ pods: two }) => ({ pods: two.slice(1) }))).toContain(
      'pod uid-default-web-0 is not in the plan',
    );
    expect(afterChange({}, (node) => ({ pods: [...node.pods, ...node.pods] }))).toContain(
      'a pod is in the plan twice',
    );
    expect(afterChange({}, (node) => ({ pods: [...node.pods, aPod({ name: 'new' })] }))).toContain(
      'pod uid-default-new was not asked for',
    );
    const huge = { pods: [aPod({ cpuMillicores: 99_000 })] };
    expect(
      afterwards(huge, ({ unschedulable }) => ({
        unschedulable: unschedulable.map(({ pod }) => ({ pod, reasons: [] })),
      })),
    ).toBe('pod default/pod has no place and no reason');
  });

  it('limits that are exceeded, of resources and of nodes', () => {
    const two = { pods: pods(2, 'web', { cpuMillicores: 3000 }) };
    const limited = (limits: Record<string, number>) => ({ nodePools: [aNodePool({ limits })] });
    expect(afterNews({ ...two, ...limited({ cpu: 8000 }) }, limited({ cpu: 7000 }))).toBe(
      'NodePool default uses 8000 cpu of 7000',
    );
    expect(afterNews({ ...two, ...limited({ nodes: 2 }) }, { usage: { default: { nodes: 1 } } })).toBe(
      'NodePool default uses 3 nodes of 2',
    );
  });
});

describe('the object checker finds, of an alternative of a new node,', () => {
  it('that it is not on sale, has no capacity or belongs to a static pool', () => {
    expect(afterChange({}, (node) => withZones(node, 'us-east-1z'))).toContain('not on sale');
    const unavailable = { default: new Set(['on-demand:m7i.xlarge:us-east-1a']) };
    expect(afterNews({}, { unavailable })).toContain('known to have no capacity');
    const fixed = { nodePool: aNodePool({ replicas: 2 }) };
    expect(afterChange({}, () => fixed)).toContain('static');
  });

  it('that there is none, or no pod for it', () => {
    expect(afterChange({}, () => ({ offerings: [] }))).toContain('node 0 has 0 types');
    expect(afterChange({ pods: pods(2, 'web') }, () => ({ pods: [] }))).toContain('node 0 has no pods');
  });

  it('that it is too small once its DaemonSets are there', () => {
    const cluster = (cpuMillicores: number) => aClusterState({ daemonSets: [aDaemonSet({ cpuMillicores })] });
    expect(
      afterNews({ pods: [aPod({ cpuMillicores: 3900 })], cluster: cluster(50) }, { cluster: cluster(200) }),
    ).toContain('node 0 as on-demand:m7i.xlarge:us-east-1a: not enough cpu');
  });

  it('that the pod or the NodePool does not want it', () => {
    const nodeSelector = { [LABEL.zone]: 'us-east-1a' };
    const pod = aPod({ spec: { nodeSelector } });
    expect(afterChange({ pods: [pod] }, (node) => withZones(node, 'us-east-1a', 'us-east-1b'))).toContain(
      'us-east-1b: default/pod: not selected',
    );
    const requirements = [{ key: LABEL.zone, operator: 'In' as const, values: ['us-east-1a'] }];
    const nodePools = [aNodePool({ template: { requirements } })];
    expect(afterChange({ nodePools }, (node) => withZones(node, 'us-east-1c'))).toContain(
      "breaks its NodePool's requirement on topology.kubernetes.io/zone",
    );
  });

  it('that its taints are not tolerated', () => {
    const tainted = aNodePool({ template: { taints: [{ key: 'gpu', effect: 'NoExecute' }] } });
    expect(afterChange({}, () => ({ nodePool: tainted }))).toContain('taints are not tolerated');
  });

  it('that two pods, or a pod and a DaemonSet, want one host port', () => {
    expect(afterwards({ pods: pods(2, 'web', { spec: port80 }) }, merged)).toContain('one host port');
    const cluster = aClusterState({ daemonSets: [aDaemonSet({ spec: port80 })] });
    expect(afterNews({ pods: [aPod({ spec: port80 })] }, { cluster })).toContain('one host port');
  });

  it('that a volume is elsewhere, cannot be had or is one too many', () => {
    const claims = ['a', 'b'].map((name) => aVolumeClaim({ name }));
    const storageClasses = [aStorageClass()];
    const input = {
      pods: [aPod({ spec: { volumeClaims: ['a', 'b'] } })],
      cluster: aClusterState({ volumeClaims: claims, storageClasses }),
    };
    const zone = [{ key: LABEL.zone, operator: 'In' as const, values: ['us-east-1b'] }];
    const allowedTopologies = [{ matchFields: [], matchExpressions: zone }];
    const zonal = [aStorageClass({ allowedTopologies })];
    expect(
      afterNews(input, { cluster: aClusterState({ volumeClaims: claims, storageClasses: zonal }) }),
    ).toContain('us-east-1a: volume default/a is elsewhere');
    expect(
      afterNews(input, { cluster: aClusterState({ volumeClaims: claims.slice(1), storageClasses }) }),
    ).toContain('default/pod: a volume cannot be had');
    const few = { default: [anInstanceType({ volumeLimits: { 'ebs.csi.aws.com': 1 } })] };
    expect(afterNews(input, { instanceTypes: few })).toContain('too many volumes of ebs.csi.aws.com');
  });

  it('that there are fewer values than minValues asks for', () => {
    const key = 'karpenter.k8s.aws/instance-family';
    const requirements = [{ key, operator: 'Exists' as const, values: [], minValues: 2 }];
    const input = {
      nodePools: [aNodePool({ template: { requirements } })],
      instanceTypes: { default: ['m7i.xlarge', 'c7i.xlarge'].map((name) => anInstanceType({ name })) },
    };
    expect(afterChange(input, ({ offerings }) => ({ offerings: offerings.slice(0, 1) }))).toContain(
      `node 0 has 1 values of ${key}`,
    );
  });
});

describe('the object checker finds, of an existing node,', () => {
  const roomy = aPlanningNode({ labels: { [LABEL.zone]: 'us-east-1a' } });

  it.each([
    ['is not there', {}, { nodes: [] }, 'there is no node node-a'],
    [
      'has no room',
      {},
      { nodes: [aPlanningNode({ allocatable: { cpu: 50, memory: 1e12, pods: 9 } })] },
      'not enough cpu',
    ],
    [
      'has a taint',
      {},
      { nodes: [aPlanningNode({ taints: [{ key: 'x', effect: 'NoSchedule' as const }] })] },
      'taints',
    ],
    [
      'has another label',
      { nodeSelector: { [LABEL.zone]: 'us-east-1a' } },
      { nodes: [aPlanningNode({ labels: { [LABEL.zone]: 'us-east-1b' } })] },
      'not selected',
    ],
    [
      'has the port in use',
      port80,
      { nodes: [{ ...roomy, pods: [aBoundPod('node-a', { name: 'old', spec: port80 })] }] },
      'one host port',
    ],
  ])('that it %s', (_, spec, news, problem) => {
    expect(afterNews({ pods: [aPod({ spec })], nodes: [roomy] }, news)).toContain(problem);
  });

  it('that it can attach no further volume, or not this one', () => {
    const state = {
      volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })],
      volumes: [aVolume()],
    };
    const input = {
      pods: [aPod({ spec: { volumeClaims: ['data'] } })],
      nodes: [roomy],
      cluster: aClusterState(state),
    };
    const csiNodes = [{ nodeName: 'node-a', limits: { 'ebs.csi.aws.com': 0 } }];
    expect(afterNews(input, { cluster: aClusterState({ ...state, csiNodes }) })).toContain(
      'too many volumes',
    );
    const expression = { key: LABEL.zone, operator: 'In' as const, values: ['us-east-1b'] };
    const volumes = [aVolume({ nodeAffinity: [{ matchFields: [], matchExpressions: [expression] }] })];
    expect(afterNews(input, { cluster: aClusterState({ ...state, volumes }) })).toContain('elsewhere');
  });
});

describe('the object checker finds, of all nodes together,', () => {
  const [a, b] = ['us-east-1a', 'us-east-1b'].map((zone) =>
    aPlanningNode({ name: zone, labels: { [LABEL.zone]: zone } }),
  );
  if (a === undefined || b === undefined) throw new Error('two nodes');
  const old = (name: string, overrides: Parameters<typeof aPod>[0] = web): Pod =>
    aBoundPod(name, { ...overrides, name: 'old' });

  it('pods that are not spread', () => {
    const spec = { topologySpread: [aSpread()] };
    const spread = { pods: pods(5, 'web', { ...web, cpuMillicores: 3000, spec }) };
    expect(afterChange(spread, (_, plan) => ({ offerings: plan.nodes[1]?.offerings ?? [] }))).toContain(
      'spread on topology.kubernetes.io/zone is not kept',
    );
  });

  it('pods that are not spread beside those that run already', () => {
    const spec = { topologySpread: [aSpread({ nodeAffinityPolicy: 'Honor' })] };
    const input = { pods: [aPod({ ...web, spec })], nodes: [a, b] };
    const twoOld = { ...a, pods: [old(a.name), aBoundPod(a.name, { ...web, name: 'old-2' })] };
    expect(afterNews(input, { nodes: [twoOld, b] })).toContain('spread');
  });

  it('a pod far from those it wants to be with', () => {
    const spec = { affinity: anAffinity({ podRequired: [near('db', LABEL.zone)] }) };
    const db = old(a.name, { labels: { app: 'db' } });
    const input = { pods: [aPod({ spec })], nodes: [{ ...a, pods: [db] }, b] };
    expect(afterNews(input, { nodes: [a, { ...b, pods: [db] }] })).toContain('pod affinity is not met');
    expect(afterNews(input, { nodes: [a, b] })).toContain('pod affinity is not met');
  });

  it('pods together that do not want each other, in either direction', () => {
    const affinity = anAffinity({ podAntiRequired: [near('web', LABEL.hostname)] });
    expect(afterwards({ pods: pods(2, 'web', { ...web, spec: { affinity } }) }, merged)).toContain(
      'pod anti-affinity on kubernetes.io/hostname is not kept',
    );
    const input = { pods: [aPod(web)], nodes: [a, b] };
    const loner = { ...a, pods: [old(a.name, { labels: { app: 'loner' }, spec: { affinity } })] };
    expect(afterNews(input, { nodes: [loner, b] })).toContain('anti-affinity of default/old is not kept');
  });

  it('nothing wrong with pods that only one order of binding allows', () => {
    const affinity = anAffinity({ podRequired: [near('db', LABEL.hostname)] });
    const input = {
      pods: [aPod({ name: 'a', spec: { affinity } }), aPod({ name: 'b', labels: { app: 'db' } })],
    };
    expect(planProblems(aProvisioningInput(input), planProvisioning(aProvisioningInput(input)))).toEqual([]);
  });
});
