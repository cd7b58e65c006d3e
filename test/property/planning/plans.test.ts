import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import { planProblems } from '../../support/object-checker.ts';
import { provisioningInputs, reordered } from '../../support/planning-inputs.ts';

describe('plans for generated workloads', () => {
  it('can be carried out: every pod is acceptable on every alternative of its node, and the packing breaks no rule', () => {
    void fc.assert(
      fc.property(provisioningInputs, (input) => {
        // A packing that breaks a rule of the problem is thrown out as `InvalidPlan`.
        expect(planProblems(input, planProvisioning(input))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('are the same when lists without a meaning of their order come in another one', () => {
    void fc.assert(
      fc.property(provisioningInputs, fc.nat({ max: 100 }), (input, by) => {
        expect(planProvisioning(reordered(input, by))).toEqual(planProvisioning(input));
      }),
      { numRuns: 150 },
    );
  });
});
