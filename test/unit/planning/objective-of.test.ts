import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { MONEY_ALONE_SETTINGS, type ObjectiveSettings } from '../../../lib/model/solver-settings.ts';
import { compile } from '../../../lib/planning/compile.ts';
import { headroomShare, objectiveOf } from '../../../lib/planning/objective-of.ts';
import { MONEY_ALONE } from '../../../lib/solver/index.ts';
import { anInstanceType, aProvisioningInput, GIB, GREEDY_SETTINGS, pods } from '../../support/builders.ts';

const FAMILY = 'karpenter.k8s.aws/instance-family';
const GENERATION = 'karpenter.k8s.aws/instance-generation';

const aType = (name: string, vcpu: number, priceMicroUsdPerHour: number) =>
  anInstanceType({
    name,
    labels: {
      [LABEL.instanceType]: name,
      [FAMILY]: name.split('.')[0] ?? '',
      [GENERATION]: name.slice(1, 2),
    },
    capacity: { cpu: vcpu * 1000, memory: 4 * vcpu * GIB, pods: 58 },
    allocatable: { cpu: vcpu * 1000, memory: 4 * vcpu * GIB, pods: 58 },
    offerings: [{ zone: 'us-east-1a', zoneId: 'use1-az1', capacityType: 'on-demand', priceMicroUsdPerHour }],
  });

/** Sorted by name: m4 of 32 vCPU, m5 of 64. */
const TYPES = [aType('m4.8xlarge', 32, 1_600_000), aType('m5.16xlarge', 64, 3_200_000)];

function objectiveWith(changes: Partial<ObjectiveSettings>, count = 1) {
  const objective = { ...MONEY_ALONE_SETTINGS, ...changes };
  const input = aProvisioningInput({
    pods: pods(count, 'web'),
    instanceTypes: { default: TYPES },
    solver: { ...GREEDY_SETTINGS, objective },
  });
  return objectiveOf(compile(input, input.pods));
}

const amountsOf = (objective: ReturnType<typeof objectiveWith>) =>
  objective.surcharges.map(({ name, perOffering }) => [name, [...perOffering]]);

describe('what plans are compared by', () => {
  it('is money alone when every term is zero', () => {
    expect(objectiveWith({})).toEqual(MONEY_ALONE);
  });

  it('has the same fee for every node', () => {
    const objective = objectiveWith({ nodeFeeMicroUsdPerHour: 2_192 });
    expect(amountsOf(objective)).toEqual([['nodeFee', [2_192, 2_192]]]);
  });

  it('has a share of the part of the price above the soft maximum', () => {
    const objective = objectiveWith({ nodeSize: { softMaxVcpu: 32, share: 0.05 } });
    expect(amountsOf(objective)).toEqual([['nodeSize', [0, 80_000]]]);
  });

  it('multiplies prices by the weights of family and generation', () => {
    const weights = { family: { m5: 1.5 }, generation: { 4: 1.25, 5: 2 } };
    expect(amountsOf(objectiveWith({ weights }))).toEqual([['performance', [400_000, 6_400_000]]]);
  });

  it('leaves flexibility as it is set, and out where it costs nothing', () => {
    const flexibility = { alternatives: 15, within: 0.1, share: 0.05 };
    expect(objectiveWith({ flexibility }).flexibility).toEqual(flexibility);
    expect(objectiveWith({ flexibility: { ...flexibility, share: 0 } })).toEqual(MONEY_ALONE);
  });

  it('values left-over room by the number of pods of the batch', () => {
    const headroom = { share: 0.9, fullPods: 5, untilPods: 20 };
    expect(objectiveWith({ headroom }, 3).headroomShare).toBe(0.9);
    expect(objectiveWith({ headroom }, 25).headroomShare).toBe(0);
  });
});

describe('the worth of left-over room', () => {
  it('is whole up to five pods, falls evenly, and is nothing from twenty on', () => {
    const headroom = { share: 0.9, fullPods: 5, untilPods: 20 };
    const shares = [0, 1, 5, 10, 19, 20, 1_000].map((count) => headroomShare(count, headroom));
    expect(shares.map((share) => Number(share.toFixed(3)))).toEqual([0.9, 0.9, 0.9, 0.6, 0.06, 0, 0]);
  });
});
