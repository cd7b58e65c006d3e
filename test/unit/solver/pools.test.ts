import { describe, expect, it } from 'vitest';
import { greedy, positionsOf } from '../../../lib/solver/index.ts';
import { aProblem, podsPerNode } from '../../support/solver-builders.ts';

const TWO_SIZES = {
  shapes: [
    { allocatable: [4], capacity: [5] },
    { allocatable: [8], capacity: [9] },
  ],
  offerings: [
    { shape: 0, price: 4 },
    { shape: 1, price: 8 },
  ],
};

describe('pool limits', () => {
  it('drop offerings larger than what is left', () => {
    const [node] = greedy(aProblem({ ...TWO_SIZES, pools: [{ limits: [8] }] })).nodes;
    expect(node && positionsOf(node.offerings)).toEqual([0]);
  });

  it('are charged the largest capacity a node could have when it was opened', () => {
    const open = (limit: number) =>
      greedy(aProblem({ ...TWO_SIZES, pools: [{ limits: [limit] }], items: [{ requests: [3], count: 3 }] }));
    expect(podsPerNode(open(18))).toEqual([[0, 1], [2]]);
    // 13 less 9 leaves 4, and even the small type counts 5.
    expect(podsPerNode(open(13))).toEqual([[0, 1]]);
    expect(open(13).unplaced).toHaveLength(1);
  });

  it('count nodes, and send pods to the next pool', () => {
    const solution = greedy(
      aProblem({
        offerings: [{ pool: 0 }, { pool: 1 }],
        pools: [{ nodesLeft: 1 }, { nodesLeft: 1 }],
        items: [{ requests: [6], count: 3 }],
      }),
    );
    expect(solution.nodes.map(({ pool }) => pool)).toEqual([0, 1]);
    expect(solution.unplaced.map(({ order }) => order)).toEqual([2]);
  });
});

describe('reservations', () => {
  const reserved = [{ purchase: 0, reservation: 0 }, { purchase: 0, reservation: 1 }, {}];

  it('give one unit of each to a node that could use several', () => {
    const solution = greedy(
      aProblem({ offerings: reserved, reservations: [1, 2], items: [{ requests: [6], count: 3 }] }),
    );
    expect(solution.nodes.map(({ offerings }) => positionsOf(offerings))).toEqual([[0, 1, 2], [1, 2], [2]]);
  });

  it('get their unit back when a node drops them', () => {
    const notReserved = { levels: [{ alternatives: [{ offerings: [2] }] }] };
    const solution = greedy(
      aProblem({
        offerings: reserved,
        reservations: [1, 0],
        items: [{ requests: [6] }, { requests: [4], ...notReserved }, { requests: [6] }],
      }),
    );
    expect(solution.nodes.map(({ offerings }) => positionsOf(offerings))).toEqual([[2], [0, 2]]);
  });
});

describe('minValues', () => {
  const shapes = [{ allocatable: [4] }, { allocatable: [8] }];
  const offerings = [
    { shape: 0, values: [0] },
    { shape: 1, values: [1] },
  ];
  const minValues = [{ key: 0, min: 2 }];

  it('keeps a node from growing out of its last types under Strict', () => {
    const solution = greedy(
      aProblem({ shapes, offerings, pools: [{ minValues }], items: [{ requests: [3], count: 2 }] }),
    );
    expect(podsPerNode(solution)).toEqual([[0], [1]]);
  });

  it('gives way under BestEffort', () => {
    const pools = [{ minValues, minValuesPolicy: 'BestEffort' as const }];
    const solution = greedy(aProblem({ shapes, offerings, pools, items: [{ requests: [3], count: 2 }] }));
    expect(podsPerNode(solution)).toEqual([[0, 1]]);
  });

  it('does not count an offering without the label, nor a value twice', () => {
    const few = [{ values: [5] }, { values: [5] }, { values: [-1] }];
    const solution = greedy(aProblem({ offerings: few, pools: [{ minValues }] }));
    expect(solution.unplaced.map(({ pools }) => pools.map(({ reason }) => reason))).toEqual([['min-values']]);
  });
});
