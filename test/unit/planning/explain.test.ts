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
  aPod,
  aPodSpec,
  aProvisioningInput,
  aSpread,
  aVolume,
  aVolumeClaim,
  GIB,
  pods,
  someOfferings,
} from '../../support/builders.ts';

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
      'NodePool default: no instance type has 9 nvidia.com/gpu; the most is 8',
    ]);
  });

  it('says when DaemonSets are part of what is asked', () => {
    const cluster = aClusterState({ daemonSets: [aDaemonSet({ cpuMillicores: 500 })] });
    expect(reasons({ pods: [aPod({ cpuMillicores: 3800 })], cluster })).toEqual([
      'NodePool default: no instance type has 4300m cpu with its DaemonSets; the most is 4',
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

  it('suspects a typo behind a million cores', () => {
    expect(reasons({ pods: [aPod({ cpuMillicores: 1_000_000_000 })] })[0]).toContain(
      'is M (mega) meant to be m',
    );
  });

  it('names the requirement that no offering meets, and how many there are', () => {
    const zones = Array.from({ length: 1002 }, (_, index) => ({ zone: `z${index}`, zoneId: `i${index}` }));
    const types = [anInstanceType({ offerings: someOfferings(1, ['on-demand'], zones) })];
    const riscv = aPod({ spec: { nodeSelector: { 'beta.kubernetes.io/arch': 'riscv' } } });
    expect(reasons({ pods: [riscv], instanceTypes: { default: types } })).toEqual([
      'NodePool default: 0 of 1 002 offerings match beta.kubernetes.io/arch In [riscv]',
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

  it('says that a custom label must be declared by the pool', () => {
    expect(reasons({ pods: [aPod({ spec: { nodeSelector: { team: 'blue' } } })] })).toEqual([
      'NodePool default: 0 of 3 offerings match team In [blue] (the NodePool does not declare this label)',
    ]);
  });

  it('names the taint that the pod does not tolerate', () => {
    const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' as const }];
    expect(reasons({ pods: [aPod()], nodePools: [aNodePool({ template: { taints } })] })).toEqual([
      'NodePool default: the pod does not tolerate its taint dedicated=gpu:NoSchedule',
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
      'NodePool default: limits.cpu 10 leaves 2 cpu; the smallest type that fits needs 4',
    ]);
    const nodes = { ...input, nodePools: [aNodePool({ limits: { nodes: 2 } })] };
    expect(reasons(nodes)).toEqual(['NodePool default: limits.nodes 2 leaves no node']);
  });

  it('names the topology rule that leaves no domain', () => {
    const labels = { app: 'web' };
    const topologySpread = [aSpread({ topologyKey: LABEL.zone, minDomains: 4 })];
    const input = { pods: pods(4, 'web', { labels, spec: { topologySpread } }) };
    expect(reasons(input)).toEqual([
      'NodePool default: topology spread on topology.kubernetes.io/zone leaves none of 3 offerings that are large enough',
    ]);
  });

  it('names the volume when its zone has no offering', () => {
    const matchExpressions = [{ key: LABEL.zone, operator: 'In' as const, values: ['us-east-1f'] }];
    const cluster = aClusterState({
      volumeClaims: [aVolumeClaim({ phase: 'Bound', volumeName: 'pv-1' })],
      volumes: [aVolume({ nodeAffinity: [{ matchFields: [], matchExpressions }] })],
    });
    expect(reasons({ pods: [aPod({ spec: { volumeClaims: ['data'] } })], cluster })).toEqual([
      'NodePool default: 0 of 3 offerings are where its volumes data can be used',
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
      'NodePool a: no instance type has 5 cpu; the most is 4',
      'NodePool late: not ready: its NodeClass "default" is missing or not resolved',
    ]);
  });
});

describe('a pod that no plan may include', () => {
  it.each([
    [{ resourceClaims: ['gpu'] }, 'it uses resource claims (DRA), which are not supported: gpu'],
    [{ volumeClaims: ['data'] }, 'persistentvolumeclaim "data" not found'],
    [
      {
        affinity: anAffinity({
          nodeRequired: [
            { matchExpressions: [], matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
          ],
        }),
      },
      'its node affinity uses matchFields (metadata.name), which is not supported: use a node label',
    ],
    [
      {
        affinity: anAffinity({
          nodeRequired: [
            { matchFields: [], matchExpressions: [{ key: 'size', operator: 'Gt', values: ['big'] }] },
          ],
        }),
      },
      'its node affinity is invalid: size Gt needs one integer, got [big]',
    ],
  ] as const)('is refused by name %#', (spec, reason) => {
    const plan = planProvisioning(
      aProvisioningInput({ pods: [aPod({ name: 'bad', spec }), aPod({ name: 'good' })] }),
    );
    expect(plan.unschedulable.map(({ pod, reasons: why }) => [pod.name, ...why])).toEqual([['bad', reason]]);
    expect(plan.nodes).toHaveLength(1);
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
    expect(() => planProvisioning(input, () => ({ solution, violations }))).toThrow(/pod 0 is lost/);
  });
});
