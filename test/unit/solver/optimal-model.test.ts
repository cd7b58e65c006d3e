import { describe, expect, it } from 'vitest';
import { greedy, MONEY_ALONE, type Objective, type Problem, positionsOf } from '../../../lib/solver/index.ts';
import { decidedProblem } from '../../../lib/solver/optimal/decided.ts';
import { decidedFirst } from '../../../lib/solver/optimal/decided-first.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { aProblem, type ItemSpec, type ProblemSpec } from '../../support/solver-builders.ts';

function aModel(spec: ProblemSpec, objective: Objective = MONEY_ALONE, prices: readonly number[] = []) {
  const problem = aProblem(spec);
  return modelOf(problem, greedy(problem), objective, pricesOf(problem, prices));
}

function pricesOf({ resources }: Problem, prices: readonly number[]): Float64Array {
  return Float64Array.from({ length: resources }, (_, r) => prices[r] ?? 1);
}

/** Per lot, the rules within a node. */
const rulesOf = (spec: ProblemSpec) => aModel(spec).lots.map(({ sharing }) => sharing);

const owning = (spec: ItemSpec = {}): ItemSpec => ({
  counted: [0],
  levels: [{ owned: [{ group: 0 }] }],
  ...spec,
});
const countedOnly = (spec: ItemSpec = {}): ItemSpec => ({ counted: [0], ...spec });
const ownerOnly = (spec: ItemSpec = {}): ItemSpec => ({ levels: [{ owned: [{ group: 0 }] }], ...spec });

const zones = {
  topologyDomains: [2],
  offerings: [{ domains: [0] }, { domains: [1] }, { domains: [0], price: 200 }],
};

describe('the decided problem', () => {
  it('has each pod at the level at which it was placed, and not those without a place', () => {
    const problem = aProblem({
      items: [
        { requests: [10], count: 2, levels: [{ alternatives: [{ offerings: [0] }] }, {}] },
        { requests: [11] },
      ],
      offerings: [{}, {}],
      pools: [{ nodesLeft: 2 }],
    });
    const decided = greedy(problem);
    expect(decided.unplaced).toHaveLength(1);
    const { items } = decidedProblem(problem, decided);
    expect(items.map(({ order, levels }) => [[...order], levels.length])).toEqual([[[0, 1], 1]]);
  });

  it('splits an item of which some pods had to give way', () => {
    const problem = aProblem({
      bins: [{ free: [1] }],
      items: [{ count: 2, levels: [{ alternatives: [{ offerings: [] }] }, {}] }],
    });
    const { items } = decidedProblem(problem, greedy(problem));
    expect(items.map(({ order }) => [...order])).toEqual([[0], [1]]);
    expect(
      items.map(({ levels }) => positionsOf(levels[0]?.alternatives[0]?.offerings ?? new Uint32Array())),
    ).toEqual([[], [0]]);
  });

  it('keeps the items that were placed as they are', () => {
    const problem = aProblem({ items: [{ count: 2 }, { requests: [11] }] });
    expect(decidedProblem(problem, greedy(problem)).items[0]).toBe(problem.items[0]);
  });
});

describe('lots', () => {
  it('hold all pods that look at no others, on every bin that they may use', () => {
    const { lots, fixed } = aModel({ bins: [{ free: [2] }], items: [{ count: 4 }, { requests: [50] }] });
    expect(lots.map(({ orders, bins }) => [orders.length, positionsOf(bins)])).toEqual([
      [4, [0]],
      [1, [0]],
    ]);
    expect(fixed).toEqual([]);
  });

  it('leave pods with a rule on the bins where they were put, which have that much less room', () => {
    const { lots, fixed, room } = aModel({
      bins: [{ free: [5] }],
      items: [{ requests: [2], count: 3, counted: [0] }],
      groups: [{}],
    });
    expect(fixed.map(({ bin, order }) => [bin, order])).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(room).toEqual([Float64Array.of(1)]);
    expect(lots.map(({ orders, bins }) => [[...orders], positionsOf(bins)])).toEqual([[[2], []]]);
  });

  it('pin each pod of a spread to the domain where it was put, on all offerings there', () => {
    const { lots } = aModel({ ...zones, groups: [{ key: 0 }], items: [owning({ count: 4 })] });
    expect(lots.map(({ orders, offerings }) => [[...orders], positionsOf(offerings)])).toEqual([
      [
        [0, 2],
        [0, 2],
      ],
      [[1, 3], [1]],
    ]);
  });

  it('share one mask object where they may be on the same offerings', () => {
    const { lots } = aModel({ ...zones, groups: [{ key: 0 }], items: [owning(), owning({ requests: [2] })] });
    const [first, second] = lots;
    expect(positionsOf(first?.offerings ?? new Uint32Array())).not.toEqual(
      positionsOf(second?.offerings ?? new Uint32Array()),
    );
    const again = aModel({
      ...zones,
      groups: [{ key: 0, maxSkew: 9, counts: [0, 9] }],
      items: [owning(), owning({ requests: [2] })],
    });
    expect(again.lots[0]?.offerings).toBe(again.lots[1]?.offerings);
  });

  it('leave a pod free that a spread only counts and that could be in several domains', () => {
    const { lots } = aModel({ ...zones, groups: [{ key: 0 }], items: [countedOnly()] });
    expect(lots.map(({ offerings }) => positionsOf(offerings))).toEqual([[0, 1, 2]]);
  });

  it('keep a pod where its group counts it', () => {
    const { lots } = aModel({ ...zones, groups: [{ key: 0, countingOfferings: [0] }], items: [owning()] });
    expect(lots.map(({ offerings }) => positionsOf(offerings))).toEqual([[0]]);
  });

  it('take the alternative that the node agrees with', () => {
    const alternatives = [{ offerings: [1] }, { offerings: [0, 2] }];
    const { lots } = aModel({
      ...zones,
      shapes: [{ allocatable: [10] }, { allocatable: [2] }],
      offerings: [{ domains: [0] }, { domains: [1], shape: 1 }, { domains: [0] }],
      items: [{ requests: [5], levels: [{ alternatives }] }],
    });
    expect(lots.map(({ offerings }) => positionsOf(offerings))).toEqual([[0, 2]]);
  });

  it('stay off nodes whose DaemonSets hold a port of theirs', () => {
    const overheadGroups = [{ requests: [0], ports: [1] }, { requests: [0] }];
    const { lots } = aModel({
      overheadGroups,
      offerings: [{}, { overheadGroup: 1 }],
      items: [{ ports: [1] }],
    });
    expect(lots.map(({ offerings }) => positionsOf(offerings))).toEqual([[1]]);
  });

  it('ask for volumes in a column of their own, of which kinds have as many as their shape attaches', () => {
    const { lots, kinds, columns, room } = aModel({
      shapes: [
        { allocatable: [10], volumeLimits: [3] },
        { allocatable: [20], volumeLimits: [-1] },
      ],
      offerings: [{ shape: 0 }, { shape: 1, price: 300 }],
      bins: [{ free: [0], volumeLimits: [[0, 2]] }],
      items: [
        {
          volumes: [
            { driver: 0, handle: 0 },
            { driver: 0, handle: 0 },
            { driver: 0, handle: 1 },
          ],
        },
      ],
    });
    expect(columns).toBe(2);
    expect([...(lots[0]?.requests ?? [])]).toEqual([1, 2]);
    expect([...kinds.room]).toEqual([10, 3, 20, 2 ** 31]);
    expect(room).toEqual([Float64Array.of(0, 2)]);
  });
});

describe('rules within a node', () => {
  it('let a node hold as many pods of a spread over hosts as it allows', () => {
    const { lots, classes } = aModel({ groups: [{ maxSkew: 2 }], items: [owning({ count: 3 }), {}] });
    expect([...classes.counterLimits]).toEqual([2]);
    expect(lots.map(({ sharing }) => sharing.counters)).toEqual([[], [0]]);
  });

  it('are left out where all pods together keep them', () => {
    expect(rulesOf({ groups: [{ maxSkew: 2 }], items: [owning({ count: 2 })] })[0]?.counters).toEqual([]);
  });

  it('keep owners of a spread over hosts from pods that it only counts', () => {
    const [owner, counted] = rulesOf({ groups: [{}], items: [owning(), countedOnly()] });
    expect([owner?.shuns, owner?.marks, counted?.shuns, counted?.marks]).toEqual([[0], [], [], [0]]);
  });

  it('let one pod at most on a node of those that stay apart, with a counter alone', () => {
    const { lots, classes } = aModel({ groups: [{ kind: 'apart' }], items: [owning({ count: 2 })] });
    expect([...classes.counterLimits]).toEqual([1]);
    expect(lots[0]?.sharing).toEqual({ counters: [0], amounts: [1], marks: [], shuns: [] });
  });

  it('keep pods that must be apart from others on different nodes, in either direction', () => {
    for (const kind of ['apart', 'apart-inverse'] as const) {
      const { classes } = aModel({
        groups: [{ kind }],
        items: [ownerOnly(), countedOnly({ requests: [2] })],
      });
      expect(classes.apart.map((mask) => positionsOf(mask ?? new Uint32Array()))).toEqual([[1], [0]]);
    }
  });

  it('say once what two directions of one rule say', () => {
    const both: ItemSpec = { counted: [0, 1], levels: [{ owned: [{ group: 0 }, { group: 1 }] }], count: 2 };
    const { classes } = aModel({ groups: [{ kind: 'apart' }, { kind: 'apart-inverse' }], items: [both] });
    expect([...classes.counterLimits]).toEqual([1]);
  });

  it('let one pod at most on a node for each host port', () => {
    const { lots, classes } = aModel({ items: [{ ports: [3], count: 2 }, { ports: [3, 4] }] });
    expect([...classes.counterLimits]).toEqual([1]);
    expect(lots.map(({ sharing }) => sharing.counters)).toEqual([[0], [0]]);
    expect(lots[0]?.sharing).toBe(lots[1]?.sharing);
  });
});

describe('bundles', () => {
  const together = { groups: [{ kind: 'together' as const }] };

  it('are pods that need each other on a host: one unit that asks for what all ask for', () => {
    const { lots } = aModel({ ...together, items: [owning({ count: 2 }), owning({ requests: [3] })] });
    expect(lots).toHaveLength(1);
    expect(lots[0]?.bundle?.map(({ order }) => order).toSorted()).toEqual([0, 1, 2]);
    expect([...(lots[0]?.requests ?? [])]).toEqual([5]);
    expect(lots[0]?.orders).toHaveLength(0);
  });

  it('have of the pods that are only counted the first, which let the others in', () => {
    const { lots } = aModel({ ...together, items: [countedOnly({ count: 2 }), ownerOnly()] });
    expect(lots.map(({ bundle, orders }) => bundle?.map(({ order }) => order) ?? [...orders])).toEqual([
      [0, 2],
      [1],
    ]);
  });

  it('put the marks of all their pods on their node', () => {
    const { classes } = aModel({
      groups: [{ kind: 'together' }, { kind: 'apart' }],
      items: [owning(), owning({ counted: [0, 1] }), { requests: [9], levels: [{ owned: [{ group: 1 }] }] }],
    });
    expect(classes.apart.map((mask) => positionsOf(mask ?? new Uint32Array()))).toEqual([[1], [0]]);
  });
});

describe('what was decided first', () => {
  it('is how many pods are pinned to domains, bundled and fixed on bins', () => {
    const problem = aProblem({
      ...zones,
      bins: [{ free: [1], domain: [0] }],
      groups: [{ key: 0 }, { kind: 'together' }],
      items: [
        owning({ count: 3 }),
        { requests: [2], count: 2, counted: [1], levels: [{ owned: [{ group: 1 }] }] },
        { requests: [3], count: 7 },
      ],
    });
    expect(decidedFirst(problem, greedy(problem))).toEqual([
      { what: 'domains', pods: 2 },
      { what: 'hosts', pods: 2 },
      { what: 'bins', pods: 1 },
    ]);
  });

  it('is nothing where no pod looks at others', () => {
    const problem = aProblem();
    expect(decidedFirst(problem, greedy(problem))).toEqual([]);
  });
});
