import type { Mask, Problem } from '../problem.ts';
import { classesOf } from './classes.ts';
import type { Reprice } from './construct.ts';
import { kindsOf } from './kinds.ts';
import { lotsOf } from './lots.ts';
import type { Model } from './model.ts';
import { fluidPrices } from './prices.ts';

/** The model of a problem whose items are all plain, and what its resources are worth for a demand. */
export function modelOf(problem: Problem): { model: Model; reprice: Reprice } {
  const kinds = kindsOf(problem, distinctMasks(problem));
  const lots = lotsOf(problem, kinds);
  const reprice = fluidPrices(kinds);
  const classes = classesOf(lots, kinds, new Int32Array(0), reprice(demandOf(problem)));
  return {
    model: {
      problem,
      columns: problem.resources,
      kinds,
      lots,
      classes,
      fixed: [],
      room: problem.bins.map(({ free }) => free),
    },
    reprice,
  };
}

function distinctMasks({ items }: Problem): Mask[] {
  const seen = new Set<Mask>();
  const byText = new Map<string, Mask>();
  for (const { levels } of items) {
    for (const { alternatives } of levels) {
      const { offerings } = alternatives[0]!;
      if (seen.has(offerings)) continue;
      seen.add(offerings);
      const text = offerings.join(' ');
      if (!byText.has(text)) byText.set(text, offerings);
    }
  }
  return [...byText.values()];
}

export function demandOf({ items, resources }: Problem): Float64Array {
  const demand = new Float64Array(resources);
  for (const { requests, order } of items) {
    for (let r = 0; r < resources; r++) demand[r]! += requests[r]! * order.length;
  }
  return demand;
}
