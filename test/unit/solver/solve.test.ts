import { describe, expect, it } from 'vitest';
import {
  GREEDY,
  greedy,
  MONEY_ALONE,
  type Problem,
  type Solution,
  type SolveOptions,
  solve,
} from '../../../lib/solver/index.ts';
import { aProblem } from '../../support/solver-builders.ts';

const OPTIMAL: SolveOptions = { solver: 'optimal', objective: MONEY_ALONE, iterations: 1_000, seed: 1 };

const optimal = (problem: Problem, options: Partial<SolveOptions> = {}) =>
  solve(problem, { ...OPTIMAL, ...options });

/** Pods of four sizes for nodes of three: the greedy wastes a good deal. */
const mixed = (count = 12): Problem =>
  aProblem({
    resources: 2,
    shapes: [{ allocatable: [10, 20] }, { allocatable: [20, 30] }, { allocatable: [40, 50] }],
    offerings: [
      { shape: 0, price: 100 },
      { shape: 1, price: 170 },
      { shape: 2, price: 330 },
    ],
    items: [
      { requests: [7, 3], count },
      { requests: [3, 9], count },
      { requests: [2, 2], count },
      { requests: [5, 11], count },
    ],
  });

const orders = (pods: readonly { readonly order: number }[]): number[] =>
  pods.map(({ order }) => order).toSorted((a, b) => a - b);

const placedOf = ({ nodes, onBins }: Solution): number[] =>
  orders([...nodes.flatMap(({ placements }) => placements), ...onBins]);

describe('solving', () => {
  it('answers with the greedy plan and no bound where the greedy is asked for', () => {
    const problem = mixed();
    const { solution, violations, report } = solve(problem, GREEDY);
    expect(solution).toEqual(greedy(problem));
    expect(violations).toEqual([]);
    expect(report).toEqual({
      solver: 'greedy',
      pricePerHour: solution.pricePerHour,
      baselinePerHour: solution.pricePerHour,
      baselineUnplaced: 0,
      terms: [],
      decidedFirst: [],
      winner: 'greedy',
      iterations: 0,
    });
  });

  it('is cheaper than the greedy where there is waste to save, and says what it would have cost', () => {
    const problem = mixed();
    const { solution, report } = optimal(problem);
    expect(report.baselinePerHour).toBe(greedy(problem).pricePerHour);
    expect(report.pricePerHour).toBe(solution.pricePerHour);
    expect(report.pricePerHour).toBeLessThan(report.baselinePerHour);
    expect(report.lowerBoundPerHour).toBeLessThanOrEqual(report.pricePerHour);
    expect(report.winner).not.toBe('greedy');
  });

  it('gives the same answer to the same problem and seed', () => {
    expect(JSON.stringify(optimal(mixed()))).toBe(JSON.stringify(optimal(mixed())));
  });

  it('keeps greedy plan and bound whatever the seed', () => {
    const reports = [1, 2, 3].map((seed) => optimal(mixed(), { seed }).report);
    expect(new Set(reports.map(({ baselinePerHour }) => baselinePerHour)).size).toBe(1);
    for (const { pricePerHour, lowerBoundPerHour } of reports) {
      expect(lowerBoundPerHour).toBeLessThanOrEqual(pricePerHour);
    }
  });

  it('does not search where the greedy plan costs no more than the bound', () => {
    const { report } = optimal(aProblem({ items: [{ requests: [10] }] }));
    expect(report).toMatchObject({ winner: 'greedy', iterations: 0, lowerBoundPerHour: 100 });
    expect(report.cut).toBeUndefined();
  });

  it('refuses a problem with an amount that is no number', () => {
    const problem = aProblem({ items: [{ requests: [Number.NaN] }] });
    expect(() => optimal(problem)).toThrow('item 0: requests, column 0, is NaN');
    expect(() => solve(problem, GREEDY)).toThrow('item 0: requests, column 0, is NaN');
  });
});

describe('a problem with little in it', () => {
  it('costs nothing where there are no pods', () => {
    const { solution, report } = optimal(aProblem({ items: [] }));
    expect(solution).toEqual({ nodes: [], onBins: [], unplaced: [], pricePerHour: 0 });
    expect(report).toMatchObject({ pricePerHour: 0, lowerBoundPerHour: 0, winner: 'greedy', iterations: 0 });
  });

  it('uses bins alone where there are no offerings', () => {
    const problem = aProblem({ offerings: [], bins: [{ free: [10] }], items: [{ requests: [4], count: 3 }] });
    const { solution, violations, report } = optimal(problem);
    expect(violations).toEqual([]);
    expect(solution.onBins).toHaveLength(2);
    expect(solution.unplaced).toHaveLength(1);
    expect(report.lowerBoundPerHour).toBe(0);
  });

  it('leaves out with a reason what fits nowhere', () => {
    const { solution, report } = optimal(aProblem({ items: [{ requests: [11], count: 2 }] }));
    expect(solution.nodes).toEqual([]);
    expect(solution.unplaced.map(({ pools }) => pools.map(({ reason }) => reason))).toEqual([
      ['resources'],
      ['resources'],
    ]);
    expect(report).toMatchObject({ pricePerHour: 0, lowerBoundPerHour: 0, baselineUnplaced: 2 });
  });
});

describe('the budget of iterations', () => {
  it.each([0, 1, 10, 100])(
    'of %d gives a valid plan no dearer than the greedy and says that it ended',
    (iterations) => {
      const problem = mixed(60);
      const { solution, violations, report } = optimal(problem, { iterations });
      expect(violations).toEqual([]);
      expect(placedOf(solution)).toHaveLength(240);
      expect(report.pricePerHour).toBeLessThanOrEqual(report.baselinePerHour);
      expect(report.cut).toBe(`its ${iterations} iterations ended before every construction was tried`);
    },
  );

  it('of nothing leaves the greedy plan with its bound', () => {
    const { report } = optimal(mixed(), { iterations: 0 });
    expect(report.winner).toBe('greedy');
    expect(report.lowerBoundPerHour).toBeGreaterThan(0);
  });
});

describe('a solve that is stopped', () => {
  it('gives a valid plan no dearer than the greedy wherever it is stopped, and says so', () => {
    const problem = mixed();
    let asked = 0;
    optimal(problem, { shouldStop: () => ++asked < 0 });
    expect(asked).toBeGreaterThan(100);
    const step = Math.ceil(asked / 12);
    for (let at = 1; at < asked; at += at < 6 ? 1 : step) {
      let calls = 0;
      const { solution, violations, report } = optimal(problem, { shouldStop: () => ++calls >= at });
      expect(violations).toEqual([]);
      expect(placedOf(solution)).toHaveLength(48);
      expect(report.pricePerHour).toBeLessThanOrEqual(report.baselinePerHour);
      expect(report.lowerBoundPerHour).toBeLessThanOrEqual(report.pricePerHour);
      expect(report.cut).toBe('it was stopped');
    }
  });
});

describe('soft terms', () => {
  const named = (name: string, perOffering: readonly number[]) => ({
    name,
    perOffering: Float64Array.from(perOffering),
  });

  it('of zero change nothing but their names in the report', () => {
    const problem = mixed();
    const zero = {
      surcharges: [named('node fee', [0, 0, 0])],
      flexibility: { alternatives: 15, within: 0.2, share: 0 },
      headroomShare: 0,
    };
    const alone = optimal(problem);
    const soft = optimal(problem, { objective: zero });
    expect(soft.solution.pricePerHour).toBe(alone.solution.pricePerHour);
    expect(soft.report.terms).toEqual([{ name: 'node fee', perHour: 0 }]);
    expect(alone.report.terms).toEqual([]);
  });

  it('are named and summed over the nodes as they would be launched', () => {
    const problem = aProblem({ items: [{ requests: [10], count: 3 }] });
    const surcharges = [named('node fee', [5]), named('size cap', [7])];
    const { report } = optimal(problem, { objective: { ...MONEY_ALONE, surcharges } });
    expect(report.pricePerHour).toBe(300);
    expect(report.terms).toEqual([
      { name: 'node fee', perHour: 15 },
      { name: 'size cap', perHour: 21 },
    ]);
  });

  it('make few large nodes of many small ones where each node costs a fee', () => {
    const problem = aProblem({
      shapes: [{ allocatable: [10] }, { allocatable: [40] }],
      offerings: [{ price: 100 }, { shape: 1, price: 410 }],
      items: [{ requests: [10], count: 4 }],
    });
    expect(optimal(problem).report.pricePerHour).toBe(400);
    const surcharges = [named('node fee', [20, 20])];
    const { solution } = optimal(problem, { objective: { ...MONEY_ALONE, surcharges } });
    expect(solution.nodes).toHaveLength(1);
    expect(solution.pricePerHour).toBe(410);
  });
});

describe('where limits bind', () => {
  const five = { requests: [10], count: 1 };
  /** Five pods in the greedy's order, the important ones last. */
  const queued = [0, 0, 3, 1, 2].map((priority) => ({ ...five, priority }));

  it('places the most important pods, though the greedy places others', () => {
    const problem = aProblem({ pools: [{ nodesLeft: 3 }], items: queued });
    const { solution, violations, report } = optimal(problem);
    expect(violations).toEqual([]);
    expect(placedOf(greedy(problem))).toEqual([0, 1, 2]);
    expect(placedOf(solution)).toEqual([2, 3, 4]);
    expect(report.winner).toBe('greedy by priority');
    expect(report.baselineUnplaced).toBe(2);
  });

  it('says of the others that the limit left them out', () => {
    const { solution } = optimal(aProblem({ pools: [{ limits: [30] }], items: queued }));
    expect(orders(solution.unplaced)).toEqual([0, 1]);
    expect(solution.unplaced.map(({ pools }) => pools.map(({ reason }) => reason))).toEqual([
      ['limits'],
      ['limits'],
    ]);
  });

  it('gives bins and reservations to the most important pods', () => {
    const problem = aProblem({
      reservations: [1],
      offerings: [{ purchase: 0, reservation: 0 }],
      bins: [{ free: [10] }],
      items: queued,
    });
    const { solution, violations } = optimal(problem);
    expect(violations).toEqual([]);
    expect(placedOf(solution)).toEqual([2, 4]);
  });

  it('places by priority pods that spread over hosts, too', () => {
    const spread = { counted: [0], levels: [{ owned: [{ group: 0 }] }] };
    const problem = aProblem({
      groups: [{ kind: 'apart' }],
      pools: [{ nodesLeft: 3 }],
      items: [0, 0, 3, 1, 2].map((priority) => ({ ...spread, priority })),
    });
    const { solution, violations } = optimal(problem);
    expect(violations).toEqual([]);
    expect(placedOf(solution)).toEqual([2, 3, 4]);
  });

  it('fills the room that the important pods leave with others', () => {
    const problem = aProblem({
      pools: [{ nodesLeft: 1 }],
      items: [{ requests: [6], count: 2 }, { requests: [4] }, { requests: [6], priority: 5 }],
    });
    expect(placedOf(optimal(problem).solution)).toEqual([2, 3]);
  });
});

describe('what was decided first', () => {
  it('names the pods kept in domains and on bins, with what it can have cost', () => {
    const spread = (group: number) => ({ counted: [group], levels: [{ owned: [{ group }] }] });
    const problem = aProblem({
      topologyDomains: [2],
      groups: [{ key: 0 }, { kind: 'apart' }],
      shapes: [{ allocatable: [10] }, { allocatable: [20] }],
      offerings: [
        { price: 100, domains: [0] },
        { price: 130, domains: [1] },
        { price: 180, shape: 1, domains: [0] },
      ],
      items: [
        { requests: [7], count: 4, ...spread(0) },
        { requests: [3], count: 6 },
      ],
    });
    const { report } = optimal(problem);
    const [domains] = report.decidedFirst;
    expect(domains).toEqual({
      what: 'domains',
      pods: 4,
      atMostPerHour: report.pricePerHour - (report.lowerBoundPerHour ?? Number.NaN),
    });
  });

  it('is nothing where pods look at no others', () => {
    expect(optimal(mixed()).report.decidedFirst).toEqual([]);
  });
});
