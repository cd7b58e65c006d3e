import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainPods } from '../../../bench/support/provisioning-inputs.ts';
import { onBothPools } from '../../../bench/workloads/cluster.ts';
import { syntheticPods } from '../../../bench/workloads/synthetic.ts';
import { compile } from '../../../lib/planning/compile.ts';
import { comparePlaced } from '../../../lib/solver/evaluate.ts';
import { greedy, type Problem, type Solution, verify } from '../../../lib/solver/index.ts';
import { bestOf } from '../../../lib/solver/optimal/best-of.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { portfolio } from '../../../lib/solver/optimal/portfolio.ts';
import { tiersOf } from '../../../lib/solver/optimal/tiers.ts';
import { aProblem } from '../../support/solver-builders.ts';
import { aModel, faultsOf, unitsOf } from '../../support/solver-models.ts';
import { randomProblem } from '../../support/solver-problems.ts';

const BUDGET = 20_000;

/** Random problems without what looks at other pods; masks, bins, levels and everything about pools stay. */
function plainProblem(problem: Problem): Problem {
  return {
    ...problem,
    groups: [],
    items: problem.items.map((item) => ({
      ...item,
      counted: [],
      ports: [],
      volumes: [],
      levels: item.levels.map(({ alternatives }) => ({ alternatives: alternatives.slice(0, 1), owned: [] })),
    })),
  };
}

function both(problem: Problem): { best: Solution; baseline: Solution; winner: string } {
  const baseline = greedy(problem);
  const { solution, winner } = bestOf(problem, baseline, BUDGET);
  return { best: solution, baseline, winner };
}

describe('the portfolio on random problems', () => {
  it('answers with a plan in which the verifier finds nothing', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = plainProblem(randomProblem(gen));
        expect(verify(problem, both(problem).best)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('places as much as the greedy, and costs no more where both place the same', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = plainProblem(randomProblem(gen));
        const { best, baseline } = both(problem);
        const placed = comparePlaced(problem, best, baseline);
        expect(placed).toBeLessThanOrEqual(0);
        if (placed === 0) {
          expect(best.pricePerHour).toBeLessThanOrEqual(baseline.pricePerHour);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same answer to the same problem, which it does not change', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = plainProblem(randomProblem(gen));
        const copy = structuredClone(problem);
        expect(both(problem)).toEqual(both(copy));
        expect(problem).toEqual(copy);
      }),
      { numRuns: 60 },
    );
  });

  it('finds something better than the greedy on some of them', () => {
    const wins = fc.sample(fc.gen(), { numRuns: 100, seed: 1 }).filter((gen) => {
      return both(plainProblem(randomProblem(gen))).winner !== 'greedy';
    });
    expect(wins.length).toBeGreaterThan(10);
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
      { numRuns: 150 },
    );
  });
});

const total = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);

describe('the portfolio on 10,000 pods of 20 shapes', () => {
  it('needs no more than 3,000 fills to be 10 % cheaper than the greedy', () => {
    const input = plainPods(10_000, 20);
    const { problem } = compile(input, input.pods);
    const baseline = greedy(problem);
    const { solution, iterations } = bestOf(problem, baseline, 3_000);
    expect(iterations).toBeLessThanOrEqual(3_100);
    expect(solution.unplaced).toEqual([]);
    expect(solution.pricePerHour / baseline.pricePerHour).toBeLessThanOrEqual(0.9);
  });
});

describe('the portfolio on 1,000 pods of a platform', () => {
  it('is at least 8 % cheaper than the greedy in the mean on nodes of 32 vCPU at most', () => {
    const workloads = onBothPools(
      [3, 7, 11].flatMap((seed) => syntheticPods(seed).filter(({ name }) => name === 'platform mix')),
    ).filter(({ isCapped }) => isCapped);
    const ratios = workloads.map(({ input }) => {
      const { problem } = compile(input, input.pods);
      const { best, baseline } = both(problem);
      expect(verify(problem, best)).toEqual([]);
      expect(best.unplaced).toEqual([]);
      return best.pricePerHour / baseline.pricePerHour;
    });
    expect(ratios).toHaveLength(3);
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThanOrEqual(0.92);
  });
});
