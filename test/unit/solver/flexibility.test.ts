import { describe, expect, it } from 'vitest';
import { MONEY_ALONE, type Objective, type Solution, solve } from '../../../lib/solver/index.ts';
import { aProblem, podsPerNode } from '../../support/solver-builders.ts';

const FLEXIBLE: Objective = { ...MONEY_ALONE, flexibility: { alternatives: 3, within: 0.1, share: 0.2 } };

const large = (price: number) => ({ shape: 0, price, purchase: 1 });
const small = (price: number) => ({ shape: 1, price, purchase: 1 });

/** Twenty pods, ten of which fill a large node and five a small one. */
function planned(offerings: readonly ReturnType<typeof large>[], objective: Objective): Solution {
  const problem = aProblem({
    shapes: [{ allocatable: [10] }, { allocatable: [5] }],
    offerings: [...offerings],
    items: [{ count: 20 }],
  });
  return solve(problem, { solver: 'optimal', objective, iterations: 1_000, seed: 1 }).solution;
}

const podCounts = (solution: Solution) => podsPerNode(solution).map((pods) => pods.length);

describe('spot nodes', () => {
  it('are none of an offering that is cheap alone where its neighbours are dear', () => {
    const offerings = [large(100), large(300), large(300), small(52), small(52), small(52)];
    expect(podCounts(planned(offerings, MONEY_ALONE))).toEqual([10, 10]);
    expect(podCounts(planned(offerings, FLEXIBLE))).toEqual([5, 5, 5, 5]);
  });

  it('are of such an offering where it saves more than its neighbours could cost', () => {
    const offerings = [large(60), large(300), large(300), small(52), small(52), small(52)];
    expect(podCounts(planned(offerings, FLEXIBLE))).toEqual([10, 10]);
  });

  it('have, of two plans at one price, the one with more alternatives', () => {
    const few = [large(100), large(104), large(105), small(50), small(50), small(50)];
    expect(podCounts(planned(few, FLEXIBLE))).toEqual([5, 5, 5, 5]);
    const many = [large(100), large(100), large(100), small(50)];
    expect(podCounts(planned(many, FLEXIBLE))).toEqual([10, 10]);
  });
});
