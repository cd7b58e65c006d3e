import { describe, expect, it } from 'vitest';
import { onBothPools } from '../../../bench/workloads/cluster.ts';
import { syntheticPods } from '../../../bench/workloads/synthetic.ts';
import { compile } from '../../../lib/planning/compile.ts';
import { generate } from '../../../lib/solver/columns/generate.ts';
import { Generator } from '../../../lib/solver/columns/generation.ts';
import type { Instance } from '../../../lib/solver/columns/instance.ts';
import { patternBound } from '../../../lib/solver/columns/pattern-bound.ts';
import { greedy, HOST_KEY, type Problem } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { MONEY_ALONE } from '../../../lib/solver/objective.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import type { Model, Packing } from '../../../lib/solver/optimal/model.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { aProblem } from '../../support/solver-builders.ts';

const budget = () => new Budget(20_000);
const boundOf = (problem: Problem) => patternBound(problem, 0, budget());

function modelled(problem: Problem): { model: Model; remaining: Int32Array } {
  const model = modelOf(problem, greedy(problem), MONEY_ALONE, fluidBound(problem).prices);
  const { start, count } = model.classes;
  return {
    model,
    remaining: Int32Array.from({ length: count }, (_, c) => (start[c + 1] ?? 0) - (start[c] ?? 0)),
  };
}

function generated(problem: Problem): Packing | undefined {
  const { model, remaining } = modelled(problem);
  return generate(model, remaining, [], budget());
}

/** Per class, the units that the runs of a packing place. */
function placed(model: Model, { runs }: Packing): Int32Array {
  const units = new Int32Array(model.classes.count);
  for (const { classes, counts, times } of runs) {
    for (const [at, c] of classes.entries()) units[c] = (units[c] ?? 0) + times * (counts[at] ?? 0);
  }
  return units;
}

/** Five pods each of two sizes, and nodes of 10 at a price of 100. */
const rolls = (large: number, small: number) =>
  aProblem({
    shapes: [{ allocatable: [10] }],
    offerings: [{ price: 100 }],
    items: [
      { requests: [large], count: 5 },
      { requests: [small], count: 5 },
    ],
  });

describe('the pattern bound', () => {
  it('sees that two pods of more than half a node need two nodes', () => {
    const problem = rolls(6, 6);
    expect(boundOf(problem)).toBe(1_000);
  });

  it('counts parts of nodes: three pods of which two fit a node take one and a half', () => {
    const problem = aProblem({
      shapes: [{ allocatable: [10] }],
      offerings: [{ price: 100 }],
      items: [{ requests: [5], count: 3 }],
    });
    expect(boundOf(problem)).toBe(150);
  });

  it('takes what bins could carry off', () => {
    const problem = aProblem({
      shapes: [{ allocatable: [10] }],
      offerings: [{ price: 100 }],
      bins: [{ free: [7] }, { free: [7] }, { free: [5] }],
      items: [{ requests: [6], count: 5 }],
    });
    expect(boundOf(problem)).toBe(300);
  });

  it('keeps pods apart that may not share a host, and those of one port', () => {
    const apart = aProblem({
      shapes: [{ allocatable: [10] }],
      offerings: [{ price: 100 }],
      groups: [{ key: HOST_KEY, kind: 'apart' }],
      items: [{ requests: [1], count: 4, counted: [0], levels: [{ owned: [{ group: 0 }] }] }],
    });
    expect(boundOf(apart)).toBe(400);
    const ports = aProblem({
      shapes: [{ allocatable: [10] }],
      offerings: [{ price: 100 }],
      items: [{ requests: [1], count: 3, ports: [1] }],
    });
    expect(boundOf(ports)).toBe(300);
  });

  it('lets pods share a host where a relaxed level drops the rule', () => {
    const problem = aProblem({
      shapes: [{ allocatable: [10] }],
      offerings: [{ price: 100 }],
      groups: [{ key: HOST_KEY, kind: 'apart' }],
      items: [{ requests: [1], count: 10, counted: [0], levels: [{ owned: [{ group: 0 }] }, { owned: [] }] }],
    });
    expect(boundOf(problem)).toBe(100);
  });

  it('lets pods share a bin that the rule does not count', () => {
    const problem = aProblem({
      groups: [{ kind: 'apart', countingBins: [] }],
      bins: [{ free: [10] }],
      items: [{ count: 10, counted: [0], levels: [{ owned: [{ group: 0 }] }] }],
    });
    expect(boundOf(problem)).toBe(0);
  });

  it('is what was known before where there is nothing to place', () => {
    expect(patternBound(aProblem({ items: [] }), 7, budget())).toBe(7);
  });

  it('is what was known before where the budget is used up', () => {
    expect(patternBound(rolls(6, 6), 7, new Budget(0))).toBe(7);
  });
});

describe('column generation', () => {
  it('reaches the optimum of the mix of patterns', () => {
    // A node takes two of the first, or one of each: 4 of the first and 2 of the second take 2 · (1,1) + 1 · (2,0).
    const instance: Instance = {
      columns: 1,
      kinds: 2,
      room: Float64Array.of(10, 6),
      cost: Float64Array.of(100, 70),
      supply: Float64Array.of(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
      classes: 2,
      requests: Float64Array.of(4, 6),
      demand: Float64Array.of(4, 2),
      fits: new Uint8Array(4).fill(1),
      counters: [[], []],
      amounts: [[], []],
      counterLimits: new Int32Array(0),
      apart: [undefined, undefined],
    };
    const { bound, cost } = new Generator(instance, budget()).run(instance.demand, [], 50);
    expect(cost).toBeCloseTo(300, 6);
    expect(bound).toBeCloseTo(300, 3);
  });
});

describe('plans from column generation', () => {
  it('pair pods that fill a node together', () => {
    const problem = rolls(6, 4);
    const packing = generated(problem);
    expect(packing).toMatchObject({ cost: 500, unplaced: 0 });
  });

  it('place every unit once, no more on a node than it has room for', () => {
    const [big] = onBothPools(syntheticPods(3).filter(({ name }) => name === 'big pods'));
    if (big === undefined) throw new Error('the workload is gone');
    const { problem } = compile(big.input, big.input.pods);
    const { model, remaining } = modelled(problem);
    const packing = generate(model, remaining, [], new Budget(4_000));
    if (packing === undefined) throw new Error('nothing was found');
    const { kinds, classes, columns } = model;
    expect(packing.unplaced).toBe(0);
    expect(placed(model, packing)).toEqual(remaining);
    for (const { kind, classes: own, counts } of packing.runs) {
      for (let r = 0; r < columns; r++) {
        const used = own.reduce(
          (sum, c, at) => sum + (counts[at] ?? 0) * (classes.requests[c * columns + r] ?? 0),
          0,
        );
        expect(used).toBeLessThanOrEqual(kinds.room[kind * columns + r] ?? 0);
      }
    }
    expect(packing.cost).toBeLessThanOrEqual(0.95 * greedy(problem).pricePerHour);
    const bound = patternBound(problem, 0, new Budget(4_000));
    expect(packing.cost).toBeGreaterThanOrEqual(bound);
    expect(packing.cost).toBeLessThanOrEqual(1.01 * bound);
  }, 30_000);

  it('are declined where a pool may open only so many nodes', () => {
    const limited = { ...rolls(6, 4), pools: aProblem({ pools: [{ nodesLeft: 9 }] }).pools };
    expect(generated(limited)).toBeUndefined();
  });

  it('are the same every time', () => {
    const problem = rolls(6, 4);
    expect(generated(structuredClone(problem))).toEqual(generated(problem));
  });
});
