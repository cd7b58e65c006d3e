import { describe, expect, it } from 'vitest';
import { greedy, MONEY_ALONE } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import type { Packing, Run } from '../../../lib/solver/optimal/model.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { Draws } from '../../../lib/solver/search/draws.ts';
import { improve } from '../../../lib/solver/search/improve.ts';
import { aProblem, type ProblemSpec } from '../../support/solver-builders.ts';

/** Improves a packing of the model of a problem. */
function search(spec: ProblemSpec, runs: readonly Run[], { lowerBound = 0, iterations = 5_000 } = {}) {
  const problem = aProblem(spec);
  const { prices } = fluidBound(problem);
  const model = modelOf(problem, greedy(problem), MONEY_ALONE, prices);
  const cost = runs.reduce((sum, { kind, times }) => sum + times * (model.kinds.cost[kind] ?? 0), 0);
  const packing: Packing = { runs, cost, unplaced: 0 };
  const budget = new Budget(iterations);
  return { packing, budget, better: improve(model, packing, prices, lowerBound, 1, budget) };
}

const run = (kind: number, times: number, classes: number[], counts: number[]): Run => ({
  kind,
  times,
  classes,
  counts,
});

const twoSizes: ProblemSpec = {
  shapes: [{ allocatable: [10] }, { allocatable: [20] }],
  offerings: [
    { shape: 0, price: 100 },
    { shape: 1, price: 190 },
  ],
  items: [
    { requests: [7], count: 10 },
    { requests: [3], count: 10 },
  ],
};

describe('local search', () => {
  it('finds the cheapest packing of two sizes from one unit per node', () => {
    const { better } = search(twoSizes, [run(0, 10, [0], [1]), run(0, 10, [1], [1])]);
    expect(better.cost).toBe(950);
    expect(better.runs.map(({ kind, times }) => [kind, times])).toEqual([[1, 5]]);
  });

  it('puts on a smaller node what fits there', () => {
    const spec = { ...twoSizes, items: [{ requests: [7] }] };
    expect(search(spec, [run(1, 1, [0], [1])]).better.runs).toEqual([run(0, 1, [0], [1])]);
  });

  it('splits a node where two smaller ones cost less', () => {
    const offerings = [
      { shape: 0, price: 100 },
      { shape: 1, price: 210 },
    ];
    const spec = { ...twoSizes, offerings, items: [{ requests: [5], count: 4 }] };
    expect(search(spec, [run(1, 1, [0], [4])]).better.runs).toEqual([run(0, 2, [0], [2])]);
  });

  it('stays within the nodes that a pool has left', () => {
    const spec = { ...twoSizes, offerings: [{ price: 100 }, { shape: 1, price: 210 }] };
    const limited = { ...spec, pools: [{ nodesLeft: 1 }], items: [{ requests: [5], count: 4 }] };
    const { better, packing } = search(limited, [run(1, 1, [0], [4])]);
    expect(better).toBe(packing);
  });

  it('stops at the lower bound, and answers with what it is given without a budget', () => {
    const start = [run(0, 10, [0], [1]), run(0, 10, [1], [1])];
    const reached = search(twoSizes, start, { lowerBound: 950 });
    expect(reached.better.cost).toBe(950);
    expect(reached.budget.done).toBeLessThan(5_000);
    const none = search(twoSizes, start, { iterations: 0 });
    expect(none.better).toBe(none.packing);
  });
});

describe('draws of the local search', () => {
  it('are the same for the same seed, on any machine', () => {
    const draws = new Draws(7);
    expect([draws.below(1_000), draws.below(1_000), draws.below(1_000)]).toEqual([533, 895, 420]);
  });

  it('are even, also for seeds that look like nothing', () => {
    for (const seed of [0, 1, -1, 2 ** 31]) {
      const draws = new Draws(seed);
      const counts = [0, 0, 0, 0];
      for (let n = 0; n < 4_000; n++)
        counts.splice(0, 4, ...counts.map((count, at) => count + (at === draws.below(4) ? 1 : 0)));
      for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    }
  });
});
