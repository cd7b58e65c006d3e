import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GREEDY, greedy, solve, verify } from '../../../lib/solver/index.ts';
import { randomProblem } from '../../support/solver-problems.ts';

const RUNS = { numRuns: 1_000 };

describe('the greedy on random problems', () => {
  it('answers with a plan in which the verifier finds nothing', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        expect(solve(randomProblem(gen), GREEDY).violations).toEqual([]);
      }),
      RUNS,
    );
  });

  it('gives the same answer to the same problem', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        expect(greedy(problem)).toEqual(greedy(structuredClone(problem)));
      }),
      { numRuns: 200 },
    );
  });

  it('does not change the problem', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const copy = structuredClone(problem);
        verify(problem, greedy(problem));
        expect(problem).toEqual(copy);
      }),
      { numRuns: 200 },
    );
  });

  it('names each pod once, placed or not, and gives every unplaced pod one reason per pool', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = randomProblem(gen);
        const solution = greedy(problem);
        const named = [...solution.nodes.flatMap((node) => node.placements), ...solution.onBins];
        const orders = [...named, ...solution.unplaced].map(({ order }) => order).sort((a, b) => a - b);
        expect(orders).toEqual(orders.map((_, index) => index));
        for (const { pools } of solution.unplaced) {
          expect(pools.map(({ pool }) => problem.pools[pool]?.rank)).toEqual([...problem.pools.keys()]);
        }
      }),
      RUNS,
    );
  });
});
