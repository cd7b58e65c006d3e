import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import type { InstanceType } from '../../../lib/model/offering.ts';
import type { Pod, PodSpec } from '../../../lib/model/pod.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import { DEFAULT_SOLVER_SETTINGS } from '../../../lib/model/solver-settings.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { ConstraintKind } from '../../../lib/planning/price-constraints/relaxation.ts';
import {
  type ConstraintPrice,
  type ConstraintPrices,
  priceConstraints,
  type SolveInput,
} from '../../../lib/planning/price-constraints.ts';
import type { ProvisioningInput, ProvisioningPlan } from '../../../lib/planning/types.ts';
import {
  aNodePool,
  anAffinity,
  anInstanceType,
  aProvisioningInput,
  aSpread,
  matching,
  pods,
  someOfferings,
  ZONES,
} from '../../support/builders.ts';

const FAMILY = 'karpenter.k8s.aws/instance-family';
const CPU = 'karpenter.k8s.aws/instance-cpu';

const solveInput: SolveInput = (input) => planProvisioning(input);

function pricesOf(overrides: Partial<ProvisioningInput>, most = 10): ConstraintPrices {
  const input = aProvisioningInput(overrides);
  return priceConstraints(input, solveInput(input), solveInput, { most });
}

const priceOf = ({ prices }: ConstraintPrices, kind: ConstraintKind): ConstraintPrice | undefined =>
  prices.find(({ constraint }) => constraint.kind === kind);

/** Pods of Deployment `name`, one core each. */
const deployment = (name: string, count: number, spec: Partial<PodSpec> = {}): Pod[] =>
  pods(count, name, {
    labels: { app: name, 'pod-template-hash': '7d9f' },
    owner: { kind: 'ReplicaSet', name: `${name}-7d9f`, uid: `uid-${name}` },
    cpuMillicores: 1000,
    spec,
  });

const term = (app: string, topologyKey: string) => ({
  topologyKey,
  labelSelector: matching({ app }),
  namespaces: [],
  matchLabelKeys: [],
  mismatchLabelKeys: [],
});

const poolWith = (...requirements: Requirement[]) => [aNodePool({ template: { requirements } })];
const is = (key: string, operator: Requirement['operator'], ...values: string[]): Requirement => ({
  key,
  operator,
  values,
});

/** Four cores for $0.20 an hour, unless said otherwise. */
const types = (...more: InstanceType[]) => ({ default: [anInstanceType(), ...more] });

describe('pricing what pods ask for', () => {
  it('finds that a spread over three zones costs two nodes', () => {
    const spec = { topologySpread: [aSpread({ labelSelector: matching({ app: 'checkout' }) })] };
    const result = pricesOf({ pods: deployment('checkout', 3, spec) });
    expect(result.prices).toEqual([
      {
        constraint: {
          kind: 'topologySpread',
          object: 'Deployment default/checkout',
          detail: 'maxSkew 1 by zone',
        },
        savesPerHour: { atLeast: 400_000, atMost: 400_000 },
        pods: { before: 0, after: 0 },
      },
    ]);
  });

  it('finds that anti-affinity on hosts costs every node but one', () => {
    const affinity = anAffinity({ podAntiRequired: [term('db', LABEL.hostname)] });
    const price = priceOf(pricesOf({ pods: deployment('db', 4, { affinity }) }), 'podAntiAffinity');
    expect(price).toMatchObject({
      constraint: { detail: 'anti-affinity by hostname' },
      savesPerHour: { atLeast: 600_000, atMost: 600_000 },
    });
  });

  it('finds that affinity to a pod in a dear zone costs the difference between zones', () => {
    // Zone c costs $0.50; everybody has to be with the pod that lives there.
    const offerings = [
      ...someOfferings(200_000, ['on-demand'], [ZONES[0]]),
      ...someOfferings(500_000, ['on-demand'], [ZONES[2]]),
    ];
    const result = pricesOf({
      pods: [
        ...deployment('leader', 4, { nodeSelector: { [LABEL.zone]: ZONES[2].zone } }),
        ...deployment('reader', 4, {
          affinity: anAffinity({ podRequired: [term('leader', LABEL.zone)] }),
        }),
      ],
      instanceTypes: { default: [anInstanceType({ offerings })] },
    });
    // Bounds do not see the affinity, so that it is proven only that it costs no more than this.
    expect(priceOf(result, 'podAffinity')?.savesPerHour).toEqual({ atLeast: 0, atMost: 300_000 });
    expect(priceOf(result, 'nodeSelection')).toMatchObject({
      constraint: { object: 'Deployment default/leader', detail: 'zone In [us-east-1c]' },
      savesPerHour: { atLeast: 0, atMost: 600_000 },
    });
  });

  it('takes a label key out of selector and required terms alike', () => {
    const nodeRequired = [{ matchFields: [], matchExpressions: [is(FAMILY, 'In', 'x8g')] }];
    const dear = anInstanceType({ name: 'x8g.xlarge', offerings: someOfferings(900_000) });
    const spec = { affinity: anAffinity({ nodeRequired }), nodeSelector: { [FAMILY]: 'x8g' } };
    const result = pricesOf({ pods: deployment('web', 2, spec), instanceTypes: types(dear) });
    expect(priceOf(result, 'nodeSelection')).toMatchObject({
      constraint: { detail: 'instance-family In [x8g]' },
      savesPerHour: { atLeast: 700_000, atMost: 700_000 },
    });
  });

  it('finds what a host port costs', () => {
    const spec = { hostPorts: [{ port: 80, protocol: 'TCP' as const, hostIp: '' }] };
    const price = priceOf(pricesOf({ pods: deployment('edge', 3, spec) }), 'hostPorts');
    expect(price).toMatchObject({ constraint: { detail: 'host port 80' } });
    expect(price?.savesPerHour?.atMost).toBe(400_000);
  });

  it('finds what all preferences of a workload cost together', () => {
    const preference = { matchFields: [], matchExpressions: [is(FAMILY, 'In', 'x8g')] };
    const dear = anInstanceType({ name: 'x8g.xlarge', offerings: someOfferings(900_000) });
    const spec = { affinity: anAffinity({ nodePreferred: [{ weight: 1, preference }] }) };
    const input = { pods: deployment('web', 2, spec), instanceTypes: types(dear) };
    expect(priceOf(pricesOf(input), 'preferences')).toMatchObject({
      constraint: { object: 'Deployment default/web', detail: 'the preferences' },
      savesPerHour: { atLeast: 0, atMost: 700_000 },
    });
    expect(pricesOf({ ...input, preferencePolicy: 'Ignore' }).prices).toEqual([]);
  });

  it('takes pods without an owner together by their labels', () => {
    const spec = { topologySpread: [aSpread({ labelSelector: matching({ app: 'job' }) })] };
    const result = pricesOf({ pods: pods(3, 'job', { labels: { app: 'job' }, spec }) });
    expect(result.prices.map(({ constraint }) => constraint.object)).toEqual([
      'Pod default/job-0 and 2 more',
    ]);
  });
});

describe('pricing what NodePools ask for', () => {
  const r8g = anInstanceType({ name: 'r8g.xlarge', offerings: someOfferings(150_000) });
  const r7g = anInstanceType({ name: 'r7g.xlarge', offerings: someOfferings(180_000) });
  const t3 = anInstanceType({ name: 't3.xlarge', burstable: true, offerings: someOfferings(10_000) });

  it('finds what allowing one more family would save, but for burstable ones', () => {
    const { prices } = pricesOf({
      pods: deployment('web', 4),
      nodePools: poolWith(is(FAMILY, 'In', 'm7i')),
      instanceTypes: types(r8g, r7g, t3),
    });
    expect(prices.map(({ constraint, savesPerHour }) => [constraint.detail, savesPerHour])).toEqual([
      ['instance-family In [m7i]', { atLeast: 50_000, atMost: 50_000 }],
      ['instance-family r8g', { atLeast: 50_000, atMost: 50_000 }],
      ['instance-family r7g', { atLeast: 20_000, atMost: 20_000 }],
    ]);
  });

  it('finds what an excluded value costs', () => {
    const result = pricesOf({
      pods: deployment('web', 4),
      nodePools: poolWith(is(FAMILY, 'NotIn', 'r8g')),
      instanceTypes: types(r8g),
    });
    expect(result.prices).toMatchObject([
      { constraint: { kind: 'value', detail: 'instance-family r8g' }, savesPerHour: { atLeast: 50_000 } },
    ]);
  });

  it('finds what a bound on the size of nodes costs', () => {
    const large = anInstanceType({ name: 'm7i.2xlarge', cores: 8, offerings: someOfferings(300_000) });
    const result = pricesOf({
      pods: deployment('web', 8),
      nodePools: poolWith(is(CPU, 'Lt', '8')),
      instanceTypes: types(large),
    });
    expect(priceOf(result, 'requirement')).toMatchObject({
      constraint: { object: 'NodePool default', detail: 'instance-cpu Lt [8]' },
      savesPerHour: { atLeast: 100_000, atMost: 100_000 },
    });
  });

  it('finds what allowing spot would save', () => {
    const offerings = someOfferings(200_000, ['spot', 'on-demand']);
    const result = pricesOf({
      pods: deployment('web', 4),
      nodePools: poolWith(is(LABEL.capacityType, 'In', 'on-demand')),
      instanceTypes: { default: [anInstanceType({ offerings })] },
    });
    expect(result.prices).toMatchObject([
      { constraint: { kind: 'value', detail: 'capacity-type spot' }, savesPerHour: { atLeast: 120_000 } },
    ]);
  });

  it('says how many pods a limit leaves without a place, and no price', () => {
    const result = pricesOf({
      pods: deployment('web', 8),
      nodePools: [aNodePool({ limits: { cpu: 4000 } })],
    });
    expect(result.prices).toEqual([
      {
        constraint: { kind: 'limit', object: 'NodePool default', detail: 'the limit cpu 4' },
        pods: { before: 4, after: 0 },
      },
    ]);
  });

  it('claims no place for a pod by a constraint that does not bind it, nor by luck', () => {
    // The pool of arm nodes is full; the other one keeps its nodes for those who tolerate its taint.
    const other = aNodePool({
      name: 'other',
      weight: 1,
      limits: { cpu: 64_000 },
      template: { taints: [{ key: 'team', value: 'x', effect: 'NoSchedule' }] },
    });
    const input = aProvisioningInput({
      pods: deployment('web', 8),
      nodePools: [aNodePool({ limits: { cpu: 4000 } }), other],
      instanceTypes: { ...types(), other: [anInstanceType()] },
    });
    const plan = solveInput(input);
    // A planner which finds room for one pod more than the plan did, whatever is given up.
    const lucky: SolveInput = (one) => {
      const found = solveInput(one);
      return { ...found, unschedulable: found.unschedulable.slice(1) };
    };
    const won = priceConstraints(input, plan, lucky, { most: 10 }).prices.filter(
      ({ pods: { before, after } }) => after < before,
    );
    expect(won.map(({ constraint }) => constraint.detail).sort()).toEqual([
      'the limit cpu 4',
      'the taint team=x:NoSchedule',
    ]);
  });

  it('counts pods from the plan that leaves out the fewest', () => {
    const input = aProvisioningInput({
      pods: deployment('web', 8),
      nodePools: [aNodePool({ limits: { cpu: 4000 } })],
      instanceTypes: types(),
      solver: DEFAULT_SOLVER_SETTINGS,
    });
    const plan = solveInput(input);
    const limited = ({ nodePools }: ProvisioningInput) => nodePools.some(({ limits }) => limits['cpu']);
    // Without the settings it places none, as a search may that is cut short.
    const poor: SolveInput = (one) =>
      limited(one)
        ? {
            ...solveInput(one),
            nodes: [],
            unschedulable: one.pods.map((pod) => ({ pod, reasons: [] })),
          }
        : solveInput(one);
    expect(priceOf(priceConstraints(input, plan, poor, { most: 10 }), 'limit')?.pods).toEqual({
      before: 4,
      after: 0,
    });
  });

  it('finds what minValues cost', () => {
    // Without a second family on every node, one large node would do for all four pods.
    const small = anInstanceType({ name: 'c7i.large', cores: 2, offerings: someOfferings(150_000) });
    const result = pricesOf({
      pods: deployment('web', 4),
      nodePools: poolWith({ ...is(FAMILY, 'Exists'), minValues: 2 }),
      instanceTypes: types(small),
    });
    expect(result.prices).toMatchObject([
      {
        constraint: { kind: 'minValues', detail: 'minValues 2 of instance-family' },
        savesPerHour: { atLeast: 0, atMost: 100_000 },
      },
    ]);
  });

  it('finds what a taint costs whom it keeps out', () => {
    const tainted = aNodePool({
      name: 'cheap',
      template: { taints: [{ key: 'team', value: 'x', effect: 'NoSchedule' }] },
    });
    const result = pricesOf({
      pods: deployment('web', 4),
      nodePools: [aNodePool(), tainted],
      instanceTypes: { ...types(), cheap: [r8g] },
    });
    expect(priceOf(result, 'taint')).toMatchObject({
      constraint: { object: 'NodePool cheap', detail: 'the taint team=x:NoSchedule' },
      savesPerHour: { atLeast: 0, atMost: 50_000 },
    });
  });

  it('finds what the order of NodePools costs', () => {
    const result = pricesOf({
      pods: deployment('web', 4),
      nodePools: [aNodePool({ weight: 10 }), aNodePool({ name: 'cheap' })],
      instanceTypes: { ...types(), cheap: [r8g] },
    });
    expect(result.prices).toMatchObject([
      {
        constraint: { kind: 'weight', object: 'NodePool cheap' },
        savesPerHour: { atLeast: 50_000, atMost: 50_000 },
      },
    ]);
  });
});

describe('pricing the settings', () => {
  const input = aProvisioningInput({
    pods: deployment('web', 4),
    instanceTypes: types(
      anInstanceType({ name: 'm7i.16xlarge', cores: 64, offerings: someOfferings(3_200_000) }),
    ),
    solver: DEFAULT_SOLVER_SETTINGS,
  });
  const greedy: SolveInput = (one) =>
    planProvisioning({ ...one, solver: { ...one.solver, solver: 'greedy' } });
  /** A planner that pays $0.30 as long as it keeps to the cap. */
  const capped: SolveInput = (one): ProvisioningPlan => {
    const found = greedy(one);
    return one.solver.objective.nodeSize.share > 0 ? { ...found, priceMicroUsdPerHour: 300_000 } : found;
  };

  it('finds what the plan pays for the cap on node sizes', () => {
    const { prices } = priceConstraints(input, capped(input), capped, { most: 10 });
    expect(prices[0]).toEqual({
      constraint: { kind: 'setting', object: '', detail: 'the 32 vCPU cap' },
      savesPerHour: { atLeast: 100_000, atMost: 100_000 },
      pods: { before: 0, after: 0 },
    });
  });

  it('believes what the solver proves about plans that keep as many preferences', () => {
    const preference = { matchFields: [], matchExpressions: [is(FAMILY, 'In', 'x8g')] };
    const spec = { affinity: anAffinity({ nodePreferred: [{ weight: 1, preference }] }) };
    const dear = anInstanceType({ name: 'x8g.xlarge', offerings: someOfferings(900_000) });
    const { prices } = priceConstraints(
      { ...input, pods: deployment('web', 2, spec), instanceTypes: types(dear) },
      planProvisioning({ ...input, pods: deployment('web', 2, spec), instanceTypes: types(dear) }),
      solveInput,
      { most: 10 },
    );
    expect(prices.map(({ constraint }) => constraint.kind)).toEqual(['preferences']);
  });

  it('solves for none that weighs on nothing here', () => {
    // On-demand nodes of four cores and too many pods for room to count: only the fee per node is felt.
    const many = { ...input, pods: deployment('web', 24), instanceTypes: types() };
    const dearer: SolveInput = (one) => ({ ...greedy(one), priceMicroUsdPerHour: 9_000_000 });
    const result = priceConstraints(many, dearer(many), dearer, { most: 10 });
    expect(result.prices.map(({ constraint }) => constraint.detail)).toEqual(['the fee per node']);
    expect(result.free).toBe(3);
  });

  it("has none where Karpenter's algorithm plans", () => {
    const plain = { ...input, solver: { ...input.solver, solver: 'greedy' as const } };
    expect(priceConstraints(plain, greedy(plain), greedy, { most: 10 }).prices).toEqual([]);
  });
});

describe('choosing what is solved for', () => {
  const dear = (app: string) => deployment(app, 4, { nodeSelector: { [FAMILY]: 'x8g' } });
  const overrides = {
    pods: [...dear('a'), ...dear('b')],
    instanceTypes: types(anInstanceType({ name: 'x8g.xlarge', offerings: someOfferings(900_000) })),
  };

  it('solves for no more than it may and says how many it leaves', () => {
    let solved = 0;
    const input = aProvisioningInput(overrides);
    const counting: SolveInput = (one) => {
      solved += 1;
      return planProvisioning(one);
    };
    const result = priceConstraints(input, planProvisioning(input), counting, { most: 1 });
    expect(solved).toBe(1);
    expect(result.prices).toHaveLength(1);
    expect(result.notTried).toBe(1);
  });

  it('ends when it is told to', () => {
    const input = aProvisioningInput(overrides);
    const result = priceConstraints(input, planProvisioning(input), solveInput, {
      most: 10,
      shouldStop: () => true,
    });
    expect(result).toEqual({ prices: [], free: 0, notTried: 2 });
  });

  it('counts what provably costs nothing and does not solve for it', () => {
    const result = pricesOf({
      pods: deployment('web', 4),
      nodePools: [aNodePool({ limits: { cpu: 4000 } })],
    });
    expect(result).toEqual({ prices: [], free: 1, notTried: 0 });
  });

  it('gives the same answer whatever order pods come in', () => {
    const { pods: inOrder } = overrides;
    expect(pricesOf({ ...overrides, pods: [...inOrder].reverse() })).toEqual(pricesOf(overrides));
  });
});
