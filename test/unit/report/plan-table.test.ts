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
  notes: [],
  ...overrides,
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
    const [plain, accelerated] = planDocument(aPlan({ nodes: [aPlannedNode(), gpu] })).nodes;
    expect(plain?.requests).toEqual({ cpu: '1', memory: '2Gi' });
    expect(plain?.allocatable).toEqual({ cpu: '1930m', memory: '7Gi', pods: '29' });
    expect(accelerated?.requests).toEqual({ cpu: '500m', memory: '1Gi', 'nvidia.com/gpu': '1' });
    expect(accelerated?.allocatable).toMatchObject({ 'nvidia.com/gpu': '1' });
  });

  it('names each type once, best first', () => {
    expect(planDocument(aPlan({ nodes: [aPlannedNode()] })).nodes[0]?.instanceTypes).toEqual([
      'm7i.large',
      'm6i.large',
    ]);
  });
});
