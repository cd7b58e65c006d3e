/** Hand-made models of the optimiser: units with rules within a node, on offerings of a problem. */

import { fullMask, type Problem } from '../../lib/solver/index.ts';
import { fluidBound } from '../../lib/solver/lp/fluid-bound.ts';
import { MONEY_ALONE } from '../../lib/solver/objective.ts';
import { classesOf } from '../../lib/solver/optimal/classes.ts';
import { kindsOf } from '../../lib/solver/optimal/kinds.ts';
import type { Lot, Model, Run, Sharing } from '../../lib/solver/optimal/model.ts';
import { stockOf } from '../../lib/solver/optimal/stock.ts';
import { priorityOf } from '../../lib/solver/optimal/tiers.ts';

/** One model of a problem's items, each with rules of its own; the limits are those of the counters. */
export function aModel(
  problem: Problem,
  rules: readonly Partial<Sharing>[],
  limits: readonly number[] = [],
): Model {
  const offerings = fullMask(problem.offerings.count);
  const { prices } = fluidBound(problem);
  const lots: Lot[] = problem.items.map(({ requests, order }, item) => ({
    item,
    level: 0,
    orders: order,
    requests,
    offerings,
    bins: new Uint32Array(0),
    sharing: { counters: [], amounts: [], marks: [], shuns: [], ...rules[item] },
  }));
  const kinds = kindsOf(problem, stockOf(problem), [offerings], MONEY_ALONE, prices);
  const priorities = lots.map((lot) => priorityOf(problem, lot));
  return {
    problem,
    columns: problem.resources,
    kinds,
    lots,
    classes: classesOf(lots, kinds, Int32Array.from(limits), prices, priorities),
    fixed: [],
    room: [],
  };
}

/** All units of a model. */
export const unitsOf = ({ classes: { count, start } }: Model): Int32Array =>
  Int32Array.from({ length: count }, (_, c) => (start[c + 1] ?? 0) - (start[c] ?? 0));

/** What is wrong with the runs: counters beyond their limit, classes that must be apart, more than fits or there is. */
export function faultsOf(
  { classes, kinds, columns }: Model,
  units: Int32Array,
  runs: readonly Run[],
): string[] {
  const faults: string[] = [];
  const left = units.slice();
  for (const run of runs) {
    const raised = new Map<number, number>();
    const used = new Float64Array(columns);
    for (const [at, c] of run.classes.entries()) {
      const count = run.counts[at] ?? 0;
      const { counters = [], amounts = [] } = classes.sharing[c] ?? {};
      left[c] = (left[c] ?? 0) - count * run.times;
      for (const [i, counter] of counters.entries()) {
        raised.set(counter, (raised.get(counter) ?? 0) + count * (amounts[i] ?? 0));
      }
      for (let r = 0; r < columns; r++) {
        used[r] = (used[r] ?? 0) + count * (classes.requests[c * columns + r] ?? 0);
      }
    }
    for (const [counter, sum] of raised) {
      if (sum > (classes.counterLimits[counter] ?? 0)) faults.push(`counter ${counter} at ${sum}`);
    }
    for (const c of run.classes) {
      // A class may mark what it shuns itself; only other classes are kept away here.
      const others = run.classes
        .filter((other) => other !== c)
        .flatMap((other) => classes.sharing[other]?.marks ?? []);
      const shunned = classes.sharing[c]?.shuns.filter((mark) => others.includes(mark)) ?? [];
      if (shunned.length > 0) faults.push(`class ${c} beside mark ${shunned}`);
    }
    if (used.some((amount, r) => amount > (kinds.room[run.kind * columns + r] ?? 0))) faults.push('too full');
  }
  if (left.some((count) => count < 0)) faults.push('more units than there are');
  return faults;
}
