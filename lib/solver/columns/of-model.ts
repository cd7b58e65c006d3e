/**
 * A model as column generation sees it: the classes that have units left and a kind to go to, each in the first pool that
 * takes it.
 */
import { createMask, hasBit, setBit } from '../mask.ts';
import type { Model } from '../optimal/model.ts';
import { Openings } from '../optimal/openings.ts';
import type { Mask } from '../problem.ts';
import type { Instance } from './instance.ts';

export interface ModelInstance extends Instance {
  /** Per class of the instance, the model's. */
  readonly classOf: readonly number[];
}

/**
 * Undefined where kinds are limited, since patterns know no limits of pools and reservations; where some cost nothing; and
 * where there are more classes than `mostRows`, or none.
 */
export function instanceOfModel(
  model: Model,
  remaining: Int32Array,
  mostRows: number,
): ModelInstance | undefined {
  const { kinds, classes, columns } = model;
  if (isLimited(model)) return undefined;
  const open = openOf(model);
  const classOf = Array.from({ length: classes.count }, (_, c) => c).filter(
    (c) => remaining[c]! > 0 && open.subarray(c * kinds.count, (c + 1) * kinds.count).includes(1),
  );
  if (classOf.length === 0 || classOf.length > mostRows) return undefined;
  return {
    columns,
    kinds: kinds.count,
    room: kinds.room,
    cost: kinds.cost,
    supply: new Float64Array(kinds.count).fill(Number.POSITIVE_INFINITY),
    classes: classOf.length,
    requests: rowsOf(classes.requests, columns, classOf),
    demand: Float64Array.from(classOf, (c) => remaining[c]!),
    fits: Uint8Array.from(rowsOf(open, kinds.count, classOf)),
    counters: classOf.map((c) => classes.sharing[c]!.counters),
    amounts: classOf.map((c) => classes.sharing[c]!.amounts),
    counterLimits: classes.counterLimits,
    apart: classOf.map((c) => among(classes.apart[c], classOf)),
    classOf,
  };
}

function isLimited({ problem: { pools }, kinds }: Model): boolean {
  for (let kind = 0; kind < kinds.count; kind++) {
    const { limits, nodesLeft } = pools[kinds.pool[kind]!]!;
    const isEndless =
      nodesLeft === Number.POSITIVE_INFINITY && limits.every((one) => one === Number.POSITIVE_INFINITY);
    if (!isEndless || kinds.reservation[kind]! >= 0 || kinds.cost[kind]! <= 0) return true;
  }
  return false;
}

/** C × K: 1 where a unit of the class may be on the kind as long as no pool is used up. */
function openOf(model: Model): Uint8Array {
  const { kinds, classes } = model;
  const openings = new Openings(model);
  const open = new Uint8Array(classes.count * kinds.count);
  for (let kind = 0; kind < kinds.count; kind++) {
    const { table, from, step } = openings.offered(kind);
    for (let c = 0; c < classes.count; c++)
      open[c * kinds.count + kind] = table[from + c * step]! === 0 ? 0 : 1;
  }
  return open;
}

function rowsOf(values: Float64Array | Uint8Array, width: number, rows: readonly number[]): Float64Array {
  const chosen = new Float64Array(rows.length * width);
  for (const [at, row] of rows.entries())
    chosen.set(values.subarray(row * width, (row + 1) * width), at * width);
  return chosen;
}

function among(apart: Mask | undefined, classOf: readonly number[]): Mask | undefined {
  if (apart === undefined) return undefined;
  const mask = createMask(classOf.length);
  for (const [at, c] of classOf.entries()) if (hasBit(apart, c)) setBit(mask, at);
  return mask;
}
