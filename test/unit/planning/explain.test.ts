import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import {
  aClusterState,
  aDaemonSet,
  aNodePool,
  anAffinity,
  anInstanceType,
  aPlanningNode,
  aPod,
  aPodSpec,
  aProvisioningInput,
  aStorageClass,
  aVolume,
  aVolumeClaim,
  GIB,
  pods,
  someOfferings,
} from '../../support/builders.ts';
import { aReport } from '../../support/reports.ts';

const reasons = (overrides: Partial<ProvisioningInput>): readonly string[] =>
  planProvisioning(aProvisioningInput(overrides)).unschedulable[0]?.reasons ?? [];

const gpuType = anInstanceType({
  name: 'p5.48xlarge',
  allocatable: { cpu: 190_000, memory: 1900 * GIB, pods: 100, 'nvidia.com/gpu': 8 },
});

describe('the reason why a pod has no place', () => {
  it('names the resource, what is asked and the most there is', () => {
    const requests = { ...aPodSpec().requests, 'nvidia.com/gpu': 9 };
    expect(reasons({ pods: [aPod({ spec: { requests } })], instanceTypes: { default: [gpuType] } })).toEqual([
      'NodePool default: no instance type has 9 nvidia.com/gpu; the most is 8 (p5.48xlarge)',
    ]);
  });

  it('says when DaemonSets are part of what is asked', () => {
    const cluster = aClusterState({ daemonSets: [aDaemonSet({ cpuMillicores: 500 })] });
    expect(reasons({ pods: [aPod({ cpuMillicores: 3800 })], cluster })).toEqual([
      'NodePool default: no instance type has 3800m cpu left beside its DaemonSets; the largest (m7i.xlarge) leaves 3500m of 4 after 500m for DaemonSets',
    ]);
  });

  it('is worked out once for replicas that are turned away alike', () => {
    const plan = planProvisioning(aProvisioningInput({ pods: pods(3, 'alike', { cpuMillicores: 100_000 }) }));
    const [first, ...others] = plan.unschedulable.map(({ reasons: why }) => why);
    expect(first).toEqual([expect.stringContaining('no instance type has 100 cpu')]);
    expect(others).toHaveLength(2);
    for (const why of others) expect(why).toBe(first);
  });

  it('names the minValues that too few types meet, and how many values there are', () => {
    const key = 'karpenter.k8s.aws/instance-family';
    const requirements = [{ key, operator: 'Exists' as const, values: [], minValues: 3 }];
    expect(reasons({ pods: [aPod()], nodePools: [aNodePool({ template: { requirements } })] })).toEqual([
      expect.stringMatching(
        /^NodePool default: the \d+ offerings that would do have 1 value of .*instance-family; its minValues asks for 3$/,
      ),
    ]);
  });

  it.each([
    [{ cpuMillicores: 1_000_000_000 }, 'is M (mega) meant to be m (milli)?'],
    [{ cpuMillicores: 500_000 }, 'cpu counts whole cores: is 500m meant?'],
    [{ memoryBytes: 8 * 1024 * GIB }, 'is 8Gi meant?'],
  ])('suspects a typo behind %j', (amounts, hint) => {
    expect(reasons({ pods: [aPod(amounts)] })[0]).toMatch(new RegExp(`; ${hint.replace(/[?()]/g, '\\$&')}$`));
  });

  it('suspects none behind what is merely too large', () => {
    expect(reasons({ pods: [aPod({ cpuMillicores: 5000 })] })[0]).toMatch(/the most is 4 \(m7i\.xlarge\)$/);
  });

  it('says that no type has any of a resource, and which one was meant', () => {
    const requests = { ...aPodSpec().requests, 'nvidia.com/gpus': 1 };
    expect(reasons({ pods: [aPod({ spec: { requests } })], instanceTypes: { default: [gpuType] } })).toEqual([
      'NodePool default: no instance type has any nvidia.com/gpus, of which 1 is asked; did you mean "nvidia.com/gpu"?',
    ]);
  });

  it('says how many have each resource when none has all of them', () => {
    const types = [
      anInstanceType({ name: 'c7i.large', allocatable: { cpu: 8000, memory: GIB, pods: 9 } }),
      anInstanceType({ name: 'r7i.large', allocatable: { cpu: 1000, memory: 64 * GIB, pods: 9 } }),
    ];
    const pod = aPod({ cpuMillicores: 4000, memoryBytes: 16 * GIB });
    expect(reasons({ pods: [pod], instanceTypes: { default: types } })).toEqual([
      'NodePool default: none of 6 matching offerings has room for 4 cpu, 16Gi memory together: 3 have the cpu, 3 have the memory',
    ]);
  });

  it('says when DaemonSets leave no room at all', () => {
    const cluster = aClusterState({ daemonSets: [aDaemonSet({ cpuMillicores: 5000 })] });
    expect(reasons({ pods: [aPod()], cluster })[0]).toContain('leaves 0 of 4 after 5 for DaemonSets');
  });

  it('names the DaemonSet that takes the host port', () => {
    const hostPorts = [{ port: 9100, protocol: 'TCP' as const, hostIp: '' }];
    const cluster = aClusterState({ daemonSets: [aDaemonSet({ name: 'metrics', spec: { hostPorts } })] });
    expect(reasons({ pods: [aPod({ spec: { hostPorts } })], cluster })).toEqual([
      'NodePool default: DaemonSet kube-system/metrics takes one of its host ports 9100/TCP on all 3 matching offerings',
    ]);
  });

  it('counts the volumes that no type can attach', () => {
    const names = ['a', 'b', 'c'];
    const cluster = aClusterState({
      volumeClaims: names.map((name) => aVolumeClaim({ name })),
      storageClasses: [aStorageClass()],
    });
    const types = [anInstanceType({ volumeLimits: { 'ebs.csi.aws.com': 2 } })];
    expect(
      reasons({
        pods: [aPod({ spec: { volumeClaims: names } })],
        cluster,
        instanceTypes: { default: types },
      }),
    ).toEqual([
      'NodePool default: no instance type attaches the 3 volumes of ebs.csi.aws.com that it uses; the most is 2',
    ]);
  });

  it('says when what would do is out of capacity, alone or beside what is left', () => {
    const types = [anInstanceType(), anInstanceType({ name: 'm7i.2xlarge', cores: 8 })];
    const large = ['a', 'b', 'c'].map((zone) => `on-demand:m7i.2xlarge:us-east-1${zone}`);
    const input = { instanceTypes: { default: types }, unavailable: { default: new Set(large) } };
    expect(reasons({ ...input, pods: [aPod({ cpuMillicores: 6000 })] })).toEqual([
      'NodePool default: no instance type has 6 cpu; the most is 4 (m7i.xlarge); 3 offerings more would do, but out of capacity for now',
    ]);
    const nodeSelector = { [LABEL.instanceType]: 'm7i.2xlarge' };
    expect(reasons({ ...input, pods: [aPod({ spec: { nodeSelector } })] })).toEqual([
      'NodePool default: all 3 offerings that would do are out of capacity for now',
    ]);
  });

  it('names the requirement that no offering meets, and how many there are', () => {
    const zones = Array.from({ length: 1002 }, (_, index) => ({ zone: `z${index}`, zoneId: `i${index}` }));
    const types = [anInstanceType({ offerings: someOfferings(1, ['on-demand'], zones) })];
    const riscv = aPod({ spec: { nodeSelector: { 'beta.kubernetes.io/arch': 'riscv' } } });
    expect(reasons({ pods: [riscv], instanceTypes: { default: types } })).toEqual([
      'NodePool default: 0 of 1 002 offerings match beta.kubernetes.io/arch In [riscv]; they have amd64',
    ]);
  });

  it('names requirements that exclude each other only together', () => {
    const types = [
      anInstanceType({ name: 'm7i.large', offerings: someOfferings(1, ['spot']) }),
      anInstanceType({ name: 'c7i.large', offerings: someOfferings(1, ['on-demand']) }),
    ];
    const nodeSelector = { [LABEL.instanceType]: 'm7i.large', [LABEL.capacityType]: 'on-demand' };
    expect(reasons({ pods: [aPod({ spec: { nodeSelector } })], instanceTypes: { default: types } })).toEqual([
      'NodePool default: 0 of 6 offerings match all of karpenter.sh/capacity-type In [on-demand], node.kubernetes.io/instance-type In [m7i.large]',
    ]);
  });

  it('leaves out requirements that are met when others exclude each other', () => {
    const nodeSelector = {
      [LABEL.instanceType]: 'm7i.xlarge',
      [LABEL.arch]: 'amd64',
      [LABEL.zone]: 'us-east-1z',
    };
    const offerings = [
      ...someOfferings(1),
      ...someOfferings(1, ['spot'], [{ zone: 'us-east-1z', zoneId: 'z' }]),
    ];
    const types = [anInstanceType(), anInstanceType({ name: 'c7i.xlarge', offerings })];
    expect(reasons({ pods: [aPod({ spec: { nodeSelector } })], instanceTypes: { default: types } })).toEqual([
      'NodePool default: 0 of 7 offerings match all of node.kubernetes.io/instance-type In [m7i.xlarge], topology.kubernetes.io/zone In [us-east-1z]',
    ]);
  });

  it('suggests the label value that was meant', () => {
    const nodeSelector = { [LABEL.zone]: 'us-east1-a' };
    expect(reasons({ pods: [aPod({ spec: { nodeSelector } })] })[0]).toContain(
      '; they have us-east-1a, us-east-1b, us-east-1c; did you mean "us-east-1a"?',
    );
  });

  it('says that a custom label must be declared by the pool, and which one is', () => {
    expect(reasons({ pods: [aPod({ spec: { nodeSelector: { team: 'blue' } } })] })).toEqual([
      'NodePool default: 0 of 3 offerings match team In [blue] (the NodePool does not declare this label)',
    ]);
    const nodePools = [aNodePool({ template: { labels: { 'acme.org/team': 'blue' } } })];
    const nodeSelector = { 'acme.org/taem': 'blue' };
    expect(reasons({ pods: [aPod({ spec: { nodeSelector } })], nodePools })[0]).toMatch(
      /\(the NodePool does not declare this label\); did you mean "acme\.org\/team"\?$/,
    );
  });

  it('speaks of every required term of node affinity', () => {
    const term = (key: string, value: string) => ({
      matchFields: [],
      matchExpressions: [{ key, operator: 'In' as const, values: [value] }],
    });
    const nodeRequired = [term(LABEL.zone, 'us-east-1a'), term('team', 'red')];
    const affinity = anAffinity({ nodeRequired });
    expect(reasons({ pods: [aPod({ cpuMillicores: 5000, spec: { affinity } })] })).toEqual([
      'NodePool default: required term 1 of 2: no instance type has 5 cpu; the most is 4 (m7i.xlarge); required term 2 of 2: 0 of 3 offerings match team In [red] (the NodePool does not declare this label)',
    ]);
  });

  it('names the taint that the pod does not tolerate', () => {
    const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' as const }];
    expect(reasons({ pods: [aPod()], nodePools: [aNodePool({ template: { taints } })] })).toEqual([
      'NodePool default: the pod does not tolerate its taint dedicated=gpu:NoSchedule',
    ]);
  });

  it('names every taint, and the toleration that misses one by its value', () => {
    const taints = [
      { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' as const },
      { key: 'team', effect: 'NoExecute' as const },
    ];
    const tolerations = [{ key: 'dedicated', operator: 'Equal' as const, value: 'cpu' }];
    const nodePools = [aNodePool({ template: { taints } })];
    expect(reasons({ pods: [aPod({ spec: { tolerations } })], nodePools })).toEqual([
      'NodePool default: the pod does not tolerate its taints dedicated=gpu:NoSchedule, team:NoExecute (it tolerates dedicated=cpu)',
    ]);
  });

  it('says what a limit leaves and what the smallest fitting type needs', () => {
    const input = {
      pods: [aPod({ cpuMillicores: 3000 })],
      nodePools: [aNodePool({ limits: { cpu: 100_000 } })],
      usage: { default: { cpu: 97_000, nodes: 30 } },
    };
    expect(reasons(input)).toEqual([
      'NodePool default: limits.cpu 100 leaves 3 cpu; the smallest type that fits needs 4',
    ]);
  });

  it('counts the nodes of the same plan against the limit', () => {
    const input = {
      pods: pods(3, 'web', { cpuMillicores: 3000 }),
      nodePools: [aNodePool({ limits: { cpu: 10_000 } })],
    };
    expect(reasons(input)).toEqual([
      'NodePool default: limits.cpu 10 leaves 2 cpu beside 2 new nodes, each counted as the largest type it may become; the smallest type that fits needs 4',
    ]);
    const nodes = { ...input, nodePools: [aNodePool({ limits: { nodes: 2 } })] };
    expect(reasons(nodes)).toEqual(['NodePool default: limits.nodes 2 leaves no node']);
  });

  it('names the volume when its zone has no offering', () => {
    const matchExpressions = [{ key: LABEL.zone, operator: 'In' as const, values: ['us-east-1f'] }];
    const cluster = aClusterState({
      volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })],
      volumes: [aVolume({ nodeAffinity: [{ matchFields: [], matchExpressions }] })],
    });
    expect(reasons({ pods: [aPod({ spec: { volumeClaims: ['data'] } })], cluster })).toEqual([
      'NodePool default: 0 of 3 offerings are where its volumes data can be used: in topology.kubernetes.io/zone us-east-1f; the NodePool has topology.kubernetes.io/zone us-east-1a, us-east-1b, us-east-1c',
    ]);
  });

  it('speaks of every pool in order of choice, those that are not ready last', () => {
    const input = {
      pods: [aPod({ cpuMillicores: 5000 })],
      nodePools: [aNodePool({ name: 'late' }), aNodePool({ name: 'a' }), aNodePool({ name: 'b', weight: 9 })],
      instanceTypes: { a: [anInstanceType()], b: [] },
    };
    expect(reasons(input)).toEqual([
      'NodePool b: no available offering meets its own requirements',
      'NodePool a: no instance type has 5 cpu; the most is 4 (m7i.xlarge)',
      'NodePool late: not ready: its NodeClass "default" is missing or not resolved',
    ]);
  });
});

describe('the reason why existing nodes did not take a pod', () => {
  it('counts them by what kept it away, in one line', () => {
    const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' as const };
    const full = { cpu: 100, memory: GIB, pods: 9 };
    const names = ['a', 'b', 'c'];
    const nodes = [
      ...names.map((name) => aPlanningNode({ name, allocatable: full })),
      aPlanningNode({ name: 'd', taints: [taint] }),
      aPlanningNode({ name: 'e', labels: { [LABEL.arch]: 'arm64' } }),
    ].map((node) => ({ ...node, labels: { [LABEL.arch]: 'amd64', ...node.labels } }));
    const spec = { nodeSelector: { [LABEL.arch]: 'amd64' } };
    expect(reasons({ pods: [aPod({ cpuMillicores: 5000, spec })], nodes })).toEqual([
      'NodePool default: no instance type has 5 cpu; the most is 4 (m7i.xlarge)',
      "existing nodes: 0 of 5 can take it: 3 Insufficient cpu, 1 didn't match its node affinity or selector, 1 untolerated taint dedicated=gpu:NoSchedule",
    ]);
  });

  it('counts what the same plan put there', () => {
    const nodes = [aPlanningNode({ allocatable: { cpu: 6000, memory: 64 * GIB, pods: 1 } })];
    const input = { pods: pods(2, 'web', { cpuMillicores: 5000 }), nodes };
    expect(reasons(input)[1]).toBe('existing nodes: 0 of 1 can take it: 1 Insufficient cpu');
  });
});

describe('without a NodePool that adds nodes', () => {
  it('the reason says so', () => {
    expect(reasons({ pods: [aPod()], nodePools: [] })).toEqual([
      'there is no NodePool that could add a node: create one',
    ]);
    expect(reasons({ pods: [aPod()], nodePools: [aNodePool({ replicas: 3 })] })).toEqual([
      'NodePool default: static (replicas 3): it adds no node for pods',
    ]);
  });
});

describe('reasons for very many kinds of pods', () => {
  it('become brief after the first, and still say what is asked and what there is', () => {
    const many = Array.from({ length: 1200 }, (_, index) =>
      aPod({ name: `p-${index}`, cpuMillicores: 5000 + index }),
    );
    const { unschedulable } = planProvisioning(aProvisioningInput({ pods: many }));
    const texts = unschedulable.map(({ reasons: why }) => why.join());
    expect(texts).toHaveLength(1200);
    expect(texts.filter((text) => text.includes('the most is 4 (m7i.xlarge)'))).toHaveLength(500);
    const brief = texts.filter((text) =>
      text.startsWith('NodePool default: resources leave none of 3 offerings'),
    );
    expect(brief).toHaveLength(700);
    expect(brief).toContain(
      'NodePool default: resources leave none of 3 offerings (asks for 5600m cpu with DaemonSets; most is 4 cpu)',
    );
  });
});

describe('the notes of a plan', () => {
  const burstable = anInstanceType({ name: 't3.xlarge', burstable: true, offerings: someOfferings(1000) });
  const types = { default: [anInstanceType(), burstable] };
  const requirements = (key: string, values: string[]) => [{ key, operator: 'In' as const, values }];

  it('leave burstable types out unless the pool names them, and then say that they burst', () => {
    const silent = planProvisioning(aProvisioningInput({ pods: [aPod()], instanceTypes: types }));
    expect([silent.nodes[0]?.instanceType, silent.notes]).toEqual(['m7i.xlarge', []]);
    for (const wanted of [
      requirements('karpenter.k8s.aws/instance-family', ['t3']),
      requirements('karpenter.k8s.aws/instance-category', ['m', 't']),
      requirements(LABEL.instanceType, ['t3.xlarge']),
    ]) {
      const nodePools = [aNodePool({ template: { requirements: wanted } })];
      const plan = planProvisioning(aProvisioningInput({ pods: [aPod()], nodePools, instanceTypes: types }));
      expect(plan.nodes[0]?.instanceType).toBe('t3.xlarge');
      expect(plan.notes[0]).toContain('t3.xlarge run on CPU credits');
    }
  });

  it('do not take the exclusion of something else for a wish for burstable types', () => {
    const wanted = [
      { key: 'karpenter.k8s.aws/instance-category', operator: 'NotIn' as const, values: ['c'] },
    ];
    const nodePools = [aNodePool({ template: { requirements: wanted } })];
    const plan = planProvisioning(aProvisioningInput({ pods: [aPod()], nodePools, instanceTypes: types }));
    expect(plan.nodes[0]?.instanceType).toBe('m7i.xlarge');
  });

  it('say which minValues were lowered under BestEffort', () => {
    const wanted = [
      { key: 'karpenter.k8s.aws/instance-family', operator: 'Exists' as const, values: [], minValues: 3 },
    ];
    const nodePools = [aNodePool({ template: { requirements: wanted } })];
    const strict = aProvisioningInput({ pods: [aPod()], nodePools });
    expect(planProvisioning(strict).unschedulable).toHaveLength(1);
    expect(planProvisioning({ ...strict, minValuesPolicy: 'BestEffort' }).notes).toEqual([
      'NodePool default: minValues 3 of karpenter.k8s.aws/instance-family was lowered to 1 for a node',
    ]);
  });
});

describe('a packing that the independent check finds wrong', () => {
  it('is never used', () => {
    const input = aProvisioningInput({ pods: [aPod()] });
    const solution = { nodes: [], onBins: [], unplaced: [], pricePerHour: 0 };
    const violations = [{ rule: 'placement' as const, message: 'pod 0 is lost' }];
    expect(() =>
      planProvisioning(input, undefined, () => ({ solution, violations, report: aReport() })),
    ).toThrow(/pod 0 is lost/);
  });
});
