import { describe, expect, it } from 'vitest';
import { greedy, MONEY_ALONE, verify } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { fillBins } from '../../../lib/solver/optimal/bins.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { decode } from '../../../lib/solver/optimal/decode.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { portfolio } from '../../../lib/solver/optimal/portfolio.ts';
import { aProblem, type ProblemSpec } from '../../support/solver-builders.ts';

/** Nodes of 1,000 × 1,000 for 100 and of 1,000 × 4,000 for 130. */
const kinds = {
  resources: 2,
  shapes: [{ allocatable: [1_000, 1_000] }, { allocatable: [1_000, 4_000] }],
  offerings: [
    { shape: 0, price: 100 },
    { shape: 1, price: 130 },
  ],
} as const;

/** Pods of 80 sizes, ten of each, all with twice as much of the second resource: 32,400 and 64,800 in all. */
const twiceAsMuch = Array.from({ length: 80 }, (_, at) => ({ requests: [at + 1, 2 * at + 2], count: 10 }));

const boundOf = (spec: ProblemSpec): number => fluidBound(aProblem(spec)).lowerBoundMicroUsdPerHour;

describe('the lower bound of pods that do not mix', () => {
  it('knows that pods of one proportion leave the nodes of another one half empty', () => {
    // 32.4 of the larger nodes. A fluid would buy both kinds for 3,564.
    const bound = boundOf({ ...kinds, items: twiceAsMuch });
    expect(bound).toBeGreaterThan(4_150);
    expect(bound).toBeLessThanOrEqual(33 * 130);
  });

  it('takes off what bins hold', () => {
    const bins = Array.from({ length: 10 }, () => ({ free: [1_000, 2_000] }));
    const bound = boundOf({ ...kinds, items: twiceAsMuch, bins });
    expect(bound).toBeGreaterThan(2_850);
    expect(bound).toBeLessThanOrEqual(23 * 130);
  });
});

describe('constructions for pods that all differ', () => {
  const problem = aProblem({
    ...kinds,
    items: Array.from({ length: 600 }, (_, at) => ({
      requests: [20 + ((at * 37) % 101), 10 + ((at * 89) % 307)],
    })),
  });
  const baseline = greedy(problem);
  const { lowerBoundMicroUsdPerHour: bound, prices } = fluidBound(problem);
  const model = modelOf(problem, baseline, MONEY_ALONE, prices);
  const onBins = fillBins(model, prices);

  it('cost as much as the plan that is decoded from them, and come near the bound', () => {
    const [best] = portfolio(model, onBins.remaining, bound, new Budget(20_000));
    expect(model.classes.uniform).toContain(0);
    if (best === undefined) throw new Error('nothing was built');
    const plan = decode(model, onBins, best.packing, baseline, MONEY_ALONE, prices);
    expect(plan.unplaced).toEqual([]);
    expect(plan.pricePerHour).toBe(best.packing.cost);
    expect(verify(problem, plan)).toEqual([]);
    expect(plan.pricePerHour).toBeLessThan(1.03 * bound);
  });

  it('hand each unit out once', () => {
    for (const { packing } of portfolio(model, onBins.remaining, bound, new Budget(2_000))) {
      const { lotOf } = model.classes;
      expect(Array.from(packing.lotOf ?? lotOf).sort()).toEqual(Array.from(lotOf).sort());
    }
  });
});
