import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { PortIds } from '../../../lib/planning/compile/ports.ts';
import { compile } from '../../../lib/planning/compile.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import { HOST_KEY, positionsOf } from '../../../lib/solver/index.ts';
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
  GIB,
  matching,
  pods,
} from '../../support/builders.ts';

function compiled(overrides: Partial<ProvisioningInput>) {
  const input = aProvisioningInput(overrides);
  return compile(input, input.pods);
}
const web = { labels: { app: 'web' } };
const apart = (topologyKey: string) =>
  anAffinity({
    podAntiRequired: [
      {
        topologyKey,
        labelSelector: matching({ app: 'web' }),
        namespaces: [],
        matchLabelKeys: [],
        mismatchLabelKeys: [],
      },
    ],
  });

describe('the queue', () => {
  it('goes by cpu, memory, age and uid, whatever the priority', () => {
    const { queue } = compiled({
      pods: [
        aPod({ name: 'b' }),
        aPod({ name: 'a' }),
        aPod({ name: 'young', createdAtMs: 5 }),
        aPod({ name: 'big', cpuMillicores: 101 }),
        aPod({ name: 'fat', memoryBytes: GIB, spec: { priority: -9 } }),
      ],
    });
    expect(queue.map(({ name }) => name)).toEqual(['big', 'fat', 'a', 'b', 'young']);
  });
});

describe('items', () => {
  it('gather pods that only differ in name and in labels that nothing selects', () => {
    const { problem } = compiled({
      pods: [aPod({ name: 'a', labels: { 'pod-template-hash': '1' } }), aPod({ name: 'b' })],
    });
    expect(problem.items.map(({ order }) => [...order])).toEqual([[0, 1]]);
  });

  it('keep pods apart whose labels a selector tells apart', () => {
    const chooser = aPod({ name: 'c', spec: { affinity: apart(LABEL.hostname) } });
    const { problem } = compiled({ pods: [aPod({ name: 'a', ...web }), aPod({ name: 'b' }), chooser] });
    expect(problem.items).toHaveLength(3);
    expect(problem.items.map(({ counted }) => counted.length)).toEqual([2, 0, 0]);
  });

  it('do not see the slot that an earlier plan gave a pod', () => {
    const slot = {
      key: 'dovetail.sh/slot',
      operator: 'Equal' as const,
      value: 'old',
      effect: 'NoSchedule' as const,
    };
    const { problem } = compiled({
      pods: [aPod({ name: 'a', spec: { tolerations: [slot] } }), aPod({ name: 'b' })],
    });
    expect(problem.items).toHaveLength(1);
  });
});

describe('host ports', () => {
  const port = (hostIp: string) => [{ port: 80, protocol: 'TCP' as const, hostIp }];

  it('are equal integers exactly where two pods cannot share a node', () => {
    const ids = new PortIds([...port(''), ...port('10.0.0.1'), ...port('10.0.0.2')]);
    const clash = (a: string, b: string) => ids.of(port(a)).some((id) => ids.of(port(b)).includes(id));
    expect(clash('10.0.0.1', '10.0.0.2')).toBe(false);
    expect(clash('10.0.0.1', '10.0.0.1')).toBe(true);
    expect(clash('', '10.0.0.2')).toBe(true);
    expect(clash('::', '0.0.0.0')).toBe(true);
    expect(ids.of([{ port: 80, protocol: 'UDP', hostIp: '' }])).toEqual([]);
  });
});

describe('offerings', () => {
  const values = (labels: ReturnType<typeof compiled>['table']['rows']) => [
    ...new Set(labels.map(({ poolLabels }) => poolLabels['tier'] ?? 'none')),
  ];
  const tierIn = (list: string[]) => ({ key: 'tier', operator: 'In' as const, values: list });
  const withTier = (operator: 'In' | 'Exists' | 'NotIn' | 'Gt', list: string[], named: string[]) =>
    values(
      compiled({
        pods: named.map((tier) => aPod({ name: `p${tier}`, spec: { nodeSelector: { tier } } })),
        nodePools: [aNodePool({ template: { requirements: [{ key: 'tier', operator, values: list }] } })],
      }).table.rows,
    );

  it('come in every value of a custom label that the pool leaves open, those that pods name first', () => {
    expect(withTier('In', ['b', 'a', 'c'], ['b'])).toEqual(['b', 'a', 'c']);
    expect(withTier('Exists', [], ['x'])).toEqual(['x', '0']);
    expect(withTier('NotIn', ['x', '0'], ['x', 'y'])).toEqual(['none', 'y', '1']);
    expect(withTier('Gt', ['5'], ['3', '9'])).toEqual(['9', '6']);
  });

  it('come in the number that a pod names by a bound, where the pool leaves the label open', () => {
    const bounded = (operator: 'Gt' | 'Lt', bound: string) => {
      const matchExpressions = [{ key: 'tier', operator, values: [bound] }];
      const affinity = anAffinity({ nodeRequired: [{ matchFields: [], matchExpressions }] });
      const nodePools = [
        aNodePool({ template: { requirements: [{ key: 'tier', operator: 'Exists', values: [] }] } }),
      ];
      return values(compiled({ pods: [aPod({ spec: { affinity } })], nodePools }).table.rows);
    };
    expect(bounded('Gt', '5')).toEqual(['6', '0']);
    expect(bounded('Lt', '5')).toEqual(['4', '0']);
    expect(bounded('Lt', '0')).toEqual(['0']);
  });

  it('come in one value of a label that no pod speaks of', () => {
    expect(withTier('In', ['b', 'a'], [])).toEqual(['a']);
    expect(withTier('Exists', [], [])).toEqual(['0']);
    expect(withTier('NotIn', ['x'], [])).toEqual(['none']);
  });

  it('come in all values where a topology is about the label, be it that of a running pod', () => {
    const nodePools = [aNodePool({ template: { requirements: [tierIn(['a', 'b'])] } })];
    const spread = aPod({ spec: { topologySpread: [aSpread({ topologyKey: 'tier' })] } });
    expect(values(compiled({ pods: [spread], nodePools }).table.rows)).toEqual(['a', 'b']);
    const guard = aBoundPod('n', { name: 'guard', spec: { affinity: apart('tier') } });
    const nodes = [aPlanningNode({ name: 'n', pods: [guard] })];
    expect(values(compiled({ pods: [aPod(web)], nodes, nodePools }).table.rows)).toEqual(['a', 'b']);
  });

  it('keep the combinations that pods name where not all can be tried, and the plan says of which labels', () => {
    const requirements = ['a', 'b'].map((key) => ({
      key,
      operator: 'In' as const,
      values: Array.from({ length: 9 }, (_, index) => `v${index}`),
    }));
    const { table } = compiled({
      pods: [aPod({ spec: { nodeSelector: { a: 'v8', b: 'v7' } } })],
      nodePools: [aNodePool({ name: 'wide', template: { requirements } })],
      instanceTypes: { wide: [anInstanceType()] },
    });
    expect(new Set(table.rows.map(({ variant }) => variant)).size).toBe(64);
    expect(table.rows[0]?.poolLabels).toMatchObject({ a: 'v8', b: 'v7' });
    expect(table.notes).toEqual([
      'NodePool wide: its labels a (9 values) and b (9 values) combine in more than 64 ways; only 64 are tried, those with the values that pods name first',
    ]);
  });

  it('carry the DaemonSets that their own zone attracts', () => {
    const zonal = aDaemonSet({
      name: 'zonal',
      cpuMillicores: 300,
      spec: { nodeSelector: { [LABEL.zone]: 'us-east-1b' } },
    });
    const { problem, table } = compiled({ pods: [aPod()], cluster: aClusterState({ daemonSets: [zonal] }) });
    const cpu = table.rows.map(({ offering }, row) => [
      offering.zone,
      problem.overheadGroups[problem.offerings.overheadGroup[row] ?? 0]?.requests[0],
    ]);
    expect(cpu).toEqual([
      ['us-east-1a', 0],
      ['us-east-1b', 300],
      ['us-east-1c', 0],
    ]);
  });
});

describe('groups', () => {
  const zoned = (name: string, zone: string, overrides = {}) =>
    aPlanningNode({
      name,
      labels: { [LABEL.zone]: zone },
      pods: [aBoundPod(name, { name: `on-${name}`, ...web })],
      ...overrides,
    });

  it('count running pods per zone, and per node where the domain is the node', () => {
    const topologySpread = [aSpread(), aSpread({ topologyKey: LABEL.hostname })];
    const { problem } = compiled({
      pods: [aPod({ ...web, spec: { topologySpread } })],
      nodes: [zoned('a', 'us-east-1b'), zoned('b', 'us-east-1b'), zoned('c', 'us-east-1a')],
    });
    expect(problem.groups.map(({ key, counts, binCounts }) => [key, [...counts], [...binCounts]])).toEqual([
      [0, [1, 2, 0], []],
      [HOST_KEY, [], [1, 1, 1]],
    ]);
  });

  it('leave out pods on nodes that the policies of the constraint exclude', () => {
    const dedicated = { taints: [{ key: 'dedicated', effect: 'NoSchedule' as const }] };
    const nodes = [zoned('a', 'us-east-1a', dedicated), zoned('b', 'us-east-1b')];
    const counts = (overrides: Parameters<typeof aSpread>[0], nodeSelector = {}) =>
      compiled({
        pods: [aPod({ ...web, spec: { nodeSelector, topologySpread: [aSpread(overrides)] } })],
        nodes,
      }).problem.groups.map((group) => [...group.counts])[0];
    expect(counts({})).toEqual([1, 1, 0]);
    expect(counts({ nodeTaintsPolicy: 'Honor' })).toEqual([0, 1, 0]);
    const arch = { [LABEL.arch]: 'amd64' };
    expect(counts({}, arch)).toEqual([0, 0, 0]);
    expect(counts({ nodeAffinityPolicy: 'Ignore' }, arch)).toEqual([1, 1, 0]);
  });

  it('have as domains of a pod those that its own requirements leave open', () => {
    const matchExpressions = [{ key: LABEL.zone, operator: 'NotIn' as const, values: ['us-east-1a'] }];
    const affinity = anAffinity({ nodeRequired: [{ matchFields: [], matchExpressions }] });
    const { problem } = compiled({
      pods: [aPod({ ...web, spec: { affinity, topologySpread: [aSpread()] } })],
    });
    const eligible = problem.items[0]?.levels[0]?.owned[0]?.eligible;
    expect(eligible && positionsOf(eligible)).toEqual([1, 2]);
  });

  it('hold the owners of running anti-affinity, but only where a pending pod is concerned', () => {
    const guard = aBoundPod('a', { name: 'guard', spec: { affinity: apart(LABEL.zone) } });
    const nodes = [zoned('a', 'us-east-1a', { pods: [guard] })];
    const concerned = compiled({ pods: [aPod(web)], nodes }).problem.groups;
    expect(concerned.map(({ kind, counts }) => [kind, [...counts]])).toEqual([['apart-inverse', [1, 0, 0]]]);
    expect(compiled({ pods: [aPod()], nodes }).problem.groups).toEqual([]);
  });
});

describe('minValues', () => {
  it('become a column of value numbers, one per key', () => {
    const requirements = [
      { key: 'karpenter.k8s.aws/instance-family', operator: 'Exists' as const, values: [], minValues: 2 },
    ];
    const { problem } = compiled({
      nodePools: [aNodePool({ template: { requirements } })],
      instanceTypes: {
        default: ['c7i.large', 'm7i.large', 'm7i.xlarge'].map((name) => anInstanceType({ name })),
      },
    });
    expect(problem.pools[0]?.minValues).toEqual([{ key: 0, min: 2 }]);
    expect([...(problem.offerings.keyValue[0] ?? [])]).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });
});

describe('nodes in flight', () => {
  it('keep room for DaemonSets that select what registration will add', () => {
    const agent = aDaemonSet({ cpuMillicores: 400, spec: { nodeSelector: { [LABEL.registered]: 'true' } } });
    const nodes = [aPlanningNode({ name: 'a', inFlight: true }), aPlanningNode({ name: 'b' })];
    const { problem } = compiled({
      pods: pods(1, 'x'),
      nodes,
      cluster: aClusterState({ daemonSets: [agent] }),
    });
    expect(problem.bins.map(({ free }) => free[0])).toEqual([3520, 3920]);
  });
});
