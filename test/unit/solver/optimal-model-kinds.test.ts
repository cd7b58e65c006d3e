import { describe, expect, it } from 'vitest';
import { greedy, MONEY_ALONE, type Objective } from '../../../lib/solver/index.ts';
import type { Kinds } from '../../../lib/solver/optimal/kinds.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { aProblem, type ProblemSpec } from '../../support/solver-builders.ts';

function kindsFor(
  spec: ProblemSpec,
  objective: Partial<Objective> = {},
  prices: readonly number[] = [],
): Kinds {
  const problem = aProblem(spec);
  const weights = Float64Array.from({ length: problem.resources }, (_, r) => prices[r] ?? 1);
  return modelOf(problem, greedy(problem), { ...MONEY_ALONE, ...objective }, weights).kinds;
}

/** Per kind its offering, cost and room. */
const rowsOf = ({ count, offering, cost, room }: Kinds) =>
  Array.from({ length: count }, (_, kind) => [
    offering[kind],
    cost[kind],
    ...room.subarray((kind * room.length) / count, ((kind + 1) * room.length) / count),
  ]);

const offeringsOf = (kinds: Kinds) => [...kinds.offering];

const shapes = [{ allocatable: [10] }, { allocatable: [20] }, { allocatable: [8] }];

describe('kinds of node', () => {
  it('are the offerings that no pod tells apart, cheapest first', () => {
    const offerings = [{ price: 30 }, { price: 20 }, { price: 10 }];
    expect(offeringsOf(kindsFor({ offerings }))).toEqual([2]);
    const picky = [{}, { levels: [{ alternatives: [{ offerings: [0, 1] }] }] }];
    expect(offeringsOf(kindsFor({ offerings, items: picky }))).toEqual([2, 1]);
  });

  it('are none where DaemonSets do not fit, a limit leaves no node or a reservation is used up', () => {
    const overheadGroups = [{ requests: [0] }, { requests: [11] }];
    expect(offeringsOf(kindsFor({ overheadGroups, offerings: [{ overheadGroup: 1 }, {}] }))).toEqual([1]);
    const pools = [{ limits: [9] }, { nodesLeft: 0 }, {}];
    expect(offeringsOf(kindsFor({ pools, offerings: [{ pool: 0 }, { pool: 1 }, { pool: 2 }] }))).toEqual([2]);
    const reserved = [{ reservation: 0, purchase: 0, price: 1 }, {}];
    expect(offeringsOf(kindsFor({ reservations: [0], offerings: reserved }))).toEqual([1]);
    expect(offeringsOf(kindsFor({ reservations: [1], offerings: reserved }))).toEqual([0, 1]);
  });

  it('leave out what another one beats in room and cost, also at the same cost', () => {
    const offerings = [{ shape: 0 }, { shape: 1 }, { shape: 2, price: 90 }];
    expect(rowsOf(kindsFor({ shapes, offerings }))).toEqual([
      [2, 90, 8],
      [1, 100, 20],
    ]);
  });

  it('keep the smaller of two at the same cost where the pool has a limit', () => {
    const offerings = [{ shape: 0 }, { shape: 1 }];
    expect(offeringsOf(kindsFor({ shapes, offerings, pools: [{ limits: [50] }] }))).toEqual([1, 0]);
  });
});

describe('the cost of a kind', () => {
  const offerings = [
    { shape: 0, price: 100 },
    { shape: 1, price: 190 },
  ];

  it('is its price and surcharges', () => {
    const surcharges = [{ name: 'fee', perOffering: Float64Array.of(30, 5) }];
    const kinds = kindsFor({ shapes, offerings }, { surcharges });
    expect(rowsOf(kinds)).toEqual([
      [0, 130, 10],
      [1, 195, 20],
    ]);
    expect([...kinds.price]).toEqual([100, 190]);
  });

  it('is less by what its room is worth, but never nothing', () => {
    expect(rowsOf(kindsFor({ shapes, offerings }, { headroomShare: 0.5 }, [9]))).toEqual([
      [0, 55, 10],
      [1, 100, 20],
    ]);
    const [dear] = rowsOf(kindsFor({ shapes, offerings: [{ price: 1_000 }] }, { headroomShare: 0.9 }, [200]));
    expect(dear).toEqual([0, 1, 10]);
  });
});

describe('kinds of spot nodes', () => {
  const flexibility = { alternatives: 3, within: 0.5, share: 0.2 };
  const spot = (shape: number, price: number) => ({ shape, price, purchase: 1 });
  const offerings = [spot(0, 100), spot(2, 110), spot(1, 149), spot(1, 1_000)];

  it('are dearer by what their alternatives cost more, and beside that sets with the room that all have', () => {
    expect(rowsOf(kindsFor({ shapes, offerings }, { flexibility }))).toEqual([
      [0, 115, 8],
      [0, 120, 10],
      [2, 178.8, 20],
    ]);
  });

  it('lack no more alternatives than their pool has on spot', () => {
    const two = [spot(0, 100), spot(0, 151)];
    expect(rowsOf(kindsFor({ offerings: two }, { flexibility }))).toEqual([[0, 110, 10]]);
    expect(rowsOf(kindsFor({ offerings: two.slice(1) }, { flexibility }))).toEqual([[0, 151, 10]]);
  });

  it('are no cheaper for one cheap offering than for many that cost little more', () => {
    const outlier = { shape: 0, price: 95, purchase: 1 };
    const dear = [spot(0, 300), spot(0, 300)];
    const many = [spot(2, 100), spot(2, 100), spot(2, 100)];
    const rows = rowsOf(kindsFor({ shapes, offerings: [outlier, ...dear, ...many] }, { flexibility }));
    expect(rows.slice(0, 2)).toEqual([
      [0, 100, 8],
      [0, 114, 10],
    ]);
  });

  it('have no alternatives in other masks, and none that only on demand would give', () => {
    const items = [{}, { levels: [{ alternatives: [{ offerings: [1] }] }] }];
    const spots = [spot(0, 100), spot(0, 110), { price: 120 }];
    const rows = rowsOf(kindsFor({ offerings: spots, items }, { flexibility }));
    expect(rows).toEqual([
      [0, 110, 10],
      [1, 121, 10],
    ]);
  });

  it('cost their price where flexibility is worth nothing', () => {
    expect(rowsOf(kindsFor({ shapes, offerings }))).toEqual([
      [0, 100, 10],
      [2, 149, 20],
    ]);
  });
});

describe('kinds of pools that ask for values', () => {
  const pools = [{ minValues: [{ key: 0, min: 2 }] }];

  it('have the room that offerings with enough values all have, chosen by what is lost least', () => {
    const offerings = [
      { shape: 1, price: 190, values: [0] },
      { shape: 0, price: 100, values: [1] },
      { shape: 2, price: 80, values: [2] },
    ];
    expect(rowsOf(kindsFor({ shapes, offerings, pools }))).toEqual([
      [2, 80, 8],
      [0, 100, 10],
    ]);
  });

  it('are none where the values cannot be had, unless the pool would do without', () => {
    const offerings = [{ values: [0] }, { values: [-1] }];
    expect(kindsFor({ offerings, pools }).count).toBe(0);
    const effort = [{ ...pools[0], minValuesPolicy: 'BestEffort' as const }];
    expect(kindsFor({ offerings, pools: effort }).count).toBe(1);
  });

  it('count what any of their offerings could take from a limit', () => {
    const offerings = [
      { shape: 0, values: [0] },
      { shape: 1, price: 100, values: [1] },
    ];
    const limited = [{ ...pools[0], limits: [60] }];
    const { capacity, count } = kindsFor({ shapes, offerings, pools: limited });
    expect([count, ...capacity]).toEqual([1, 20]);
  });
});
