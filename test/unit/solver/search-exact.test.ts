import { describe, expect, it } from 'vitest';
import { proveSmall } from '../../../lib/solver/exact/prove-small.ts';
import { greedy, MONEY_ALONE, verify } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { aProblem, type ProblemSpec } from '../../support/solver-builders.ts';

/** The proof for a problem whose best plan is the greedy's. */
function proofOf(spec: ProblemSpec, { iterations = 10_000, unplaced = 0 } = {}) {
  const problem = aProblem(spec);
  const decided = greedy(problem);
  expect(verify(problem, decided)).toEqual([]);
  const { prices } = fluidBound(problem);
  const model = modelOf(problem, decided, MONEY_ALONE, prices);
  const { start, count } = model.classes;
  const units = Int32Array.from({ length: count }, (_, c) => (start[c + 1] ?? 0) - (start[c] ?? 0));
  const money = decided.pricePerHour;
  const best = { runs: [], cost: money, unplaced };
  return { money, ...proveSmall(problem, model, units, best, money, 1, new Budget(iterations)) };
}

describe('the proof of small plans', () => {
  // The greedy opens one node of 20, although two of 10 are cheaper.
  const twoSizes: ProblemSpec = {
    shapes: [{ allocatable: [10] }, { allocatable: [20] }],
    offerings: [
      { shape: 0, price: 100 },
      { shape: 1, price: 250 },
    ],
    items: [{ requests: [5], count: 4 }],
  };

  it('finds the cheaper plan and that nothing is cheaper', () => {
    const { money, lowerBound, packing } = proofOf(twoSizes);
    expect(money).toBe(250);
    expect(lowerBound).toBe(200);
    expect(packing?.cost).toBe(200);
    expect(packing?.runs.map(({ times, counts }) => [times, ...counts])).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('proves what no sum of requests shows: that three large pods go on no two nodes', () => {
    const { lowerBound, packing, money } = proofOf({ items: [{ requests: [6], count: 3 }] });
    expect(lowerBound).toBe(300);
    expect(lowerBound).toBe(money);
    expect(packing).toBeUndefined();
  });

  it('sees that pods with little of one resource leave it unused', () => {
    const { lowerBound } = proofOf({
      resources: 2,
      shapes: [{ allocatable: [10, 10] }],
      items: [{ requests: [1, 2], count: 20 }],
    });
    expect(lowerBound).toBe(400);
  });

  it('ends at the price of a cheaper set of nodes on which only a rule forbids the pods', () => {
    const { lowerBound, packing, money } = proofOf({
      groups: [{ kind: 'apart' }],
      items: [{ count: 2, counted: [0], levels: [{ owned: [{ group: 0 }] }] }],
    });
    expect(money).toBe(200);
    expect(lowerBound).toBe(100);
    expect(packing).toBeUndefined();
  });

  it('keeps the bound it is given without a budget, without a whole plan, and where bins have room', () => {
    expect(proofOf(twoSizes, { iterations: 0 }).lowerBound).toBeLessThanOrEqual(200);
    expect(proofOf(twoSizes, { unplaced: 1 }).lowerBound).toBe(1);
    const withBin = { ...twoSizes, bins: [{ free: [5] }] };
    expect(proofOf(withBin)).toMatchObject({ lowerBound: 1 });
  });
});
