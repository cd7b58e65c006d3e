import { describe, expect, it } from 'vitest';
import { greedy, MONEY_ALONE, type Problem, type Solution, solve } from '../../../lib/solver/index.ts';
import { fillBins } from '../../../lib/solver/optimal/bins.ts';
import { MAX_CLASSES } from '../../../lib/solver/optimal/classes.ts';
import { Knapsack } from '../../../lib/solver/optimal/knapsack.ts';
import { isPlain } from '../../../lib/solver/optimal/lots.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { aProblem, podsPerNode } from '../../support/solver-builders.ts';

function best(problem: Problem): Solution {
  const options = { solver: 'optimal', objective: MONEY_ALONE, iterations: 2_000, seed: 1 } as const;
  const { solution, violations } = solve(problem, options);
  expect(violations).toEqual([]);
  return solution;
}

const aModel = (problem: Problem) =>
  modelOf(problem, greedy(problem), MONEY_ALONE, new Float64Array(problem.resources).fill(1));

describe('classes', () => {
  it('gather pods with the same requests on the same offerings', () => {
    const problem = aProblem({ items: [{ count: 2 }, { count: 3, priority: 7 }, { requests: [2] }] });
    const { count, requests, start, uniform } = aModel(problem).classes;
    expect(count).toBe(2);
    expect([...requests]).toEqual([2, 1]);
    expect([...start]).toEqual([0, 1, 6]);
    expect([...uniform]).toEqual([1, 1]);
  });

  it('are at most 160 however many sizes there are, and ask for at least what each pod does', () => {
    const items = Array.from({ length: 1_000 }, (_, at) => ({ requests: [100 + at, 1_100 - at] }));
    const problem = aProblem({ resources: 2, shapes: [{ allocatable: [5_000, 5_000] }], items });
    const { classes, lots } = aModel(problem);
    const { count, requests, start, lotOf } = classes;
    expect(count).toBe(MAX_CLASSES);
    const counted = new Set(lotOf);
    expect(counted.size).toBe(1_000);
    for (let c = 0; c < count; c++) {
      for (let at = start[c] ?? 0; at < (start[c + 1] ?? 0); at++) {
        const asked = lots[lotOf[at] ?? -1]?.requests ?? [];
        for (const column of [0, 1]) {
          expect(asked[column]).toBeLessThanOrEqual(requests[c * 2 + column] ?? 0);
        }
      }
    }
  });

  it('keep true sizes where pods may go to so many different places that few share a class', () => {
    const offerings = Array.from({ length: 40 }, (_, at) => ({ price: 10 + at }));
    const items = Array.from({ length: 400 }, (_, at) => ({
      requests: [1 + at],
      levels: [{ alternatives: [{ offerings: [at % 40] }] }],
    }));
    const { classes } = aModel(aProblem({ shapes: [{ allocatable: [500] }], offerings, items }));
    expect(classes.count).toBe(400);
    expect(classes.uniform.every((uniform) => uniform === 1)).toBe(true);
  });

  it('are not for pods that look at other pods, hold ports or attach volumes', () => {
    const { items } = aProblem({
      groups: [{ kind: 'spread' }],
      items: [
        {},
        { counted: [0] },
        { ports: [1] },
        { volumes: [{ driver: 0, handle: 0 }] },
        { levels: [{ owned: [{ group: 0 }] }] },
        { levels: [{ alternatives: [{}, {}] }] },
      ],
    });
    expect(items.map(isPlain)).toEqual([true, false, false, false, false, false]);
  });
});

describe('the knapsack', () => {
  const all = (classes: number) => ({ table: new Uint8Array(classes).fill(1), from: 0, step: 1 });
  const even = Float64Array.of(1, 1);

  it('fills both resources with pods that complement each other', () => {
    const knapsack = new Knapsack(2, 2, Float64Array.of(4, 1, 1, 4), Float64Array.of(1, 1));
    const room = Float64Array.of(20, 20);
    knapsack.fill(room, 0, all(2), Int32Array.of(50, 50), Float64Array.of(1, 1), 1, even, Infinity);
    expect([...knapsack.taken]).toEqual([4, 4]);
    expect([...knapsack.left]).toEqual([0, 0]);
  });

  it('takes no more of a class than remains, and nothing of one that is not offered', () => {
    const knapsack = new Knapsack(2, 1, Float64Array.of(3, 2), Float64Array.of(1));
    const offered = { table: Uint8Array.of(0, 1), from: 0, step: 1 };
    knapsack.fill(
      Float64Array.of(100),
      0,
      offered,
      Int32Array.of(9, 7),
      Float64Array.of(1),
      1,
      even,
      Infinity,
    );
    expect([...knapsack.taken]).toEqual([0, 7]);
  });

  it('heeds columns that have no price', () => {
    const knapsack = new Knapsack(1, 2, Float64Array.of(1, 1), Float64Array.of(1, 0));
    const room = Float64Array.of(10, 3);
    knapsack.fill(room, 0, all(1), Int32Array.of(10), Float64Array.of(1, 0), 1, Float64Array.of(1), Infinity);
    expect([...knapsack.taken]).toEqual([3]);
  });
});

describe('existing bins', () => {
  it('take first the pods that no new node would', () => {
    const problem = aProblem({
      bins: [{ free: [10] }],
      items: [
        { requests: [10], levels: [{}] },
        { requests: [9], levels: [{ alternatives: [{ offerings: [] }] }] },
      ],
    });
    const { fills, remaining } = fillBins(aModel(problem), Float64Array.of(1));
    expect(fills).toEqual([{ bin: 0, classes: [1], counts: [1] }]);
    expect([...remaining]).toEqual([1, 0]);
  });
});

describe('the optimal plan', () => {
  const twoSizes = {
    shapes: [{ allocatable: [10] }, { allocatable: [20] }],
    offerings: [
      { shape: 0, price: 100 },
      { shape: 1, price: 190 },
    ],
  };

  it('beats the greedy where one size suits the pods badly', () => {
    const problem = aProblem({
      ...twoSizes,
      items: [
        { requests: [7], count: 2 },
        { requests: [3], count: 2 },
      ],
    });
    expect(best(problem).pricePerHour).toBe(190);
  });

  it('stays within the limits of a pool and goes on to the next one', () => {
    const problem = aProblem({
      shapes: [{ allocatable: [4] }, { allocatable: [12] }],
      offerings: [
        { pool: 0, shape: 1, price: 300 },
        { pool: 1, shape: 0, price: 50 },
        { pool: 1, shape: 1, price: 60 },
      ],
      pools: [{ limits: [12] }, {}],
      items: [{ requests: [4], count: 6 }],
    });
    const solution = best(problem);
    expect(solution.nodes.filter(({ pool }) => pool === 0)).toHaveLength(1);
    expect(solution.pricePerHour).toBe(360);
  });

  it('opens reserved offerings no more often than there are units', () => {
    const problem = aProblem({
      reservations: [1],
      offerings: [{ purchase: 0, reservation: 0, price: 1 }, { price: 100 }],
      items: [{ requests: [10], count: 3 }],
    });
    expect(best(problem).pricePerHour).toBe(201);
  });

  it('names on every node all offerings that hold its pods', () => {
    const offerings = [{ price: 100 }, { price: 120 }, { price: 80, shape: 1 }];
    const problem = aProblem({
      shapes: [{ allocatable: [10] }, { allocatable: [5] }],
      offerings,
      items: [{ count: 8 }],
    });
    const solution = best(problem);
    expect(podsPerNode(solution)).toHaveLength(1);
    expect(solution.nodes.map(({ ranked }) => [...ranked])).toEqual([[0, 1]]);
  });
});
