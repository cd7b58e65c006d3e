import { describe, expect, it } from 'vitest';
import { GREEDY, greedy, positionsOf, solve } from '../../../lib/solver/index.ts';
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

describe('minValues after the cut to 600 types', () => {
  // The five dearest of 605 types hold the second value, so a launch that may name 600 types loses it.
  const shapes = Array.from({ length: 605 }, () => ({ allocatable: [10] }));
  const offerings = shapes.map((_, shape) => ({
    shape,
    price: shape + 1,
    domains: [0],
    values: [shape < 600 ? 0 : 1],
  }));
  const minValues = [{ key: 0, min: 2 }];

  it('gives up the pods of a node whose cheapest types have too few values under Strict', () => {
    const { solution, violations } = solve(
      aProblem({ shapes, offerings, pools: [{ minValues }], items: [{ requests: [4], count: 3 }] }),
      GREEDY,
    );
    expect(solution.nodes).toEqual([]);
    expect(solution.unplaced.map(({ order }) => order)).toEqual([0, 1, 2]);
    expect(solution.unplaced[0]?.pools).toEqual([{ pool: 0, reason: 'min-values', candidates: 605 }]);
    expect(violations).toEqual([]);
  });

  it('keeps the node under BestEffort, and where what is named has the values', () => {
    const nodes = (pool: object) =>
      greedy(aProblem({ shapes, offerings, pools: [{ minValues, ...pool }] })).nodes.length;
    expect(nodes({ minValuesPolicy: 'BestEffort' })).toBe(1);
    expect(nodes({ minValues: [{ key: 0, min: 1 }] })).toBe(1);
  });

  it('gives no reason of a pool that would have a node for such a pod', () => {
    const other = { shape: 0, pool: 1, domains: [0], values: [0] };
    const { unplaced } = greedy(
      aProblem({
        shapes,
        offerings: [...offerings, other],
        pools: [{ minValues }, { rank: 1 }, { rank: 2 }],
      }),
    );
    expect(unplaced.map(({ pools }) => pools)).toEqual([
      [
        { pool: 0, reason: 'min-values', candidates: 605 },
        { pool: 2, reason: 'requirements', candidates: 0 },
      ],
    ]);
  });

  it('gives up no pod of other nodes but those that relied on the lost ones', () => {
    const other = { shape: 0, pool: 1, domains: [0] };
    const inOtherPool = [{ offerings: [605] }];
    const { solution, violations } = solve(
      aProblem({
        shapes,
        offerings: [...offerings, other],
        pools: [{ minValues }, {}],
        topologyDomains: [1],
        groups: [{ key: 0, kind: 'together' }],
        items: [
          { counted: [0], levels: [{ alternatives: [{ offerings: offerings.map((_, at) => at) }] }] },
          { levels: [{ alternatives: inOtherPool, owned: [{ group: 0 }] }] },
          { levels: [{ alternatives: inOtherPool }] },
        ],
      }),
      GREEDY,
    );
    expect(podsPerNode(solution)).toEqual([[2]]);
    expect(
      solution.unplaced.map(({ order, pools }) => [order, ...pools.map(({ reason }) => reason)]),
    ).toEqual([
      [0, 'min-values', 'requirements'],
      [1, 'requirements', 'topology'],
    ]);
    expect(violations).toEqual([]);
  });
});
