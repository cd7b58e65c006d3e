import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { compile } from '../../../lib/planning/compile.ts';
import type { ProvisioningInput } from '../../../lib/planning/types.ts';
import { positionsOf } from '../../../lib/solver/index.ts';
import {
  aBoundPod,
  aClusterState,
  aNode,
  aNodePool,
  anAffinity,
  anInstanceType,
  aPlanningNode,
  aPod,
  aProvisioningInput,
  aSpread,
  matching,
  pods,
  someOfferings,
} from '../../support/builders.ts';

function problemOf(overrides: Partial<ProvisioningInput>) {
  const input = aProvisioningInput(overrides);
  return compile(input, input.pods).problem;
}
const web = { labels: { app: 'web' } };
const spreading = (...topologySpread: ReturnType<typeof aSpread>[]) =>
  aPod({ ...web, spec: { topologySpread } });
const near = (topologyKey: string, labels: Record<string, string> = { app: 'web' }) => ({
  topologyKey,
  labelSelector: matching(labels),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});
const inZone = (name: string, zone: string, overrides: Parameters<typeof aPlanningNode>[0] = {}) =>
  aPlanningNode({ name, labels: { [LABEL.zone]: zone }, ...overrides });
const eligibleOf = (overrides: Partial<ProvisioningInput>, group = 0): number[] => {
  const owned = problemOf(overrides).items[0]?.levels[0]?.owned.find((one) => one.group === group);
  return owned?.eligible === undefined ? [] : positionsOf(owned.eligible);
};

describe('groups of topology constraints', () => {
  it('are one for pods that say the same, and another for another minDomains or revision', () => {
    const groups = (...constraints: Parameters<typeof aSpread>[0][]) =>
      problemOf({
        pods: constraints.map((one, index) => ({ ...spreading(aSpread(one)), name: `p${index}` })),
      }).groups.map(({ minDomains }) => minDomains);
    expect(groups({}, {})).toEqual([0]);
    expect(groups({}, { minDomains: 3 })).toEqual([0, 3]);
    const revisions = ['1', '2'].map((hash, index) => ({
      ...spreading(aSpread({ matchLabelKeys: ['pod-template-hash'] })),
      name: `p${index}`,
      labels: { ...web.labels, 'pod-template-hash': hash },
    }));
    const { items } = problemOf({ pods: revisions });
    expect(items.map(({ counted }) => counted)).toEqual([[0], [1]]);
  });

  it('do not differ by the slot that an earlier plan gave a pod', () => {
    const tolerations = [{ key: 'dovetail.sh/slot', operator: 'Equal' as const, value: 'old' }];
    const topologySpread = [aSpread({ nodeTaintsPolicy: 'Honor' })];
    const { groups, items } = problemOf({
      pods: [
        aPod({ ...web, name: 'a', spec: { topologySpread } }),
        aPod({ ...web, name: 'b', spec: { topologySpread, tolerations } }),
      ],
    });
    expect([groups.length, items.length]).toEqual([1, 1]);
  });

  it('count neither pods that have ended or are ending nor those that wait in this very plan', () => {
    const waiting = spreading(aSpread());
    const here = [
      aBoundPod('a', { ...web, name: 'runs' }),
      aBoundPod('a', { ...web, name: 'done', phase: 'Succeeded' }),
      aBoundPod('a', { ...web, name: 'leaves', deletionAtMs: 1 }),
      { ...waiting, nodeName: 'a' },
    ];
    const { groups } = problemOf({
      pods: [waiting],
      nodes: [inZone('a', 'us-east-1a', { pods: here })],
      cluster: aClusterState({ pods: here, nodes: [aNode({ name: 'a' })] }),
    });
    expect([...(groups[0]?.counts ?? [])]).toEqual([1, 0, 0]);
  });

  it('count in a spread only nodes that have the labels of all its hard constraints', () => {
    const racked = (name: string, labels: Record<string, string>) =>
      aPlanningNode({
        name,
        labels: { [LABEL.zone]: 'us-east-1a', ...labels },
        pods: [aBoundPod(name, { ...web, name: `on-${name}` })],
      });
    const { groups } = problemOf({
      pods: [spreading(aSpread(), aSpread({ topologyKey: 'rack' }))],
      nodes: [racked('a', { rack: 'r1' }), racked('b', {})],
    });
    expect(groups.map(({ counts }) => counts[0])).toEqual([1, 1]);
  });
});

describe('pods on a node whose instance is not there yet', () => {
  const onItsWay = (pod: ReturnType<typeof aPod>, labels: Record<string, string> = {}) =>
    aPlanningNode({ name: 'claim', inFlight: true, labels, pods: [pod] });
  const guard = aPod({
    name: 'guard',
    spec: { affinity: anAffinity({ podAntiRequired: [near(LABEL.zone)] }) },
  });
  const counts = (overrides: Partial<ProvisioningInput>) =>
    problemOf(overrides).groups.map((group) => [group.kind, ...group.counts]);

  it('repel in every zone it may come up in, and in the one it has', () => {
    const pending = aPod(web);
    expect(counts({ pods: [pending], nodes: [onItsWay(guard)] })).toEqual([['apart-inverse', 1, 1, 1]]);
    const settled = onItsWay(guard, { [LABEL.zone]: 'us-east-1b' });
    expect(counts({ pods: [pending], nodes: [settled] })).toEqual([['apart-inverse', 0, 1, 0]]);
    const alone = aPod({ spec: { affinity: anAffinity({ podAntiRequired: [near(LABEL.zone)] }) } });
    const groups = counts({ pods: [alone], nodes: [onItsWay(aPod({ ...web, name: 'web' }))] });
    expect(groups).toEqual([
      ['apart', 1, 1, 1],
      ['apart-inverse', 0, 0, 0],
    ]);
  });

  it('repel nowhere by a label that no instance brings, and attract in no zone', () => {
    const racked = { spec: { affinity: anAffinity({ podAntiRequired: [near('rack')] }) } };
    const pool = aNodePool({ template: { labels: { rack: 'r1' } } });
    const node = onItsWay(aPod({ ...racked, name: 'guard' }));
    expect(counts({ pods: [aPod(web)], nodes: [node], nodePools: [pool] })).toEqual([['apart-inverse', 0]]);
    const spread = counts({ pods: [spreading(aSpread())], nodes: [onItsWay(aPod({ ...web, name: 'w' }))] });
    expect(spread).toEqual([['spread', 0, 0, 0]]);
  });

  it('are company that a pod with affinity waits for rather than starting elsewhere', () => {
    const seeking = aPod({
      ...web,
      spec: { affinity: anAffinity({ podRequired: [near(LABEL.zone)] }) },
    });
    const counted = (nodes: ProvisioningInput['nodes']) =>
      problemOf({ pods: [seeking], nodes }).items[0]?.counted;
    expect(counted([])).toEqual([0]);
    expect(counted([onItsWay(aPod({ ...web, name: 'first' }))])).toEqual([]);
  });
});

describe('domains of a topology', () => {
  it('are what pools could create and what existing nodes have', () => {
    const nodes = [inZone('a', 'us-east-1f')];
    expect(eligibleOf({ pods: [spreading(aSpread())], nodes })).toEqual([0, 1, 2, 3]);
  });

  it('include those of nodes that take no pods, until they leave', () => {
    const cordoned = aNode({ name: 'c', labels: { [LABEL.zone]: 'us-east-1f' }, unschedulable: true });
    const domains = (node: ReturnType<typeof aNode>) =>
      eligibleOf({ pods: [spreading(aSpread())], cluster: aClusterState({ nodes: [node] }) });
    expect(domains(cordoned)).toEqual([0, 1, 2, 3]);
    expect(domains({ ...cordoned, deletionAtMs: 1 })).toEqual([0, 1, 2]);
  });

  it('are those of any label a pool has: its own, capacity type, architecture', () => {
    const types = [
      anInstanceType({ offerings: someOfferings(1, ['spot', 'on-demand']) }),
      anInstanceType({ name: 'm7g.xlarge', labels: { [LABEL.arch]: 'arm64' } }),
    ];
    const requirements = [{ key: 'team', operator: 'In' as const, values: ['blue', 'red', 'green'] }];
    const sizes = (topologyKey: string) =>
      eligibleOf({
        pods: [spreading(aSpread({ topologyKey }))],
        nodePools: [aNodePool({ template: { requirements } })],
        instanceTypes: { default: types },
      }).length;
    expect([sizes('team'), sizes(LABEL.capacityType), sizes(LABEL.arch)]).toEqual([3, 2, 2]);
    expect(sizes('rack-nobody-has')).toBe(0);
  });

  it('are only those behind taints that the pod tolerates, where taints are to be honoured', () => {
    const pool = (name: string, zone: string, taints: { key: string; effect: 'NoSchedule' }[]) =>
      aNodePool({
        name,
        template: { taints, requirements: [{ key: LABEL.zone, operator: 'In', values: [zone] }] },
      });
    const input = {
      nodePools: [
        pool('open', 'us-east-1a', []),
        pool('gpu', 'us-east-1b', [{ key: 'gpu', effect: 'NoSchedule' }]),
      ],
      instanceTypes: { open: [anInstanceType()], gpu: [anInstanceType()] },
    };
    const domains = (nodeTaintsPolicy: 'Honor' | 'Ignore') =>
      eligibleOf({ ...input, pods: [spreading(aSpread({ nodeTaintsPolicy }))] });
    expect([domains('Ignore'), domains('Honor')]).toEqual([[0, 1], [0]]);
  });
});

describe('required pod affinity', () => {
  const wanting = (...podRequired: ReturnType<typeof near>[]) =>
    aPod({ labels: { app: 'web', tier: 'front' }, spec: { affinity: anAffinity({ podRequired }) } });
  const both = [near(LABEL.zone), near(LABEL.hostname, { tier: 'front' })];

  it('counts as company only pods that meet all its terms', () => {
    const company = [
      aBoundPod('a', { ...web, name: 'half' }),
      aBoundPod('a', { name: 'whole', labels: { app: 'web', tier: 'front' } }),
    ];
    const { groups } = problemOf({
      pods: [wanting(...both)],
      nodes: [inZone('a', 'us-east-1a', { pods: company })],
    });
    expect(groups.map(({ counts, binCounts }) => counts[0] ?? binCounts[0])).toEqual([1, 1]);
  });

  it('may start a group only where there is no company at all, not even on nodes that take no pods', () => {
    const started = (overrides: Partial<ProvisioningInput>) =>
      problemOf({ pods: [wanting(near(LABEL.hostname))], ...overrides }).items[0]?.counted;
    const resident = aBoundPod('c', { ...web, name: 'resident' });
    const cordoned = aNode({ name: 'c', unschedulable: true });
    expect(started({})).toEqual([0]);
    expect(started({ cluster: aClusterState({ nodes: [cordoned], pods: [resident] }) })).toEqual([]);
  });
});

describe('places', () => {
  it('are shared by all pods that ask for the same, whatever their size', () => {
    const nodeSelector = { [LABEL.zone]: 'us-east-1a' };
    const { items } = problemOf({
      pods: [100, 200, 300].map((cpuMillicores) =>
        aPod({ name: `p${cpuMillicores}`, cpuMillicores, spec: { nodeSelector } }),
      ),
    });
    expect(items).toHaveLength(3);
    expect(new Set(items.map(({ levels }) => levels[0]?.alternatives[0]?.offerings)).size).toBe(1);
  });

  it('of a pod that names its host are no new nodes', () => {
    const { items } = problemOf({
      pods: [aPod({ spec: { nodeSelector: { [LABEL.hostname]: 'a' } } })],
      nodes: [aPlanningNode({ name: 'b' }), aPlanningNode({ name: 'a' })],
    });
    const places = items[0]?.levels[0]?.alternatives[0];
    expect(places && [positionsOf(places.offerings), positionsOf(places.bins)]).toEqual([[], [1]]);
  });

  it('leave preferences out of account where the policy says so', () => {
    const affinity = anAffinity({ podAntiPreferred: [{ weight: 1, term: near(LABEL.hostname) }] });
    const levels = (preferencePolicy: 'Respect' | 'Ignore') =>
      problemOf({ preferencePolicy, pods: pods(2, 'p', { spec: { affinity } }) }).items[0]?.levels.length;
    expect([levels('Respect'), levels('Ignore')]).toEqual([2, 1]);
  });
});
