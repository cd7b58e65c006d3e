import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  greedy,
  MONEY_ALONE,
  type Objective,
  type Problem,
  type Solution,
  setBit,
  verify,
} from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { fillBins } from '../../../lib/solver/optimal/bins.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import { decode } from '../../../lib/solver/optimal/decode.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { portfolio } from '../../../lib/solver/optimal/portfolio.ts';
import { randomProblem } from '../../support/solver-problems.ts';

/** What every packing of the portfolio is decoded to. */
function decoded(problem: Problem, objective: Objective = MONEY_ALONE): Solution[] {
  const baseline = greedy(problem);
  const { prices } = fluidBound(problem);
  const model = modelOf(problem, baseline, objective, prices);
  const worth = new Float64Array(model.columns);
  worth.set(prices);
  const onBins = fillBins(model, worth);
  return portfolio(model, onBins.remaining, 0, new Budget(3_000)).map(({ packing }) =>
    decode(model, onBins, packing, baseline, objective, prices),
  );
}

/** With surcharges that turn the order of prices around, and a worth of room and of alternatives. */
function demanding({ offerings: { count, price } }: Problem): Objective {
  return {
    surcharges: [{ name: 'size', perOffering: price.map((each, at) => ((at * 7) % 5) * each) }],
    flexibility: { alternatives: 4, within: 0.5, share: count % 2 === 0 ? 0.3 : 0 },
    headroomShare: 0.5,
  };
}

function ordersOf({ nodes, onBins, unplaced }: Solution): number[] {
  const placed = [...nodes.flatMap(({ placements }) => placements), ...onBins];
  return [...placed, ...unplaced].map(({ order }) => order).sort((a, b) => a - b);
}

describe('decoding on random problems', () => {
  it('makes of every packing a plan that names each pod once and in which the verifier finds nothing', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        for (const solution of decoded(problem)) {
          const orders = ordersOf(solution);
          expect(orders).toEqual(orders.map((_, at) => at));
          expect(orders).toHaveLength(problem.items.reduce((sum, { order }) => sum + order.length, 0));
          expect(verify(problem, solution)).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does so where the cheapest offering is not the best one', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        for (const solution of decoded(problem, demanding(problem))) {
          expect(verify(problem, solution)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same plan for the same problem, which it does not change', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const copy = structuredClone(problem);
        expect(decoded(problem)).toEqual(decoded(copy));
        expect(problem).toEqual(copy);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the verifier on decoded plans that were changed', () => {
  /** Runs a check on plans with a new node. */
  function onPlans(check: (problem: Problem, solution: Solution) => void): void {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const [solution] = decoded(problem);
        fc.pre(solution !== undefined && solution.nodes.length > 0);
        if (solution) check(problem, solution);
      }),
      { numRuns: 60 },
    );
  }

  it('misses no pod that was dropped, and no two that changed their nodes though they ask for different amounts', () => {
    onPlans((problem, solution) => {
      const [one, other] = solution.nodes;
      const dropped = { ...solution, nodes: solution.nodes.slice(1) };
      expect(verify(problem, dropped).map(({ rule }) => rule)).toContain('placement');
      const [a, b] = [one?.placements[0], other?.placements[0]];
      if (!one || !other || !a || !b) return;
      const amounts = ({ item }: typeof a) => [...(problem.items[item]?.requests ?? [])].join(' ');
      if (amounts(a) === amounts(b)) return;
      const swapped = [
        { ...one, placements: [b, ...one.placements.slice(1)] },
        { ...other, placements: [a, ...other.placements.slice(1)] },
      ];
      const nodes = [...swapped, ...solution.nodes.slice(2)];
      expect(verify(problem, { ...solution, nodes })).not.toEqual([]);
    });
  });

  it('misses no offering that was added although a pod does not allow it', () => {
    onPlans((problem, solution) => {
      const [node, ...others] = solution.nodes;
      const [pod] = node?.placements ?? [];
      if (!node || !pod) return;
      const level = problem.items[pod.item]?.levels[pod.level];
      const forbidden = Array.from({ length: problem.offerings.count }, (_, at) => at).find((at) =>
        level?.alternatives.every(({ offerings }) => (((offerings[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 0),
      );
      fc.pre(forbidden !== undefined);
      const offerings = node.offerings.slice();
      setBit(offerings, forbidden ?? 0);
      expect(verify(problem, { ...solution, nodes: [{ ...node, offerings }, ...others] })).not.toEqual([]);
    });
  });
});
