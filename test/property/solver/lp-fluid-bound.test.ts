import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedy, hasBit, type Item, type Problem, type Solution, verify } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { aProblem } from '../../support/solver-builders.ts';
import { randomProblem } from '../../support/solver-problems.ts';

const amounts = (length: number, min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });

/** Up to six pods, two resources, a few offerings and bins with masks: small enough to try every plan. */
const tinyProblems: fc.Arbitrary<Problem> = fc
  .record({
    shapes: fc.array(amounts(2, 2, 12), { minLength: 1, maxLength: 3 }),
    offerings: fc.array(
      fc.record({ shape: fc.integer({ min: 0, max: 2 }), price: fc.integer({ min: 0, max: 20 }) }),
      { minLength: 1, maxLength: 4 },
    ),
    bins: fc.array(amounts(2, 0, 6), { maxLength: 2 }),
    items: fc.array(
      fc.record({
        requests: amounts(2, 0, 6),
        count: fc.integer({ min: 1, max: 3 }),
        offerings: fc.subarray([0, 1, 2, 3]),
        useBins: fc.subarray([0, 1]),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .filter(({ items }) => items.reduce((sum, { count }) => sum + count, 0) <= 6)
  .map(({ shapes, offerings, bins, items }) =>
    aProblem({
      resources: 2,
      shapes: shapes.map((allocatable) => ({ allocatable })),
      offerings: offerings.map(({ shape, price }) => ({ shape: shape % shapes.length, price })),
      bins: bins.map((free) => ({ free })),
      items: items.map(({ requests, count, offerings: allowed, useBins }) => ({
        requests,
        count,
        levels: [
          {
            alternatives: [
              {
                offerings: allowed.filter((at) => at < offerings.length),
                bins: useBins.filter((at) => at < bins.length),
              },
            ],
          },
        ],
      })),
    }),
  );

/** The cheapest plan by trying every one: each pod stays out only if no node could take it, or else goes anywhere. */
function cheapest(problem: Problem): number {
  const pods = problem.items.flatMap((item) => Array.from(item.order, () => item));
  const hosts = problem.bins.map(({ free }, bin) => ({ bin, offering: -1, left: Array.from(free) }));
  const alternative = (pod: (typeof pods)[number]) => pod.levels[0]?.alternatives[0];
  const roomOf = (offering: number) =>
    Array.from({ length: problem.resources }, (_, of) => {
      const shape = problem.offerings.shape[offering] ?? 0;
      return problem.shapes.allocatable[shape * problem.resources + of] ?? 0;
    });
  const fits = (left: readonly number[], pod: (typeof pods)[number]) =>
    left.every((amount, of) => amount >= (pod.requests[of] ?? 0));
  let best = Number.POSITIVE_INFINITY;
  const visit = (at: number, cost: number): void => {
    if (cost >= best) return;
    const pod = pods[at];
    if (pod === undefined) {
      best = cost;
      return;
    }
    const put = (left: number[], more: number) => {
      for (const [of, amount] of pod.requests.entries()) left[of] = (left[of] ?? 0) - amount;
      visit(at + 1, cost + more);
      for (const [of, amount] of pod.requests.entries()) left[of] = (left[of] ?? 0) + amount;
    };
    const masks = alternative(pod);
    if (masks === undefined) return;
    for (const { bin, offering, left } of [...hosts]) {
      const isAllowed = bin >= 0 ? hasBit(masks.bins, bin) : hasBit(masks.offerings, offering);
      if (isAllowed && fits(left, pod)) put(left, 0);
    }
    let hasNode = false;
    for (let offering = 0; offering < problem.offerings.count; offering++) {
      const left = roomOf(offering);
      if (!hasBit(masks.offerings, offering) || !fits(left, pod)) continue;
      hasNode = true;
      hosts.push({ bin: -1, offering, left });
      put(left, problem.offerings.price[offering] ?? 0);
      hosts.pop();
    }
    if (!hasNode) visit(at + 1, cost);
  };
  visit(0, 0);
  return best;
}

/** The problem as if the pods that a plan leaves out did not exist. */
function withoutUnplaced(problem: Problem, { unplaced }: Solution): Problem {
  const out = new Set(unplaced.map(({ order }) => order));
  return {
    ...problem,
    items: problem.items.map((item) => ({ ...item, order: item.order.filter((order) => !out.has(order)) })),
  };
}

/** Items without pods change nothing about the cheapest plan. */
function emptyCopies(item: Item, count: number): Item[] {
  return Array.from({ length: count }, () => ({ ...item, order: new Int32Array() }));
}

describe('the fluid bound as a lower bound', () => {
  it('is never above the cheapest of all plans', () => {
    void fc.assert(
      fc.property(tinyProblems, (problem) => {
        expect(fluidBound(problem).lowerBoundMicroUsdPerHour).toBeLessThanOrEqual(cheapest(problem));
      }),
      { numRuns: 500 },
    );
  });

  it('is near the cheapest of all plans more often than not', () => {
    const ratios = fc
      .sample(tinyProblems, { numRuns: 200, seed: 6 })
      .map((problem) => [fluidBound(problem).lowerBoundMicroUsdPerHour, cheapest(problem)] as const)
      .filter(([, cost]) => cost > 0)
      .map(([bound, cost]) => bound / cost);
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    expect(mean).toBeGreaterThan(0.9);
  });

  it('is never above the greedy’s plan for the pods that the plan places, with every feature at once', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const solution = greedy(problem);
        expect(verify(problem, solution)).toEqual([]);
        const placed = withoutUnplaced(problem, solution);
        expect(fluidBound(placed).lowerBoundMicroUsdPerHour).toBeLessThanOrEqual(solution.pricePerHour);
      }),
      { numRuns: 300 },
    );
  });

  it('stays so where there are too many items to go by the size of each', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const solution = greedy(problem);
        const { items, ...rest } = withoutUnplaced(problem, solution);
        const many = { ...rest, items: items.flatMap((item) => [item, ...emptyCopies(item, 64)]) };
        expect(fluidBound(many).lowerBoundMicroUsdPerHour).toBeLessThanOrEqual(solution.pricePerHour);
      }),
      { numRuns: 300 },
    );
  });

  it('prices what an empty new node holds at no more than the node', () => {
    void fc.assert(
      fc.property(tinyProblems, (problem) => {
        const { prices } = fluidBound(problem);
        for (const item of problem.items) {
          for (let at = 0; at < problem.offerings.count; at++) {
            const from = (problem.offerings.shape[at] ?? 0) * problem.resources;
            const room = problem.shapes.allocatable.subarray(from, from + problem.resources);
            const takes =
              hasBit(item.levels[0]?.alternatives[0]?.offerings ?? new Uint32Array(1), at) &&
              item.requests.every((amount, of) => amount <= (room[of] ?? 0));
            if (!takes) continue;
            const value = room.reduce((sum, amount, of) => sum + amount * (prices[of] ?? 0), 0);
            expect(value).toBeLessThanOrEqual(problem.offerings.price[at] ?? 0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same answer to the same problem', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        expect(fluidBound(structuredClone(problem))).toEqual(fluidBound(problem));
      }),
      { numRuns: 100 },
    );
  });
});
