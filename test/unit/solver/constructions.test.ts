import { describe, expect, it } from 'vitest';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import type { Model, Run } from '../../../lib/solver/optimal/model.ts';
import { portfolio } from '../../../lib/solver/optimal/portfolio.ts';
import { tiersOf } from '../../../lib/solver/optimal/tiers.ts';
import { aProblem } from '../../support/solver-builders.ts';
import { aModel, faultsOf, unitsOf } from '../../support/solver-models.ts';

const packed = (model: Model, lowerBound = 0) =>
  portfolio(model, unitsOf(model), lowerBound, new Budget(5_000));

const nodesOf = (runs: readonly Run[]) => runs.reduce((sum, { times }) => sum + times, 0);

describe('constructions', () => {
  const sizes = {
    shapes: [{ allocatable: [10] }, { allocatable: [40] }],
    offerings: [
      { shape: 0, price: 105 },
      { shape: 1, price: 400 },
    ],
  };

  it('put no more units on a node than a counter allows', () => {
    const problem = aProblem({ ...sizes, items: [{ count: 12 }] });
    const model = aModel(problem, [{ counters: [0], amounts: [1] }], [3]);
    const [best] = packed(model);
    expect(best?.packing).toMatchObject({ cost: 420, unplaced: 0 });
    expect(faultsOf(model, unitsOf(model), best?.packing.runs ?? [])).toEqual([]);
  });

  it('share one counter among classes', () => {
    const problem = aProblem({ items: [{ requests: [2] }, { requests: [3] }] });
    const one = { counters: [0], amounts: [1] };
    const model = aModel(problem, [one, one], [1]);
    expect(nodesOf(packed(model)[0]?.packing.runs ?? [])).toBe(2);
  });

  it('choose smaller nodes where a counter forces many of them, and fill those with the rest', () => {
    const problem = aProblem({
      ...sizes,
      items: [
        { requests: [1], count: 8 },
        { requests: [3], count: 24 },
      ],
    });
    const model = aModel(problem, [{ counters: [0], amounts: [1] }], [1]);
    const [best] = packed(model);
    expect(best?.packing).toMatchObject({ cost: 8 * 105, unplaced: 0 });
  });

  it('keep classes apart that shun each other, in both directions', () => {
    const problem = aProblem({ items: [{ requests: [2] }, { requests: [3] }, { requests: [1] }] });
    const model = aModel(problem, [{ marks: [0] }, { shuns: [0] }]);
    const [best] = packed(model);
    expect(best?.packing).toMatchObject({ cost: 200, unplaced: 0 });
    expect(faultsOf(model, unitsOf(model), best?.packing.runs ?? [])).toEqual([]);
  });

  it('find the fewest nodes for units of one class', () => {
    const problem = aProblem({ ...sizes, items: [{ requests: [7], count: 11 }] });
    // Two large nodes hold five each; a small one takes the last.
    expect(packed(aModel(problem, []))[0]?.packing.cost).toBe(905);
  });
});

describe('the portfolio of constructions', () => {
  const spec = {
    shapes: [{ allocatable: [10] }, { allocatable: [23] }],
    offerings: [
      { shape: 0, price: 100 },
      { shape: 1, price: 215 },
    ],
    items: [
      { requests: [7], count: 9 },
      { requests: [3], count: 14 },
      { requests: [2], count: 5 },
    ],
  };

  it('answers with packings that differ, the best first', () => {
    const found = packed(aModel(aProblem(spec), []));
    const costs = found.map(({ packing }) => packing.cost);
    expect(costs).toEqual([...new Set(costs)].sort((a, b) => a - b));
    expect(found.length).toBeLessThanOrEqual(4);
  });

  it('ends when a packing costs what any must', () => {
    const model = aModel(aProblem(spec), []);
    const all = new Budget(1_000_000);
    const [best] = portfolio(model, unitsOf(model), 0, all);
    const short = new Budget(1_000_000);
    portfolio(model, unitsOf(model), best?.packing.cost ?? 0, short);
    expect(short.done).toBeLessThan(all.done);
  });

  it('answers with nothing when there is no budget', () => {
    const model = aModel(aProblem(spec), []);
    expect(portfolio(model, unitsOf(model), 0, new Budget(0))).toEqual([]);
  });
});

describe('tiers of priority', () => {
  const limited = aProblem({
    pools: [{ nodesLeft: 2 }],
    items: [
      { requests: [3], count: 8, priority: 0 },
      { requests: [7], count: 3, priority: 9 },
    ],
  });

  const inTiers = (model: Model) => {
    const [best] = portfolio(model, unitsOf(model), 0, new Budget(5_000), tiersOf(model));
    return best?.packing;
  };

  it('are the classes by priority, the highest first', () => {
    const model = aModel(limited, []);
    const priorities = tiersOf(model).map((tier) =>
      tier.map((c) => model.lots[model.classes.lotOf[model.classes.start[c] ?? 0] ?? 0]?.item),
    );
    expect(priorities).toEqual([[1], [0]]);
  });

  it('give scarce nodes to the higher one, and what those leave to the lower one', () => {
    const model = aModel(limited, []);
    const packing = inTiers(model);
    expect(packing?.runs.every(({ counts }) => counts.join() === '1,1')).toBe(true);
    expect(nodesOf(packing?.runs ?? [])).toBe(2);
    expect(packing?.unplaced).toBe(7);
    expect(faultsOf(model, unitsOf(model), packing?.runs ?? [])).toEqual([]);
  });

  it('keep the rules of a node when a lower one fills it', () => {
    const model = aModel(limited, [{ shuns: [0] }, { marks: [0] }]);
    const packing = inTiers(model);
    expect(packing?.runs.every(({ counts }) => counts.join() === '1')).toBe(true);
    expect(packing?.unplaced).toBe(9);
  });
});
