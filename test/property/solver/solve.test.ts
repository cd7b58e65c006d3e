import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePlaced, objectiveOf } from '../../../lib/solver/evaluate.ts';
import {
  fluidBound,
  greedy,
  MONEY_ALONE,
  type Objective,
  type Problem,
  type Solution,
  solve,
} from '../../../lib/solver/index.ts';
import { decidedProblem } from '../../../lib/solver/optimal/decided.ts';
import { randomObjective } from '../../support/solver-objectives.ts';
import { randomProblem } from '../../support/solver-problems.ts';

interface Case {
  readonly problem: Problem;
  readonly objective: Objective;
}

/** Small problems in which rules collide, and larger ones with many equal pods; money alone, and soft terms. */
function holds(property: (one: Case, gen: fc.GeneratorValue) => void, numRuns: number): void {
  void fc.assert(
    fc.property(fc.gen(), fc.boolean(), fc.boolean(), (gen, isLarge, isSoft) => {
      const problem = randomProblem(gen, isLarge);
      property({ problem, objective: isSoft ? randomObjective(gen, problem) : MONEY_ALONE }, gen);
    }),
    { numRuns, endOnFailure: true },
  );
}

const solved = ({ problem, objective }: Case, options: { seed?: number; shouldStop?: () => boolean } = {}) =>
  solve(problem, { solver: 'optimal', objective, iterations: 100, seed: 1, ...options });

const podsOf = ({ nodes, onBins, unplaced }: Solution): string[] =>
  [...nodes.flatMap(({ placements }) => placements), ...onBins, ...unplaced]
    .map(({ item, order }) => `${item}/${order}`)
    .toSorted();

function expectAtLeastAsGood({ problem, objective }: Case, solution: Solution): void {
  const baseline = greedy(problem);
  expect(podsOf(solution)).toEqual(podsOf(baseline));
  const placed = comparePlaced(problem, solution, baseline);
  expect(placed).toBeLessThanOrEqual(0);
  if (placed < 0) return;
  const { prices } = fluidBound(decidedProblem(problem, baseline));
  const total = (plan: Solution) => objectiveOf(problem, objective, prices, plan).total;
  expect(total(solution)).toBeLessThanOrEqual(total(baseline));
}

describe('solving random problems', () => {
  it('gives a valid plan with every pod once, never worse than the greedy and never below the bound', () => {
    holds((one) => {
      const { solution, violations, report } = solved(one);
      expect(violations).toEqual([]);
      expectAtLeastAsGood(one, solution);
      expect(report.lowerBoundPerHour).toBeLessThanOrEqual(report.pricePerHour);
    }, 60);
  });

  it('gives the same answer to the same problem and seed, byte for byte, and does not change the problem', () => {
    holds((one) => {
      const copy = structuredClone(one);
      expect(JSON.stringify(solved(copy))).toBe(JSON.stringify(solved(one)));
      expect(copy).toEqual(one);
    }, 20);
  });

  it('gives a valid plan whatever the seed, about which the greedy and its figures know nothing', () => {
    holds((one, gen) => {
      const [a, b] = [1, gen(fc.nat)].map((seed) => solved(one, { seed }));
      expect(b?.violations).toEqual([]);
      expect(b?.report.baselinePerHour).toBe(a?.report.baselinePerHour);
      expect(b?.report.baselineUnplaced).toBe(a?.report.baselineUnplaced);
    }, 40);
  });

  it('gives a valid plan no worse than the greedy when it is stopped at any time, and says so', () => {
    holds((one, gen) => {
      let calls = 0;
      const last = gen(fc.integer, { min: 1, max: 100 });
      const { solution, violations, report } = solved(one, { shouldStop: () => ++calls >= last });
      expect(violations).toEqual([]);
      expectAtLeastAsGood(one, solution);
      expect(report.cut === 'it was stopped').toBe(calls >= last);
      expect(report.lowerBoundPerHour).toBeLessThanOrEqual(report.pricePerHour);
    }, 40);
  });

  it('never leaves an important pod out where the greedy by priority would place it', () => {
    holds((one) => {
      const { problem } = one;
      const byPriority = problem.items
        .flatMap(({ order, priority }, item) => Array.from(order, (key) => ({ item, key, priority })))
        .toSorted((a, b) => b.priority - a.priority || a.key - b.key);
      const items = problem.items.map((item, index) => ({
        ...item,
        order: Int32Array.from(byPriority.flatMap((pod, rank) => (pod.item === index ? [rank] : []))),
      }));
      const least = Math.min(...items.map(({ priority }) => priority));
      const limited = greedy(problem).unplaced.some(
        ({ item, pools }) =>
          (items[item]?.priority ?? least) > least &&
          pools.some(({ reason }) => reason === 'limits' || reason === 'reservation'),
      );
      fc.pre(limited);
      expect(comparePlaced(problem, solved(one).solution, greedy({ ...problem, items }))).toBeLessThanOrEqual(
        0,
      );
    }, 15);
  });
});
