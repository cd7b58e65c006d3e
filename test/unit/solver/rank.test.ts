import { describe, expect, it } from 'vitest';
import { greedy } from '../../../lib/solver/index.ts';
import { aProblem, type OfferingSpec, type PoolSpec } from '../../support/solver-builders.ts';

const RESERVED = 0;
const SPOT = 1;
const ON_DEMAND = 2;

function ranked(offerings: OfferingSpec[], pool: PoolSpec = {}): number[] {
  return greedy(aProblem({ offerings, pools: [pool], reservations: [9] })).nodes.flatMap((node) => [
    ...node.ranked,
  ]);
}

describe('ranking a planned node', () => {
  it('sorts by price, then by position', () => {
    expect(ranked([{ price: 3 }, { price: 1 }, { price: 2 }, { price: 1 }])).toEqual([1, 3, 2, 0]);
  });

  it('uses the first purchase class there is: reserved, spot, on demand', () => {
    const reserved = { purchase: RESERVED, reservation: 0, price: 5 };
    expect(ranked([{ purchase: ON_DEMAND, price: 4 }, { purchase: SPOT, price: 3 }, reserved])).toEqual([2]);
    expect(
      ranked([
        { purchase: ON_DEMAND, price: 4 },
        { purchase: SPOT, price: 3 },
      ]),
    ).toEqual([1]);
  });

  it('leaves out exotic types while others remain', () => {
    expect(ranked([{ exotic: true, price: 1 }, { price: 2 }])).toEqual([1]);
    expect(ranked([{ exotic: true, price: 1 }])).toEqual([0]);
  });

  it('falls back to on demand rather than to exotic spot', () => {
    expect(ranked([{ exotic: true, purchase: SPOT, price: 1 }, { price: 2 }])).toEqual([1]);
  });

  it('drops spot dearer than the cheapest on demand, all of it if need be', () => {
    const onDemand = { purchase: ON_DEMAND, price: 4 };
    expect(ranked([{ purchase: SPOT, price: 4 }, { purchase: SPOT, price: 5 }, onDemand])).toEqual([0]);
    expect(ranked([{ purchase: SPOT, price: 5 }, onDemand])).toEqual([1]);
  });

  it('skips both filters where the pool has minValues', () => {
    const minValues = [{ key: 0, min: 1 }];
    const spot = { purchase: SPOT, values: [0] };
    const offerings = [
      { ...spot, price: 5, exotic: true },
      { ...spot, price: 9 },
      { price: 4, values: [0] },
    ];
    expect(ranked(offerings, { minValues })).toEqual([0, 1]);
  });

  it('is cut to 600 shapes, with every offering of those', () => {
    const shapes = Array.from({ length: 605 }, () => ({ allocatable: [10] }));
    const offerings = [0, 1].flatMap(() => shapes.map((_, shape) => ({ shape, price: 1_000 - shape })));
    const [node] = greedy(aProblem({ shapes, offerings })).nodes;
    expect(node?.ranked).toHaveLength(1_200);
    expect(node?.ranked[0]).toBe(604);
    expect(node?.ranked.includes(4)).toBe(false);
  });

  it('prices the plan at the cheapest ranked offering of each node', () => {
    const solution = greedy(
      aProblem({ offerings: [{ price: 7 }, { price: 5 }], items: [{ requests: [6], count: 2 }] }),
    );
    expect(solution.pricePerHour).toBe(10);
  });
});
