import { describe, expect, it } from 'vitest';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import { expectedPlans, hasSharedData, inputOf } from '../../support/shared-data.ts';

const plans = hasSharedData ? expectedPlans() : [];
// Karpenter itself answers these differently from run to run: they have spread and affinity.
const random = (workload: string): boolean => workload.startsWith('mix-');

describe.skipIf(!hasSharedData)("planning on an empty cluster, compared with Karpenter's own plans", () => {
  it.each(plans.filter(({ workload }) => !random(workload)))(
    'costs the same with the same number of nodes: $workload on $pool',
    (expected) => {
      const plan = planProvisioning(inputOf(expected));
      expect(plan.unschedulable).toEqual([]);
      expect({
        costPerHour: (plan.priceMicroUsdPerHour / 1e6).toFixed(4),
        nodes: plan.nodes.length,
      }).toEqual({ costPerHour: expected.costPerHour.toFixed(4), nodes: expected.nodes });
    },
  );

  it.each(plans.filter(({ workload }) => random(workload)))(
    'opens as many nodes, and costs within 10 % where Karpenter itself is random: $workload on $pool',
    (expected) => {
      const plan = planProvisioning(inputOf(expected));
      expect(plan.unschedulable).toEqual([]);
      expect(plan.nodes).toHaveLength(expected.nodes);
      const ratio = plan.priceMicroUsdPerHour / 1e6 / expected.costPerHour;
      expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    },
  );
});
