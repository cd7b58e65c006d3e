import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import type { PlannedNode } from '../../../lib/planning/types.ts';
import {
  aNodePool,
  anInstanceType,
  aPod,
  aProvisioningInput,
  someOfferings,
} from '../../support/builders.ts';

const FAMILY = 'karpenter.k8s.aws/instance-family';

/** Seventy cheap types of one family, then one dearer type of each other family, spot and on demand. */
const types = [
  ...Array.from({ length: 70 }, (_, index) => ['a1', 1000 + index] as const),
  ...['b1', 'c1', 'd1'].map((family, index) => [family, 5000 + index] as const),
].map(([family, price], index) =>
  anInstanceType({ name: `${family}.size${index}`, offerings: someOfferings(price, ['spot', 'on-demand']) }),
);

function plan(...requirements: Requirement[]) {
  const nodePools = [aNodePool({ template: { requirements } })];
  return planProvisioning(
    aProvisioningInput({ pods: [aPod()], nodePools, instanceTypes: { default: types } }),
  );
}
const atLeast = (key: string, minValues: number): Requirement => ({
  key,
  operator: 'Exists',
  values: [],
  minValues,
});
/** Types and families of the sixty types that a launch of one class would name. */
function launched(node: PlannedNode | undefined, capacityType: 'spot' | 'on-demand') {
  const own = node?.offerings.filter((offering) => offering.capacityType === capacityType) ?? [];
  const names = [...new Set(own.map(({ instanceType }) => instanceType))].slice(0, 60);
  return { types: names.length, families: new Set(names.map((name) => name.split('.')[0])).size };
}

describe('minValues', () => {
  it('hold among the sixty types of each launch, cheaper types giving way to those that bring a value', () => {
    const [node] = plan(atLeast(FAMILY, 3)).nodes;
    expect(launched(node, 'spot')).toEqual({ types: 60, families: 3 });
    expect(launched(node, 'on-demand')).toEqual({ types: 60, families: 3 });
    expect(node).toMatchObject({ instanceType: 'a1.size0', priceMicroUsdPerHour: 400 });
  });

  it('change nothing where a pool has none', () => {
    const [node] = plan().nodes;
    expect(launched(node, 'spot')).toEqual({ types: 60, families: 1 });
    expect(new Set(node?.offerings.map(({ instanceType }) => instanceType)).size).toBe(73);
  });

  it('may be about types and zones, several at once', () => {
    const [node] = plan(atLeast(LABEL.instanceType, 50), atLeast(LABEL.zone, 3), atLeast(FAMILY, 4)).nodes;
    expect(launched(node, 'spot')).toEqual({ types: 60, families: 4 });
    expect(new Set(node?.offerings.map(({ zone }) => zone)).size).toBe(3);
  });

  it('leave a pod without a place where the pool cannot keep them', () => {
    expect(plan(atLeast(FAMILY, 5)).nodes).toEqual([]);
  });
});
