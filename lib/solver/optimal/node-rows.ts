/** Counters that force nodes: where a node takes at most so many of some units, all of them need at least so many nodes. */
import type { Model } from './model.ts';

/** Counters whose units may use the same kinds. */
export interface NodeRow {
  /** Per kind: 1 where it holds some of the units. */
  readonly holds: Uint8Array;
  /** How many nodes the remaining units need at least, and the classes that make it so. */
  need(remaining: Int32Array): Need;
}

export interface Need {
  readonly nodes: number;
  readonly pressing: readonly { readonly c: number; readonly perUnit: number }[];
}

interface Counter {
  readonly limit: number;
  readonly classes: number[];
  readonly amounts: number[];
}

/** Counters that need this share of the nodes of the most demanding one press as well. */
const PRESSING = 0.85;

export function nodeRows({ classes, kinds }: Model): NodeRow[] {
  const counters = new Map<number, Counter>();
  for (let c = 0; c < classes.count; c++) {
    const { counters: raised, amounts } = classes.sharing[c]!;
    for (const [at, counter] of raised.entries()) {
      const known = counters.get(counter) ?? {
        limit: classes.counterLimits[counter]!,
        classes: [],
        amounts: [],
      };
      counters.set(counter, known);
      known.classes.push(c);
      known.amounts.push(amounts[at]!);
    }
  }
  const rows = new Map<string, { holds: Uint8Array; counters: Counter[] }>();
  for (const counter of counters.values()) {
    if (counter.limit <= 0) continue;
    const holds = new Uint8Array(kinds.count);
    for (const c of counter.classes) {
      for (let kind = 0; kind < kinds.count; kind++)
        if (classes.fits[c * kinds.count + kind] === 1) holds[kind] = 1;
    }
    const name = holds.join('');
    const row = rows.get(name) ?? { holds, counters: [] };
    rows.set(name, row);
    row.counters.push(counter);
  }
  return [...rows.values()].map(({ holds, counters: own }) => ({
    holds,
    need: (remaining) => needOf(own, remaining),
  }));
}

function needOf(counters: readonly Counter[], remaining: Int32Array): Need {
  const needs = counters.map(({ limit, classes, amounts }) => {
    let demand = 0;
    for (const [at, c] of classes.entries()) demand += remaining[c]! * amounts[at]!;
    return demand / limit;
  });
  const nodes = Math.max(...needs);
  const pressing = counters.filter((_, at) => needs[at]! >= PRESSING * nodes);
  return {
    nodes,
    pressing: pressing.flatMap(({ limit, classes, amounts }) =>
      classes.map((c, at) => ({ c, perUnit: amounts[at]! / limit / pressing.length })),
    ),
  };
}
