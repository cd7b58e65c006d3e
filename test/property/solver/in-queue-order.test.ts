import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedy, MONEY_ALONE, type Problem, solve } from '../../../lib/solver/index.ts';
import { strandedPods } from '../../../lib/solver/optimal/in-queue-order.ts';
import { randomProblem } from '../../support/solver-problems.ts';

/** Where no pod is more important than another, the queue's order is the only one. */
function ofOnePriority(problem: Problem): Problem {
  return { ...problem, items: problem.items.map((item) => ({ ...item, priority: 0 })) };
}

describe('pods coming in the order of the queue, each onto its own node', () => {
  it('leaves no more of them waiting by the best plan than by the greedy', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const problem = ofOnePriority(randomProblem(gen));
        const options = { solver: 'optimal', objective: MONEY_ALONE, iterations: 300, seed: 1 } as const;
        const { solution } = solve(problem, options);
        expect(strandedPods(problem, solution)).toBeLessThanOrEqual(strandedPods(problem, greedy(problem)));
      }),
      { numRuns: 60 },
    );
  });
});
