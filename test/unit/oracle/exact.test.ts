import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedy, HOST_KEY, verify } from '../../../lib/solver/index.ts';
import { exactOptimum } from '../../oracle/exact.ts';
import { FEATURES, INSTANCES, smallProblem, withoutOrderOfPlacement } from '../../oracle/instances.ts';
import { OracleRefusal } from '../../oracle/refusal.ts';
import { aProblem, type ItemSpec, type ProblemSpec, podsPerNode } from '../../support/solver-builders.ts';
import { randomProblem } from '../../support/solver-problems.ts';
import { cheapestByTrying } from './brute-force.ts';

/** The optimum, or why there is none. */
const answerOf = async (spec: ProblemSpec): Promise<number | string> => {
  try {
    const { optimumMicroUsdPerHour, proven } = await exactOptimum(aProblem(spec));
    return proven ? optimumMicroUsdPerHour : 'not proven';
  } catch (error) {
    if (error instanceof OracleRefusal) return error.reason;
    throw error;
  }
};

/** Nodes of 10 in two zones, 100 in the first and 150 in the second. */
const TWO_ZONES: ProblemSpec = {
  topologyDomains: [2],
  offerings: [
    { price: 100, domains: [0] },
    { price: 150, domains: [1] },
  ],
};

/** One item that group 0 binds and counts. */
const bound = (spec: ItemSpec): ItemSpec => ({ ...spec, counted: [0], levels: [{ owned: [{ group: 0 }] }] });

describe('the exact solver on problems worked by hand', () => {
  it('buys one larger node where that is cheaper than two small ones', async () => {
    const spec = {
      shapes: [{ allocatable: [10] }, { allocatable: [12] }],
      offerings: [{ price: 100 }, { shape: 1, price: 130 }],
      items: [{ count: 2, requests: [6] }],
    };
    expect(await answerOf(spec)).toBe(130);
  });

  it('mixes sizes where no single one is best', async () => {
    // 7 + 4 + 4 + 3: 4 + 4 beside each other and 7 + 3 in nodes of 10 and 8, where first fit opens two of 10.
    const spec = {
      shapes: [{ allocatable: [10] }, { allocatable: [8] }],
      offerings: [{ price: 100 }, { shape: 1, price: 75 }],
      items: [{ requests: [7] }, { count: 2, requests: [4] }, { requests: [3] }],
    };
    expect(await answerOf(spec)).toBe(175);
  });

  it('pays nothing for bins and the DaemonSets of every new node', async () => {
    const spec = {
      overheadGroups: [{ requests: [4] }],
      bins: [{ free: [3] }],
      items: [{ count: 3, requests: [3] }],
    };
    expect(await answerOf(spec)).toBe(100);
    expect(await answerOf({ ...spec, bins: [] })).toBe(200);
  });

  it('takes the dearer offering where the pod may not have the other one', async () => {
    const offerings = [{ price: 100 }, { price: 130 }];
    const levels = [{ alternatives: [{ offerings: [1], bins: [] }] }];
    expect(await answerOf({ offerings, bins: [{}], items: [{ levels }] })).toBe(130);
  });

  it('opens a node for each pod of one host port', async () => {
    expect(await answerOf({ items: [{ count: 3, ports: [0] }] })).toBe(300);
    const ports = [0];
    expect(await answerOf({ overheadGroups: [{ requests: [0], ports }], items: [{ ports }] })).toBe(
      'no-full-placement',
    );
  });

  it('attaches a shared volume once and keeps the limit of the type', async () => {
    const shapes = [{ allocatable: [10], volumeLimits: [1] }];
    const volume = (handle: number) => [{ driver: 0, handle }];
    expect(await answerOf({ shapes, items: [{ count: 2, volumes: volume(0) }] })).toBe(100);
    expect(await answerOf({ shapes, items: [{ volumes: volume(0) }, { volumes: volume(1) }] })).toBe(200);
  });

  it('keeps the limits of a pool, in amounts and in nodes, and turns to the next', async () => {
    const offerings = [
      { price: 100, pool: 0 },
      { price: 170, pool: 1 },
    ];
    const items = [{ count: 2, requests: [8] }];
    expect(await answerOf({ offerings, items, pools: [{ limits: [19] }, {}] })).toBe(270);
    expect(await answerOf({ offerings, items, pools: [{ nodesLeft: 1 }, {}] })).toBe(270);
    expect(await answerOf({ offerings, items, pools: [{ nodesLeft: 1 }, { nodesLeft: 0 }] })).toBe(
      'no-full-placement',
    );
  });

  it('uses a reservation as often as it has units', async () => {
    const offerings = [{ price: 1, purchase: 0, reservation: 0 }, { price: 100 }];
    expect(await answerOf({ offerings, reservations: [1], items: [{ count: 2, requests: [8] }] })).toBe(101);
  });

  it('spreads over zones and hosts', async () => {
    const items = [bound({ count: 4 })];
    expect(await answerOf({ ...TWO_ZONES, groups: [{ key: 0 }], items })).toBe(250);
    expect(await answerOf({ ...TWO_ZONES, groups: [{ key: 0, counts: [0, 4] }], items })).toBe(100);
    expect(await answerOf({ groups: [{ key: HOST_KEY, maxSkew: 2 }], items })).toBe(200);
  });

  it('keeps pods together and apart', async () => {
    const items = [bound({ count: 2, requests: [3] })];
    const together = { key: 0, kind: 'together' as const };
    expect(await answerOf({ ...TWO_ZONES, groups: [together], items })).toBe(100);
    expect(await answerOf({ ...TWO_ZONES, groups: [{ ...together, counts: [0, 1] }], items })).toBe(150);
    expect(await answerOf({ groups: [{ kind: 'apart' }], items })).toBe(200);
    expect(await answerOf({ ...TWO_ZONES, groups: [{ key: 0, kind: 'apart' }], items })).toBe(250);
  });

  it('puts a pod near the pods that its affinity names', async () => {
    const near = { levels: [{ owned: [{ group: 0 }] }] };
    const inSecondZone = { counted: [0], levels: [{ alternatives: [{ offerings: [1] }] }] };
    const groups = [{ key: 0, kind: 'together' as const }];
    expect(await answerOf({ ...TWO_ZONES, groups, items: [near, inSecondZone] })).toBe(150);
  });

  it('refuses what it has no rows for', async () => {
    const strict = { minValues: [{ key: 0, min: 1 }] };
    const oneWay = [{ levels: [{ owned: [{ group: 0 }] }] }, { counted: [0] }];
    expect(await answerOf({ items: [{ levels: [{}, {}] }] })).toBe('not-modelled');
    expect(await answerOf({ pools: [strict] })).toBe('not-modelled');
    expect(await answerOf({ groups: [{ kind: 'apart' }], items: oneWay })).toBe('not-modelled');
    expect(await answerOf({ groups: [{ kind: 'spread' }], items: oneWay })).toBe('not-modelled');
    expect(await answerOf({ items: [{ count: 31 }] })).toBe('too-large');
  });
});

describe('the exact solver on random problems', () => {
  it.each(FEATURES)('agrees with trying every plan: %s', async (feature) => {
    const seeds = Array.from({ length: 60 }, (_, at) => at + 1);
    const all = seeds.map((seed) => smallProblem(seed, seed % 2 === 0 ? [feature, 'bins'] : [feature]));
    const tiny = all.filter((problem) => podsIn(problem) <= 4).slice(0, 5);
    expect(tiny).toHaveLength(5);
    for (const problem of tiny) {
      const expected = cheapestByTrying(problem);
      const found = await exactOptimum(problem).catch((error: unknown) => error);
      if (expected === undefined) expect(found).toMatchObject({ reason: 'no-full-placement' });
      else expect(found).toMatchObject({ optimumMicroUsdPerHour: expected, proven: true });
    }
  });

  it('never costs more than the greedy, in plans that keep every rule', { timeout: 60_000 }, async () => {
    let compared = 0;
    for (let seed = INSTANCES - 59; seed <= INSTANCES; seed++) {
      const problem = smallProblem(seed);
      const { unplaced, pricePerHour } = greedy(problem);
      if (unplaced.length > 0) continue;
      const { optimumMicroUsdPerHour, solution } = await exactOptimum(problem);
      expect(verify(problem, solution), `seed ${seed}`).toEqual([]);
      expect(solution.unplaced).toEqual([]);
      expect(optimumMicroUsdPerHour, `seed ${seed}`).toBeLessThanOrEqual(pricePerHour);
      compared++;
    }
    expect(compared).toBeGreaterThan(30);
  });

  it('holds its ground on problems of the fuzzer', { timeout: 60_000 }, async () => {
    const problems = fc.sample(
      fc.gen().map((gen) => withoutOrderOfPlacement(randomProblem(gen))),
      { seed: 6, numRuns: 60 },
    );
    let compared = 0;
    for (const problem of problems) {
      const { unplaced, pricePerHour } = greedy(problem);
      if (unplaced.length > 0) continue;
      const found = await exactOptimum(problem).catch((error: unknown) => error);
      if (found instanceof OracleRefusal) expect(found.reason).toBe('too-large');
      else {
        compared++;
        expect(found).toMatchObject({ solution: { unplaced: [] } });
        expect(found).toHaveProperty(
          'optimumMicroUsdPerHour',
          expect.toSatisfy((cost) => cost <= pricePerHour),
        );
      }
    }
    expect(compared).toBeGreaterThan(5);
  });

  it('says so when no plan places every pod, also where HiGHS gives up at first', async () => {
    await expect(exactOptimum(smallProblem(533))).rejects.toMatchObject({ reason: 'no-full-placement' });
  });

  it('gives the same plan again', async () => {
    const [first, again] = [await exactOptimum(smallProblem(2)), await exactOptimum(smallProblem(2))];
    expect(podsPerNode(again.solution)).toEqual(podsPerNode(first.solution));
    expect(again).toEqual(first);
  });
});

const podsIn = ({ items }: ReturnType<typeof smallProblem>): number =>
  items.reduce((sum, { order }) => sum + order.length, 0);
