import { describe, expect, it } from 'vitest';
import { fullMask, greedy, HOST_KEY, maskOf, type Solution, verify } from '../../../lib/solver/index.ts';
import { aProblem, type GroupSpec, type ProblemSpec } from '../../support/solver-builders.ts';

/** The rules that a plan for the lax problem breaks under the strict one. */
function broken(lax: ProblemSpec, strict: ProblemSpec): string[] {
  const solution = greedy(aProblem(lax));
  expect(verify(aProblem(lax), solution)).toEqual([]);
  return [...new Set(verify(aProblem({ ...lax, ...strict }), solution).map(({ rule }) => rule))];
}

/** The rules broken by a plan that was changed by hand. */
function brokenBy(spec: ProblemSpec, change: (solution: Solution) => Partial<Solution>): string[] {
  const problem = aProblem(spec);
  const solution = greedy(problem);
  return [...new Set(verify(problem, { ...solution, ...change(solution) }).map(({ rule }) => rule))];
}

const ONE_POD = {};
const TWO_NODES = { items: [{ requests: [6], count: 2 }] };

describe('verifying placements', () => {
  it('finds nothing wrong with a good plan', () => {
    expect(brokenBy(TWO_NODES, () => ({}))).toEqual([]);
  });

  it('finds a lost pod, a doubled pod and an unknown pod', () => {
    const placement = { item: 0, order: 0, level: 0 };
    expect(brokenBy(TWO_NODES, ({ nodes }) => ({ nodes: nodes.slice(1) }))).toEqual(['placement']);
    expect(brokenBy(ONE_POD, () => ({ unplaced: [{ ...placement, pools: [] }] }))).toEqual(['placement']);
    expect(brokenBy(ONE_POD, () => ({ unplaced: [{ item: 7, order: 9, pools: [] }] }))).toEqual([
      'placement',
    ]);
    const onBins = [{ ...placement, bin: 3 }];
    expect(brokenBy(ONE_POD, () => ({ nodes: [], onBins, pricePerHour: 0 }))).toEqual(['placement']);
  });

  it('finds a level that does not exist and a node without pods', () => {
    const change = (placements: Solution['nodes'][number]['placements']) =>
      brokenBy(ONE_POD, ({ nodes }) => ({ nodes: nodes.map((node) => ({ ...node, placements })) }));
    expect(change([{ item: 0, order: 0, level: 5 }])).toEqual(['placement']);
    expect(change([])).toEqual(['placement']);
  });
});

describe('verifying new nodes', () => {
  const remask = (spec: ProblemSpec, positions: number[]) =>
    brokenBy(spec, ({ nodes }) => ({
      nodes: nodes.map((node) => ({ ...node, offerings: maskOf(spec.offerings?.length ?? 1, positions) })),
    }));

  it('finds a mask that mixes pools or variants, or is empty', () => {
    const twoPools = { offerings: [{ pool: 0 }, { pool: 1 }], pools: [{}, {}] };
    expect(remask(twoPools, [0, 1])).toEqual(['alternatives']);
    expect(remask({ offerings: [{ variant: 0 }, { variant: 1 }] }, [0, 1])).toEqual(['alternatives']);
    expect(remask(ONE_POD, [])).toEqual(['alternatives']);
  });

  it('finds a mask widened to an offering that is too small', () => {
    const shapes = [{ allocatable: [10] }, { allocatable: [5] }];
    const spec = { shapes, offerings: [{ shape: 0 }, { shape: 1 }], items: [{ requests: [6] }] };
    expect(remask(spec, [0, 1])).toEqual(['resources']);
  });

  it('finds an offering that the pod does not allow', () => {
    const items = [{ levels: [{ alternatives: [{ offerings: [0] }] }] }];
    expect(remask({ offerings: [{}, {}], items }, [0, 1])).toEqual(['requirements']);
  });

  it('finds pods moved to a node that is full', () => {
    const change = ({ nodes }: Solution) => ({
      nodes: nodes.slice(0, 1).map((node) => ({
        ...node,
        placements: nodes.flatMap(({ placements }) => placements),
        requests: Float64Array.from([12]),
      })),
      pricePerHour: 100,
    });
    expect(brokenBy(TWO_NODES, change)).toEqual(['resources']);
  });

  it('finds DaemonSets that were forgotten, in resources and in ports', () => {
    const lax = { items: [{ requests: [8], ports: [53] }] };
    expect(broken(lax, { overheadGroups: [{ requests: [3], ports: [53] }] })).toEqual([
      'ports',
      'resources',
      'ranking',
    ]);
  });

  it('finds two pods on one port', () => {
    expect(broken({ items: [{ count: 2 }] }, { items: [{ count: 2, ports: [80] }] })).toEqual(['ports']);
  });

  it('finds more volumes than an offering attaches, a shared one counted once', () => {
    const volumes = [1, 2, 2].map((handle) => ({ driver: 0, handle }));
    const items = [{ volumes }, { volumes: volumes.slice(1) }];
    const limited = (limit: number) => ({ shapes: [{ allocatable: [10], volumeLimits: [limit] }] });
    expect(broken({ items }, limited(1))).toEqual(['volumes']);
    expect(broken({ items }, limited(2))).toEqual([]);
    expect(broken({ items }, limited(-1))).toEqual([]);
  });

  it('finds rankings, requests and prices that are not the mask’s', () => {
    const node = (change: object) =>
      brokenBy({ offerings: [{ price: 1 }, { price: 2, purchase: 1 }] }, ({ nodes }) => ({
        nodes: nodes.map((one) => ({ ...one, ...change })),
      }));
    expect(node({ ranked: Int32Array.from([]) })).toEqual(['ranking']);
    expect(node({ ranked: Int32Array.from([0, 1]) })).toEqual(['ranking']);
    expect(node({ offerings: maskOf(2, [1]) })).toEqual(['ranking']);
    expect(node({ requests: Float64Array.from([4]) })).toEqual(['ranking']);
    expect(brokenBy(ONE_POD, () => ({ pricePerHour: 1 }))).toEqual(['ranking']);
  });
});

describe('verifying bins', () => {
  it('finds too little room, a taken port, a forbidden bin and too many volumes', () => {
    const pod = (volumes: number) => [
      { ports: [80], volumes: Array.from({ length: volumes }, (_, handle) => ({ driver: 0, handle })) },
    ];
    const lax = { bins: [{}], items: pod(2) };
    expect(broken(lax, { bins: [{ free: [0] }] })).toEqual(['resources']);
    expect(broken(lax, { bins: [{ ports: [80] }] })).toEqual(['ports']);
    expect(broken(lax, { bins: [{ volumeLimits: [[0, 1]] }] })).toEqual(['volumes']);
    const elsewhere = [{ ...pod(0)[0], levels: [{ alternatives: [{ bins: [] }] }] }];
    expect(broken(lax, { items: elsewhere })).toEqual(['requirements']);
  });
});

describe('verifying pools', () => {
  it('finds limits exceeded by the largest types of the plan, and too many nodes', () => {
    expect(broken(TWO_NODES, { pools: [{ limits: [19] }] })).toEqual(['limits']);
    expect(broken(TWO_NODES, { pools: [{ limits: [20] }] })).toEqual([]);
    expect(broken(TWO_NODES, { pools: [{ nodesLeft: 1 }] })).toEqual(['limits']);
  });

  it('finds more holders of a reservation than it has units', () => {
    const offerings = [{ purchase: 0, reservation: 0 }];
    expect(broken({ ...TWO_NODES, offerings, reservations: [2] }, { reservations: [1] })).toEqual([
      'reservation',
    ]);
  });

  it('finds too few minValues, unless the pool is content with them', () => {
    const minValues = [{ key: 0, min: 2 }];
    const lax = { offerings: [{ values: [1] }, { values: [1] }] };
    expect(broken(lax, { pools: [{ minValues }] })).toEqual(['min-values']);
    expect(broken(lax, { pools: [{ minValues, minValuesPolicy: 'BestEffort' }] })).toEqual([]);
  });
});

describe('verifying minValues of long lists', () => {
  it('finds values that only types beyond the 600 cheapest have', () => {
    const shapes = Array.from({ length: 601 }, () => ({ allocatable: [10] }));
    const offerings = shapes.map((_, shape) => ({ shape, price: shape + 1, values: [shape < 600 ? 0 : 1] }));
    const pools = (min: number) => [{ minValues: [{ key: 0, min }] }];
    const lax = { shapes, offerings, pools: pools(1) };
    expect(broken(lax, { pools: pools(2) })).toEqual(['min-values']);
    const dearFirst = offerings.map((offering, at) => ({ ...offering, price: 601 - at }));
    expect(broken({ ...lax, offerings: dearFirst }, { pools: pools(2) })).toEqual([]);
  });
});

describe('verifying topology', () => {
  const zones = { offerings: [{ domains: [0] }, { domains: [1] }], topologyDomains: [2] };
  const inZone = (zone: number, owned: boolean) => ({
    requests: [6],
    counted: [0],
    levels: [{ alternatives: [{ offerings: [zone] }], owned: owned ? [{ group: 0 }] : [] }],
  });
  const rules = (group: GroupSpec, spec: ProblemSpec, itemsUnderTheRule: ProblemSpec['items']) => {
    const groups = [{ key: 0, ...group }];
    return broken(
      { ...zones, groups: [{ key: 0, kind: 'spread' as const }], ...spec },
      {
        groups,
        items: itemsUnderTheRule ?? [],
      },
    );
  };

  it('finds a spread that is too uneven in the end', () => {
    const items = [inZone(0, false), inZone(0, false)];
    const owners = [inZone(0, true), inZone(0, true)];
    expect(rules({ kind: 'spread', maxSkew: 1 }, { items }, owners)).toEqual(['spread']);
    expect(rules({ kind: 'spread', maxSkew: 2 }, { items }, owners)).toEqual([]);
    expect(rules({ kind: 'spread', maxSkew: 2, counts: [1, 0] }, { items }, owners)).toEqual(['spread']);
  });

  it('does not blame owners for pods that count without being bound', () => {
    const items = [inZone(0, false), inZone(0, false)];
    expect(rules({ kind: 'spread' }, { items }, [inZone(0, true), inZone(0, false)])).toEqual([]);
  });

  it('finds a spread pod on a node whose zone is open', () => {
    const items = [{ counted: [0] }];
    expect(
      rules({ kind: 'spread' }, { items }, [{ counted: [0], levels: [{ owned: [{ group: 0 }] }] }]),
    ).toEqual(['spread']);
  });

  it('finds affinity without company, and a second start', () => {
    const items = [inZone(0, false), inZone(1, false)];
    const together = { kind: 'together' as const };
    const anywhere = (zone: number, counted: number[]) => ({ ...inZone(zone, true), counted });
    expect(rules(together, { items }, [anywhere(0, []), anywhere(1, [])])).toEqual(['together']);
    expect(rules(together, { items }, [anywhere(0, [0]), anywhere(1, [0])])).toEqual(['together']);
    expect(rules({ ...together, counts: [0, 1] }, { items }, [anywhere(0, [0]), anywhere(1, [0])])).toEqual([
      'together',
    ]);
  });

  it('accepts a second start by pods that could not join the first', () => {
    const items = [inZone(0, false), inZone(1, false)];
    const only = (zone: number) => ({
      ...inZone(zone, true),
      levels: [{ alternatives: [{ offerings: [zone] }], owned: [{ group: 0, eligible: [zone] }] }],
    });
    expect(rules({ kind: 'together' }, { items }, [only(0), only(1)])).toEqual([]);
  });

  it('finds anti-affinity broken by pods placed now or there before', () => {
    const items = [inZone(0, false), inZone(0, false)];
    const owners = [inZone(0, true), inZone(0, true)];
    expect(rules({ kind: 'apart' }, { items }, owners)).toEqual(['apart']);
    expect(rules({ kind: 'apart', counts: [1, 0] }, { items: items.slice(1) }, owners.slice(1))).toEqual([
      'apart',
    ]);
    expect(
      rules({ kind: 'apart-inverse', counts: [1, 0] }, { items: items.slice(1) }, items.slice(1)),
    ).toEqual(['apart']);
  });

  it('finds both directions of anti-affinity over hosts', () => {
    const both = [
      { key: HOST_KEY, kind: 'apart' as const },
      { key: HOST_KEY, kind: 'apart-inverse' as const },
    ];
    const owner = { levels: [{ owned: [{ group: 0 }, { group: 1 }] }] };
    const other = { counted: [0, 1] };
    expect(broken({ items: [{}, {}] }, { groups: both, items: [owner, other] })).toEqual(['apart']);
    expect(
      broken(
        { items: [{}, {}] },
        { groups: both.slice(0, 1), items: [{ levels: [{ owned: [{ group: 0 }] }] }, { counted: [0] }] },
      ),
    ).toEqual([]);
  });

  it('finds a mask widened to a zone that is taken', () => {
    const spec = {
      ...zones,
      groups: [{ key: 0, kind: 'apart' as const, counts: [0, 1] }],
      items: [{ counted: [0], levels: [{ owned: [{ group: 0 }] }] }],
    };
    const widen = ({ nodes }: Solution) => ({
      nodes: nodes.map((node) => ({ ...node, offerings: fullMask(2) })),
    });
    expect(brokenBy(spec, widen)).toEqual(['apart']);
  });
});
