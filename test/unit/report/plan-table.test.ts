import { describe, expect, it } from 'vitest';
import type { PlannedNode, ProvisioningPlan } from '../../../lib/planning/types.ts';
import { planDocument } from '../../../lib/report/plan-json.ts';
import { planLines } from '../../../lib/report/plan-table.ts';
import { aNodePool, aPod, GIB, pods } from '../../support/builders.ts';
import { aReport } from '../../support/reports.ts';

function aPlannedNode(overrides: Partial<PlannedNode> = {}): PlannedNode {
  const offering = { instanceType: 'm7i.large', zone: 'us-east-1a', capacityType: 'spot' as const };
  return {
    ...offering,
    nodePool: aNodePool({ name: 'general' }),
    priceMicroUsdPerHour: 40_000,
    offerings: [
      { ...offering, priceMicroUsdPerHour: 40_000 },
      { ...offering, zone: 'us-east-1b', priceMicroUsdPerHour: 40_000 },
      { ...offering, instanceType: 'm6i.large', priceMicroUsdPerHour: 41_000 },
    ],
    labels: {},
    pods: pods(2, 'web'),
    requests: { cpu: 1000, memory: 2 * GIB, pods: 2, 'nvidia.com/gpu': 0 },
    daemonSetRequests: {},
    slotlessDaemonSetRequests: {},
    allocatable: { cpu: 1930, memory: 7 * GIB, pods: 29, 'ephemeral-storage': 17 * GIB },
    minAllocatable: {},
    maxCapacity: {},
    ...overrides,
  };
}

const aPlan = (overrides: Partial<ProvisioningPlan> = {}): ProvisioningPlan => ({
  nodes: [],
  existing: [],
  unschedulable: [],
  priceMicroUsdPerHour: 0,
  solver: aReport(),
  placedMore: 0,
  notes: [],
  ...overrides,
});

const RUN = { seed: 1, milliseconds: 12 };

const OPTIMAL = aReport({
  solver: 'optimal',
  pricePerHour: 12_310_000,
  lowerBoundPerHour: 12_270_000,
  baselinePerHour: 14_020_000,
  winner: 'wide',
  iterations: 1_234,
  terms: [
    { name: 'nodeFee', perHour: 19_726 },
    { name: 'nodeSize', perHour: 0 },
    { name: 'headroom', perHour: -1_500 },
  ],
  decidedFirst: [{ what: 'domains', pods: 120, atMostPerHour: 30_000 }],
});

const texts = (plan: ProvisioningPlan, notes: readonly string[] = []): string[] =>
  planLines(plan, notes).map(({ text }) => text);

describe('the plan as a table', () => {
  it('has a row per new node, the existing nodes, and the sum', () => {
    const plan = aPlan({
      nodes: [aPlannedNode(), aPlannedNode({ nodePool: aNodePool({ name: 'other' }) }), aPlannedNode()],
      existing: [{ node: 'node-a', pods: pods(1, 'old') }],
      priceMicroUsdPerHour: 120_000,
    });
    expect(texts(plan, ['mind the gap'])).toEqual([
      'NAME        TYPE        CAPACITY   ZONE         PODS   CPU   MEMORY   PRICE/H   ALTERNATIVES',
      'general-1   m7i.large   spot       us-east-1a   2      51%   28%      $0.0400   1',
      'other-1     m7i.large   spot       us-east-1a   2      51%   28%      $0.0400   1',
      'general-2   m7i.large   spot       us-east-1a   2      51%   28%      $0.0400   1',
      '',
      'EXISTING NODE   PODS',
      'node-a          1',
      '',
      '1 pod on 1 existing node, 6 pods on 3 new nodes for $0.1200/h.',
      '',
      'note: mind the gap',
    ]);
  });

  it('says below the sum how good it is and how it was found', () => {
    const plan = aPlan({ nodes: [aPlannedNode()], priceMicroUsdPerHour: 12_310_000, solver: OPTIMAL });
    expect(texts(plan).slice(3)).toEqual([
      '2 pods on 1 new node for $12.3100/h.',
      "$12.31/h, within 0.4 % of the cheapest possible; Karpenter's algorithm: $14.02/h",
      '  found by wide; 1 234 iterations',
      '  beside the price: nodeFee $0.0197/h, headroom -$0.0015/h',
      '  decided before packing: domains of 120 pods, which costs at most $0.0300/h',
    ]);
  });

  it('lists pods without a place by reason', () => {
    const unschedulable = [
      ...pods(7, 'web').map((pod) => ({ pod, reasons: ['NodePool general: too small'] })),
      { pod: aPod({ name: 'odd' }), reasons: ['NodePool general: no such zone'] },
    ];
    expect(texts(aPlan({ unschedulable }))).toEqual([
      'No pod has a place.',
      '',
      '8 pods have no place:',
      '  default/web-0, default/web-1, default/web-2, default/web-3, default/web-4 and 2 more',
      '    NodePool general: too small',
      '  default/odd',
      '    NodePool general: no such zone',
    ]);
  });

  it('says that nothing is needed when nothing is', () => {
    expect(texts(aPlan())).toEqual(['No pod needs a place: nothing to add.']);
  });
});

describe('the plan as a document', () => {
  it('shows cpu and memory, and further resources only where pods ask for them', () => {
    const gpu = aPlannedNode({
      requests: { cpu: 500, memory: GIB, pods: 1, 'nvidia.com/gpu': 1 },
      allocatable: { cpu: 3920, memory: 14 * GIB, pods: 58, 'nvidia.com/gpu': 1 },
    });
    const [plain, accelerated] = planDocument(aPlan({ nodes: [aPlannedNode(), gpu] }), RUN).nodes;
    expect(plain?.requests).toEqual({ cpu: '1', memory: '2Gi' });
    expect(plain?.allocatable).toEqual({ cpu: '1930m', memory: '7Gi', pods: '29' });
    expect(accelerated?.requests).toEqual({ cpu: '500m', memory: '1Gi', 'nvidia.com/gpu': '1' });
    expect(accelerated?.allocatable).toMatchObject({ 'nvidia.com/gpu': '1' });
  });

  it('names each type once, best first', () => {
    expect(planDocument(aPlan({ nodes: [aPlannedNode()] }), RUN).nodes[0]?.instanceTypes).toEqual([
      'm7i.large',
      'm6i.large',
    ]);
  });

  it('has bound, baseline and search, in dollars', () => {
    const plan = aPlan({
      priceMicroUsdPerHour: 12_310_000,
      solver: { ...OPTIMAL, cut: 'stopped' },
      placedMore: 2,
    });
    expect(planDocument(plan, { seed: 7, milliseconds: 812 })).toMatchObject({
      cost: { perHour: 12.31, lowerBoundPerHour: 12.27, baselinePerHour: 14.02, baselineUnplacedMore: 2 },
      solver: {
        ...{ name: 'optimal', winner: 'wide', seed: 7, iterations: 1_234, milliseconds: 812, cut: 'stopped' },
        terms: [
          { name: 'nodeFee', perHour: 0.019726 },
          { name: 'nodeSize', perHour: 0 },
          { name: 'headroom', perHour: -0.0015 },
        ],
        decidedFirst: [{ what: 'domains', pods: 120, atMostPerHour: 0.03 }],
      },
    });
  });

  it('claims no bound and no cut where there is none', () => {
    const { cost, solver } = planDocument(aPlan(), RUN);
    expect(cost).toEqual({ perHour: 0, baselinePerHour: 0, baselineUnplacedMore: 0 });
    expect(solver).not.toHaveProperty('cut');
  });
});
