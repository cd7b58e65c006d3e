import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedy, hasBit, MONEY_ALONE } from '../../../lib/solver/index.ts';
import { fluidBound } from '../../../lib/solver/lp/fluid-bound.ts';
import { Budget } from '../../../lib/solver/optimal/budget.ts';
import type { Model, Packing, Run } from '../../../lib/solver/optimal/model.ts';
import { modelOf } from '../../../lib/solver/optimal/model-of.ts';
import { improve } from '../../../lib/solver/search/improve.ts';
import { randomProblem } from '../../support/solver-problems.ts';

/** A model of a random problem, and the packing with each unit on a node of its own, as far as pools allow. */
function start(gen: fc.GeneratorValue) {
  const problem = randomProblem(gen);
  const { prices } = fluidBound(problem);
  const model = modelOf(problem, greedy(problem), MONEY_ALONE, prices);
  const padded = new Float64Array(model.columns);
  padded.set(prices);
  return { model, packing: alone(model), prices: padded };
}

function alone({ classes, kinds }: Model): Packing {
  const runs: Run[] = [];
  let unplaced = 0;
  for (let c = 0; c < classes.count; c++) {
    const kind = Array.from({ length: kinds.count }, (_, at) => at).find(
      (at) => classes.fits[c * kinds.count + at] === 1,
    );
    const times = (classes.start[c + 1] ?? 0) - (classes.start[c] ?? 0);
    if (kind === undefined) unplaced += times;
    else runs.push({ kind, times, classes: [c], counts: [1] });
  }
  const cost = runs.reduce((sum, { kind, times }) => sum + times * (kinds.cost[kind] ?? 0), 0);
  return { runs, cost, unplaced };
}

const improved = ({ model, packing, prices }: ReturnType<typeof start>, seed = 1, iterations = 300) =>
  improve(model, packing, prices, 0, seed, new Budget(iterations));

/** Units per class, on all nodes. */
function unitsOf({ classes }: Model, { runs }: Packing): number[] {
  const units = Array.from({ length: classes.count }, () => 0);
  for (const run of runs) {
    for (const [at, c] of run.classes.entries()) {
      units[c] = (units[c] ?? 0) + run.times * (run.counts[at] ?? 0);
    }
  }
  return units;
}

/** What a node breaks of the rules within a node. */
function brokenBy({ classes, kinds, columns }: Model, { kind, ...run }: Run): string[] {
  const broken: string[] = [];
  for (let column = 0; column < columns; column++) {
    const used = run.classes.reduce(
      (sum, c, at) => sum + (run.counts[at] ?? 0) * (classes.requests[c * columns + column] ?? 0),
      0,
    );
    if (used > (kinds.room[kind * columns + column] ?? 0)) broken.push(`column ${column}`);
  }
  const loads = classes.counterLimits.map(() => 0);
  for (const [at, c] of run.classes.entries()) {
    if (classes.fits[c * kinds.count + kind] === 0) broken.push(`class ${c} is not for the kind`);
    for (const other of run.classes) {
      const apart = classes.apart[c];
      if (apart && hasBit(apart, other)) broken.push(`classes ${c} and ${other} are apart`);
    }
    for (const [place, counter] of (classes.sharing[c]?.counters ?? []).entries()) {
      const amount = classes.sharing[c]?.amounts[place] ?? 0;
      loads[counter] = (loads[counter] ?? 0) + amount * (run.counts[at] ?? 0);
    }
  }
  for (const [counter, load] of loads.entries()) {
    if (load > (classes.counterLimits[counter] ?? 0)) broken.push(`counter ${counter}`);
  }
  return broken;
}

describe('local search', () => {
  it('puts the same units on nodes within which every rule holds, for no more cost', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const given = start(gen);
        const { model, packing } = given;
        const better = improved(given);
        expect(unitsOf(model, better)).toEqual(unitsOf(model, packing));
        expect(better.unplaced).toBe(packing.unplaced);
        expect(better.cost).toBeLessThanOrEqual(packing.cost);
        const cost = better.runs.reduce(
          (sum, { kind, times }) => sum + times * (model.kinds.cost[kind] ?? 0),
          0,
        );
        expect(better.cost).toBeCloseTo(cost, 3);
        if (better !== packing) expect(better.runs.flatMap((run) => brokenBy(model, run))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves each unit in its pool, and takes no more of a limited pool than before', () => {
    void fc.assert(
      fc.property(fc.gen(), (gen) => {
        const given = start(gen);
        const { kinds, problem, classes } = given.model;
        const better = improved(given);
        for (const pool of problem.pools.keys()) {
          const within = ({ runs, ...rest }: Packing) => ({
            ...rest,
            runs: runs.filter(({ kind }) => kinds.pool[kind] === pool),
          });
          const [before, after] = [within(given.packing), within(better)];
          expect(unitsOf({ ...given.model, classes }, after)).toEqual(unitsOf(given.model, before));
          const nodes = ({ runs }: Packing) => runs.reduce((sum, { times }) => sum + times, 0);
          const most = Math.max(nodes(before), problem.pools[pool]?.nodesLeft ?? 0);
          expect(nodes(after)).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same answer to the same seed', () => {
    void fc.assert(
      fc.property(fc.gen(), fc.integer(), (gen, seed) => {
        const given = start(gen);
        expect(improved(given, seed)).toEqual(improved(given, seed));
      }),
      { numRuns: 30 },
    );
  });
});
