import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainPods } from '../../../bench/support/provisioning-inputs.ts';
import { onBothPools } from '../../../bench/workloads/cluster.ts';
import { syntheticPods } from '../../../bench/workloads/synthetic.ts';
import { compile } from '../../../lib/planning/compile.ts';
import { MONEY_ALONE, type Problem, solve } from '../../../lib/solver/index.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { portfolio } from '../../../lib/solver/optimal/portfolio.ts';
import { tiersOf } from '../../../lib/solver/optimal/tiers.ts';
import { aProblem } from '../../support/solver-builders.ts';
import { aModel, faultsOf, unitsOf } from '../../support/solver-models.ts';
import { randomProblem } from '../../support/solver-problems.ts';

const optimal = (problem: Problem, iterations: number) =>
  solve(problem, { solver: 'optimal', objective: MONEY_ALONE, iterations, seed: 1 });

describe('the optimal plan for random problems', () => {
  it('is better than the greedy on some of them', () => {
    const wins = fc.sample(fc.gen(), { numRuns: 60, seed: 1 }).filter((gen) => {
      return optimal(randomProblem(gen), 500).report.winner !== 'greedy';
    });
    expect(wins.length).toBeGreaterThan(5);
  });
});

/** Pods of a few sizes on two sizes of node, with random counters, marks and shuns. */
const randomRules = fc.record({
  items: fc.array(
    fc.record({
      requests: fc
        .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }))
        .map((pair) => [...pair]),
      count: fc.integer({ min: 1, max: 20 }),
      priority: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  rules: fc.array(
    fc.record({
      counters: fc.subarray([0, 1, 2]),
      amounts: fc.constant([1, 1, 1]),
      marks: fc.subarray([0, 1]),
      shuns: fc.subarray([0, 1]),
    }),
    { minLength: 8, maxLength: 8 },
  ),
  limits: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
  nodesLeft: fc.constantFrom(3, Number.POSITIVE_INFINITY),
});

describe('constructions under random rules within a node', () => {
  it('break no counter, keep apart what must be, and place everything where nodes are not limited', () => {
    void fc.assert(
      fc.property(randomRules, fc.boolean(), ({ items, rules, limits, nodesLeft }, hasTiers) => {
        const shapes = [{ allocatable: [10, 12] }, { allocatable: [44, 40] }];
        const offerings = [
          { shape: 0, price: 100 },
          { shape: 1, price: 390 },
        ];
        const problem = aProblem({ resources: 2, shapes, offerings, items, pools: [{ nodesLeft }] });
        const model = aModel(problem, rules, limits);
        const units = unitsOf(model);
        const found = portfolio(model, units, 0, new Budget(3_000), hasTiers ? tiersOf(model) : undefined);
        expect(found.length).toBeGreaterThan(0);
        for (const { packing } of found) {
          expect(faultsOf(model, units, packing.runs)).toEqual([]);
          const placed = packing.runs.reduce((sum, { times, counts }) => sum + times * total(counts), 0);
          expect(placed + packing.unplaced).toBe(total(units));
          if (nodesLeft > 3) expect(packing.unplaced).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });
});

const total = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);

describe('the optimal plan for 10,000 pods of 20 shapes', () => {
  it('needs no more than 3,000 iterations to be 10 % cheaper than the greedy', () => {
    const input = plainPods(10_000, 20);
    const { problem } = compile(input, input.pods);
    const { solution, report } = optimal(problem, 3_000);
    expect(report.iterations).toBeLessThanOrEqual(3_300);
    expect(solution.unplaced).toEqual([]);
    expect(report.pricePerHour / report.baselinePerHour).toBeLessThanOrEqual(0.9);
  });
});

describe('the optimal plan for 1,000 pods of a platform', () => {
  it('is at least 8 % cheaper than the greedy in the mean on nodes of 32 vCPU at most', () => {
    const workloads = onBothPools(
      [3, 7, 11].flatMap((seed) => syntheticPods(seed).filter(({ name }) => name === 'platform mix')),
    ).filter(({ isCapped }) => isCapped);
    const ratios = workloads.map(({ input }) => {
      const { problem } = compile(input, input.pods);
      const { solution, violations, report } = optimal(problem, 1_000);
      expect(violations).toEqual([]);
      expect(solution.unplaced).toEqual([]);
      return report.pricePerHour / report.baselinePerHour;
    });
    expect(ratios).toHaveLength(3);
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThanOrEqual(0.92);
  });
});
