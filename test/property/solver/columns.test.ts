import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonUnits, type Instance } from '../../../lib/solver/columns/instance.ts';
import { patternBound } from '../../../lib/solver/columns/pattern-bound.ts';
import { PatternSearch } from '../../../lib/solver/columns/search.ts';
import { greedy, hasBit, maskOf, type Problem, type Solution, verify } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { exactOptimum } from '../../oracle/exact.ts';
import { smallProblem } from '../../oracle/instances.ts';
import { OracleRefusal } from '../../oracle/refusal.ts';
import { randomProblem } from '../../support/solver-problems.ts';

const boundOf = (problem: Problem, least = 0): number => patternBound(problem, least, new Budget(5_000));

/** The problem as if the pods that a plan leaves out did not exist. */
function withoutUnplaced(problem: Problem, { unplaced }: Solution): Problem {
  const out = new Set(unplaced.map(({ order }) => order));
  return {
    ...problem,
    items: problem.items.map((item) => ({ ...item, order: item.order.filter((order) => !out.has(order)) })),
  };
}

const counts = (length: number, min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });

/** One kind of node, up to five classes, one counter, and one pair that stays apart. */
const oneNode = fc
  .integer({ min: 1, max: 5 })
  .chain((classes) =>
    fc.record({
      room: counts(2, 1, 30),
      requests: counts(2 * classes, 0, 12),
      demand: counts(classes, 1, 5),
      raises: counts(classes, 0, 2),
      values: counts(classes, 0, 50),
      unit: fc.constantFrom(1, 250, 2 ** 28),
      isApart: fc.boolean(),
    }),
  )
  .map(({ room, requests, demand, raises, values, unit, isApart }) => {
    const classes = demand.length;
    const instance: Instance = {
      columns: 2,
      kinds: 1,
      room: Float64Array.from(room, (amount) => amount * unit + unit - 1),
      cost: Float64Array.of(1),
      supply: Float64Array.of(Number.POSITIVE_INFINITY),
      classes,
      requests: Float64Array.from(requests, (amount) => amount * unit),
      demand: Float64Array.from(demand),
      fits: new Uint8Array(classes).fill(1),
      counters: raises.map((raise) => (raise > 0 ? [0] : [])),
      amounts: raises.map((raise) => (raise > 0 ? [raise] : [])),
      counterLimits: Int32Array.of(4),
      apart: demand.map((_, c) => (isApart && c < 2 && classes > 1 ? maskOf(classes, [1 - c]) : undefined)),
    };
    return { instance, values: Float64Array.from(values) };
  });

/** The most valuable pattern by trying all. */
function mostValue(instance: Instance, values: Float64Array): number {
  const taken = instance.demand.map(() => 0);
  let best = 0;
  const visit = (c: number, worth: number): void => {
    if (c === taken.length) {
      if (keepsRules(instance, taken)) best = Math.max(best, worth);
      return;
    }
    for (let count = 0; count <= (instance.demand[c] ?? 0); count++) {
      taken[c] = count;
      visit(c + 1, worth + count * (values[c] ?? 0));
    }
    taken[c] = 0;
  };
  visit(0, 0);
  return best;
}

function keepsRules(instance: Instance, taken: ArrayLike<number>): boolean {
  const { columns, room, requests, counters, amounts, counterLimits, apart } = instance;
  const used = new Float64Array(columns);
  let raised = 0;
  for (let c = 0; c < taken.length; c++) {
    const count = taken[c] ?? 0;
    for (let r = 0; r < columns; r++) used[r] = (used[r] ?? 0) + count * (requests[c * columns + r] ?? 0);
    if (counters[c]?.length) raised += count * (amounts[c]?.[0] ?? 0);
    for (let other = 0; other < c; other++) {
      const isApart = hasBit(apart[c] ?? new Uint32Array(1), other);
      if (isApart && count > 0 && (taken[other] ?? 0) > 0) return false;
    }
  }
  return used.every((amount, r) => amount <= (room[r] ?? 0)) && raised <= (counterLimits[0] ?? 0);
}

describe('the search for the most valuable pattern', () => {
  it('finds what trying all patterns finds, and bounds it', () => {
    void fc.assert(
      fc.property(oneNode, fc.integer({ min: 0, max: 200 }), ({ instance, values }, threshold) => {
        const search = new PatternSearch(instance);
        search.value(values);
        const pattern = search.search(0, threshold);
        const best = mostValue(instance, values);
        expect(Math.max(threshold, search.upper)).toBeGreaterThanOrEqual(best);
        expect(search.found).toBe(best > threshold ? best : 0);
        const taken = new Int32Array(instance.classes);
        for (const [at, c] of (pattern?.classes ?? []).entries()) taken[c] = pattern?.counts[at] ?? 0;
        expect(keepsRules(instance, taken)).toBe(true);
        expect(taken.reduce((sum, count, c) => sum + count * (values[c] ?? 0), 0)).toBe(search.found);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has a unit of which all requests are multiples', () => {
    void fc.assert(
      fc.property(oneNode, ({ instance }) => {
        const units = commonUnits(instance);
        for (const [at, amount] of instance.requests.entries()) {
          const unit = units[at % instance.columns] ?? 0;
          expect(unit === 0 ? amount : amount % unit).toBe(0);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the pattern bound', () => {
  it('is never above the exact optimum, with all features of a problem', async () => {
    let compared = 0;
    let stronger = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const problem = smallProblem(seed);
      const exact = await exactOptimum(problem).catch((error: unknown) => {
        if (error instanceof OracleRefusal) return undefined;
        throw error;
      });
      if (exact === undefined) continue;
      compared++;
      const fluid = fluidBound(problem).lowerBoundMicroUsdPerHour;
      const bound = boundOf(problem, fluid);
      expect(bound, `seed ${seed}`).toBeLessThanOrEqual(exact.optimumMicroUsdPerHour);
      if (bound > fluid) stronger++;
    }
    expect(compared).toBeGreaterThan(60);
    expect(stronger).toBeGreaterThan(5);
  }, 120_000);

  it('is never above the greedy’s plan for the pods that the plan places', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const solution = greedy(problem);
        expect(verify(problem, solution)).toEqual([]);
        expect(boundOf(withoutUnplaced(problem, solution))).toBeLessThanOrEqual(solution.pricePerHour);
      }),
      { numRuns: 200 },
    );
  });

  it('is never below the bound that is known, and the same every time', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const { lowerBoundMicroUsdPerHour: fluid } = fluidBound(problem);
        const bound = boundOf(problem, fluid);
        expect(bound).toBeGreaterThanOrEqual(fluid);
        expect(boundOf(structuredClone(problem), fluid)).toBe(bound);
      }),
      { numRuns: 100 },
    );
  });
});
