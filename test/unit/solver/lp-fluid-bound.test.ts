import { describe, expect, it } from 'vitest';
import { HOST_KEY } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { aProblem, type ProblemSpec } from '../../support/solver-builders.ts';

const boundOf = (spec: ProblemSpec): number => fluidBound(aProblem(spec)).lowerBoundMicroUsdPerHour;

/** Two resources, nodes of 10 × 10 for 100 and of 10 × 40 for 130. */
const twoKinds = {
  resources: 2,
  shapes: [{ allocatable: [10, 10] }, { allocatable: [10, 40] }],
  offerings: [
    { shape: 0, price: 100 },
    { shape: 1, price: 130 },
  ],
} as const;

describe('the fluid bound of new nodes', () => {
  it('costs nothing where there are no pods', () => {
    expect(boundOf({ items: [] })).toBe(0);
  });

  it('mixes kinds of nodes so that each resource is covered', () => {
    // 100 of the one and 250 of the other take ten nodes, five of them with the larger memory: 5 × 100 + 5 × 130.
    const items = [
      { requests: [1, 1], count: 50 },
      { requests: [1, 4], count: 50 },
    ];
    expect(boundOf({ ...twoKinds, items })).toBe(1150);
  });

  it('prices resources so that no node carries more value than it costs', () => {
    const problem = aProblem({ ...twoKinds, items: [{ requests: [1, 2], count: 200 }] });
    const { prices } = fluidBound(problem);
    expect(prices[0]).toBeCloseTo(9, 6);
    expect(prices[1]).toBeCloseTo(1, 6);
  });

  it('takes the room of DaemonSets off', () => {
    const items = [{ requests: [1], count: 80 }];
    expect(boundOf({ items, overheadGroups: [{ requests: [2] }] })).toBe(1000);
  });

  it('buys whole nodes where a part of one would do', () => {
    expect(boundOf({ items: [{ requests: [1], count: 1 }] })).toBe(100);
    expect(boundOf({ items: [{ requests: [1], count: 11 }] })).toBe(200);
  });

  it('puts whole pods on nodes', () => {
    // Three pods of 3 to a node of 10, so that seven take three nodes.
    expect(boundOf({ items: [{ requests: [3], count: 7 }] })).toBe(300);
  });

  it('gives each large pod a node beside small ones', () => {
    const items = [
      { requests: [6], count: 5 },
      { requests: [7], count: 5 },
    ];
    expect(boundOf({ items })).toBe(1000);
  });
});

describe('what the fluid bound knows of who may go where', () => {
  it('does not let pods profit from nodes that they may not use', () => {
    const offerings = [{ price: 10 }, { price: 100 }];
    const levels = [{ alternatives: [{ offerings: [1] }] }];
    expect(boundOf({ offerings, items: [{ count: 10 }, { count: 10, levels }] })).toBe(110);
  });

  it('stays a lower bound where there are more masks than it tells apart', () => {
    const offerings = Array.from({ length: 40 }, () => ({ price: 100 }));
    const items = offerings.map((_, at) => ({ levels: [{ alternatives: [{ offerings: [at] }] }] }));
    const bound = boundOf({ offerings, items });
    expect(bound).toBeLessThanOrEqual(4000);
    expect(bound).toBeGreaterThanOrEqual(2400);
  });

  it('lets pods use what any alternative of any level allows', () => {
    const offerings = [{ price: 10 }, { price: 100 }];
    const levels = [{ alternatives: [{ offerings: [1] }] }, { alternatives: [{ offerings: [0] }] }];
    expect(boundOf({ offerings, items: [{ count: 10, levels }] })).toBe(10);
  });

  it('passes over offerings beyond a limit, of a full pool and of a reservation that is used up', () => {
    const offerings = [
      { price: 1, pool: 1 },
      { price: 2, pool: 2 },
      { price: 3, purchase: 0, reservation: 0 },
      { price: 100 },
    ];
    const pools = [{}, { limits: [9] }, { nodesLeft: 0 }];
    expect(boundOf({ offerings, pools, reservations: [0] })).toBe(100);
  });

  it('buys no more cheap reserved nodes than there are units', () => {
    const offerings = [{ price: 0, purchase: 0, reservation: 0 }, { price: 100 }];
    expect(boundOf({ offerings, reservations: [2], items: [{ count: 50 }] })).toBe(300);
  });

  it('counts reserved units for pods only that may use them', () => {
    const offerings = [{ price: 0, purchase: 0, reservation: 0 }, { price: 100 }];
    const levels = [{ alternatives: [{ offerings: [1] }] }];
    expect(boundOf({ offerings, reservations: [2], items: [{ count: 5, levels }] })).toBe(100);
  });

  it('leaves pods out that no new node could take', () => {
    const items = [{ requests: [11], count: 5 }, { requests: [1] }];
    expect(boundOf({ items })).toBe(100);
  });

  it('takes the free room of bins off, once and for pods that may use it', () => {
    const bins = [{ free: [10] }];
    expect(boundOf({ bins, items: [{ count: 10 }] })).toBe(0);
    expect(boundOf({ bins, items: [{ count: 20 }] })).toBe(100);
    const levels = [{ alternatives: [{ bins: [] }] }];
    expect(boundOf({ bins, items: [{ count: 10, levels }] })).toBe(100);
  });

  it('takes no more than whole pods off for a bin', () => {
    expect(boundOf({ bins: [{ free: [5] }], items: [{ requests: [3], count: 2 }] })).toBe(100);
  });
});

describe('what the fluid bound knows of rules over hosts', () => {
  const owned = [{ owned: [{ group: 0 }] }];

  it('gives each pod that stays apart from its own kind a node', () => {
    const groups = [{ key: HOST_KEY, kind: 'apart' as const }];
    expect(boundOf({ groups, items: [{ count: 4, counted: [0], levels: owned }] })).toBe(400);
  });

  it('does not where the rule is a preference', () => {
    const groups = [{ key: HOST_KEY, kind: 'apart' as const }];
    expect(boundOf({ groups, items: [{ count: 4, counted: [0], levels: [...owned, {}] }] })).toBe(100);
  });

  it('lets bins take one of them each, unless one is there', () => {
    const groups = [{ key: HOST_KEY, kind: 'apart' as const, binCounts: [0, 1] }];
    const items = [{ count: 4, counted: [0], levels: owned }];
    expect(boundOf({ groups, items, bins: [{}, {}] })).toBe(300);
  });

  it('puts no more than maxSkew of a spread on a host', () => {
    const groups = [{ key: HOST_KEY, kind: 'spread' as const, maxSkew: 2 }];
    expect(boundOf({ groups, items: [{ count: 5, counted: [0], levels: owned }] })).toBe(300);
  });

  it('gives each pod of a host port a node', () => {
    expect(boundOf({ items: [{ count: 3, ports: [0] }] })).toBe(300);
  });
});
