import { describe, expect, it } from 'vitest';
import { comparePlaced, objectiveOf } from '../../../lib/solver/evaluate.ts';
import { greedy, MONEY_ALONE, type Objective, verify } from '../../../lib/solver/index.ts';
import type { OnBins } from '../../../lib/solver/optimal/bins.ts';
import { decode } from '../../../lib/solver/optimal/decode.ts';
import type { Run } from '../../../lib/solver/optimal/model.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { aProblem, type ProblemSpec, podsPerNode } from '../../support/solver-builders.ts';

/** Decodes runs, each on the cheapest kind unless it names one; and the fills of bins, none unless given. */
function decoded(
  spec: ProblemSpec,
  runs: readonly Partial<Run>[],
  { objective = MONEY_ALONE, fills = [] as OnBins['fills'] } = {},
) {
  const problem = aProblem(spec);
  const baseline = greedy(problem);
  const prices = new Float64Array(problem.resources).fill(1);
  const model = modelOf(problem, baseline, MONEY_ALONE, prices);
  const packing = {
    runs: runs.map((run) => ({ kind: 0, times: 1, classes: [0], counts: [1], ...run })),
    cost: 0,
    unplaced: 0,
  };
  const onBins = { fills, remaining: new Int32Array(model.classes.count) };
  const solution = decode(model, onBins, packing, baseline, objective, prices);
  expect(verify(problem, solution)).toEqual([]);
  return { problem, solution };
}

describe('decoding a packing', () => {
  it('hands the pods of a class out in their order, to as many equal nodes as a run has', () => {
    const { solution } = decoded({ items: [{ requests: [4], count: 4 }] }, [{ times: 2, counts: [2] }]);
    expect(podsPerNode(solution)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(solution.nodes.map(({ requests }) => [...requests])).toEqual([[8], [8]]);
    expect(solution.pricePerHour).toBe(200);
  });

  it('puts pods on bins at the first level that allows the bin', () => {
    const levels = [{ alternatives: [{ offerings: [], bins: [] }] }, {}];
    const spec = { bins: [{}], items: [{ levels }] };
    const { solution } = decoded(spec, [], { fills: [{ bin: 0, classes: [0], counts: [1] }] });
    expect(solution.onBins).toEqual([{ item: 0, order: 0, level: 1, bin: 0 }]);
  });
});

describe('completing a packing', () => {
  it('places what the packing has left out, on planned nodes first', () => {
    const { solution } = decoded({ items: [{ requests: [4], count: 5 }] }, [{ counts: [1] }]);
    expect(solution.unplaced).toEqual([]);
    expect(podsPerNode(solution)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('places important pods first, and says of the others why they have no place', () => {
    const items = [
      { requests: [6], priority: 1 },
      { requests: [6], priority: 9 },
    ];
    const { solution } = decoded({ pools: [{ nodesLeft: 1 }], items }, []);
    expect(podsPerNode(solution)).toEqual([[1]]);
    expect(solution.unplaced).toMatchObject([{ item: 0, pools: [{ pool: 0, reason: 'limits' }] }]);
  });

  it('moves the pods that a node with too few alternatives refuses to another one', () => {
    const spec = {
      shapes: [{ allocatable: [4] }, { allocatable: [8] }],
      offerings: [
        { shape: 0, price: 100, values: [0] },
        { shape: 1, price: 150, values: [1] },
      ],
      pools: [{ minValues: [{ key: 0, min: 2 }] }],
      items: [{ requests: [2], count: 4 }],
    };
    const runs = [{ kind: 0, counts: [4] }];
    const { solution } = decoded(spec, runs);
    expect(podsPerNode(solution)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(solution.unplaced).toEqual([]);
  });

  it('moves the second of two pods on one port', () => {
    const { solution } = decoded({ items: [{ ports: [80], count: 2 }] }, [{ counts: [2] }]);
    expect(podsPerNode(solution)).toEqual([[0], [1]]);
  });

  it('opens no more nodes than a pool allows, whatever the packing says', () => {
    const { solution } = decoded({ pools: [{ nodesLeft: 1 }], items: [{ requests: [10], count: 2 }] }, [
      { times: 2 },
    ]);
    expect(solution.nodes).toHaveLength(1);
    expect(solution.unplaced).toHaveLength(1);
  });
});

describe('the alternatives of a decoded node', () => {
  const offerings = [{ price: 100 }, { price: 110 }, { price: 120 }];
  const fee = (...perOffering: number[]): Objective => ({
    ...MONEY_ALONE,
    surcharges: [{ name: 'fee', perOffering: Float64Array.from(perOffering) }],
  });
  const rankedWith = (objective: Objective, spec: ProblemSpec = {}) =>
    decoded({ offerings, ...spec }, [{}], { objective }).solution.nodes.map(({ ranked }) => [...ranked]);

  it('are all that hold its pods where money alone counts', () => {
    expect(rankedWith(MONEY_ALONE)).toEqual([[0, 1, 2]]);
  });

  it('leave out what is cheaper in price and worse by the objective', () => {
    expect(rankedWith(fee(50, 0, 0))).toEqual([[1, 2]]);
    expect(rankedWith(fee(0, 0, 0))).toEqual([[0, 1, 2]]);
  });

  it('stay as they are where too few values would be left', () => {
    const spec = {
      offerings: offerings.map((one, value) => ({ ...one, values: [value] })),
      pools: [{ minValues: [{ key: 0, min: 3 }] }],
    };
    expect(rankedWith(fee(50, 0, 0), spec)).toEqual([[0, 1, 2]]);
  });

  describe('on spot', () => {
    const flexible = { ...MONEY_ALONE, flexibility: { alternatives: 3, within: 0.1, share: 0.2 } };
    const spots = (...prices: number[]): ProblemSpec => ({
      offerings: prices.map((price, value) => ({ price, purchase: 1, values: [value] })),
    });

    it('are as many as it should have, however dear they are', () => {
      expect(rankedWith(flexible, spots(100, 200, 300, 400))).toEqual([[0, 1, 2]]);
      expect(rankedWith(flexible, spots(100, 200))).toEqual([[0, 1]]);
    });

    it('are more than that as long as they cost little more than the cheapest', () => {
      expect(rankedWith(flexible, spots(100, 101, 102, 110, 111))).toEqual([[0, 1, 2, 3]]);
    });

    it('are all of them where the pool asks for values, flexibility is worth nothing or the node is on demand', () => {
      const spec = spots(100, 200, 300, 400);
      const pools = [{ minValues: [{ key: 0, min: 2 }] }];
      expect(rankedWith(flexible, { ...spec, pools })).toEqual([[0, 1, 2, 3]]);
      expect(rankedWith(MONEY_ALONE, spec)).toEqual([[0, 1, 2, 3]]);
      expect(rankedWith(flexible, { offerings: [100, 200, 300, 400].map((price) => ({ price })) })).toEqual([
        [0, 1, 2, 3],
      ]);
    });
  });
});

describe('the objective of a plan', () => {
  const evaluated = (spec: ProblemSpec, objective: Partial<Objective>) => {
    const problem = aProblem(spec);
    const prices = Float64Array.of(2);
    return objectiveOf(problem, { ...MONEY_ALONE, ...objective }, prices, greedy(problem));
  };

  it('is the price of the new nodes where money alone counts', () => {
    expect(evaluated({}, {})).toEqual({ money: 100, terms: [], total: 100 });
  });

  it('adds surcharges by name, and takes off what unused room is worth', () => {
    const surcharges = [{ name: 'fee', perOffering: Float64Array.of(7) }];
    const items = [{ requests: [6], count: 2 }];
    expect(evaluated({ items }, { surcharges, headroomShare: 0.5 })).toEqual({
      money: 200,
      terms: [
        { name: 'fee', perHour: 14 },
        { name: 'headroom', perHour: -8 },
      ],
      total: 206,
    });
  });

  const shapes = [{ allocatable: [10] }, { allocatable: [5] }];
  const spot = (price: number, shape = 0) => ({ price, shape, purchase: 1 });
  const flexibility = { alternatives: 5, within: 0.1, share: 0.4 };
  const above = (spec: ProblemSpec) => evaluated({ shapes, ...spec }, { flexibility }).terms[0]?.perHour;

  it('charges spot nodes for what the allocation may pay above the cheapest', () => {
    expect(above({ offerings: [100, 104, 108, 112, 116].map((price) => spot(price)) })).toBe(10);
    expect(above({ offerings: [100, 100, 100, 100, 100, 900].map((price) => spot(price)) })).toBe(0);
    expect(evaluated({ items: [{ requests: [6] }] }, { flexibility }).total).toBe(100);
  });

  it('counts an alternative that is missing as dear as one that is far dearer', () => {
    const offerings = [spot(100), spot(105, 1), spot(300)];
    expect(above({ offerings })).toBe((5 + 40) / 4);
    expect(above({ offerings, items: [{ requests: [6] }] })).toBe((40 + 40) / 4);
  });
});

describe('comparing what plans place', () => {
  it('looks at the highest priority at which they differ', () => {
    const problem = aProblem({ items: [{ priority: 1, count: 3 }, { priority: 5 }] });
    const leaving = (...items: number[]) => ({
      ...greedy(problem),
      unplaced: items.map((item, order) => ({ item, order, pools: [] })),
    });
    expect(comparePlaced(problem, leaving(0, 0, 0), leaving(1))).toBeLessThan(0);
    expect(comparePlaced(problem, leaving(0, 1), leaving(1))).toBeGreaterThan(0);
    expect(comparePlaced(problem, leaving(0), leaving(0))).toBe(0);
  });
});
