/**
 * What no move of the local search changes: classes and kinds in flat arrays, without the resources that nothing asks for.
 */

import { hasBit } from '../mask.ts';
import type { Model } from '../optimal/model.ts';
import type { Mask } from '../problem.ts';

export interface Ground {
  readonly classes: number;
  readonly kinds: number;
  /** R: resources that some class asks for. */
  readonly columns: number;
  /** Per column: its place among the model's. */
  readonly columnOf: Int32Array;
  /** C × R. */
  readonly requests: Float64Array;
  /** K × R. */
  readonly room: Float64Array;
  /** Money per unit of each column, and what a unit of each class is worth by that. */
  readonly prices: Float64Array;
  readonly worth: Float64Array;
  readonly cost: Float64Array;
  readonly pool: Int32Array;
  /** Per pool, its kinds by ascending cost. */
  readonly kindsOf: readonly Int32Array[];
  /** Per kind: its area. Kinds of one area are of one pool, and every unit may be on all of them as far as they have room. */
  readonly area: Int32Array;
  /** Per area, its kinds by ascending cost. */
  readonly kindsIn: readonly Int32Array[];
  /** K × C: 1 where a unit of the class may be put on a new node of the kind. */
  readonly open: Uint8Array;
  /** Per class: counters it raises and by how much; absent where it raises none. */
  readonly counters: readonly (readonly number[] | undefined)[];
  readonly amounts: readonly (readonly number[])[];
  readonly counterLimits: Int32Array;
  readonly apart: readonly (Mask | undefined)[];
}

export function groundOf(model: Model, prices: Float64Array): Ground {
  const { classes, kinds, columns: all } = model;
  const area = areasOf(model);
  const columnOf = Int32Array.from(prices.keys()).filter((column) => isAsked(classes.requests, all, column));
  const requests = kept(classes.requests, all, columnOf);
  const ownPrices = Float64Array.from(columnOf, (column) => prices[column]!);
  return {
    classes: classes.count,
    kinds: kinds.count,
    columns: columnOf.length,
    columnOf,
    requests,
    room: kept(kinds.room, all, columnOf),
    prices: ownPrices,
    worth: Float64Array.from({ length: classes.count }, (_, c) => worthOfRow(ownPrices, requests, c)),
    cost: kinds.cost,
    pool: kinds.pool,
    kindsOf: byCost(kinds.pool, kinds.cost),
    area,
    kindsIn: byCost(area, kinds.cost),
    open: openOf(classes, kinds),
    counters: classes.sharing.map(({ counters }) => (counters.length > 0 ? counters : undefined)),
    amounts: classes.sharing.map(({ amounts }) => amounts),
    counterLimits: classes.counterLimits,
    apart: classes.apart,
  };
}

/** Kinds that no lot can tell apart by where they are, numbered in the order in which they come. */
function areasOf({ kinds, lots }: Model): Int32Array {
  const masks = [...new Set(lots.map(({ offerings }) => offerings))];
  const areas = new Map<string, number>();
  return kinds.offering.map((offering, kind) => {
    const name = masks.reduce(
      (text, mask) => text + (hasBit(mask, offering) ? 1 : 0),
      `${kinds.pool[kind]}/`,
    );
    const area = areas.get(name) ?? areas.size;
    areas.set(name, area);
    return area;
  });
}

/** Per part, its kinds by ascending cost. */
function byCost(partOf: Int32Array, cost: Float64Array): Int32Array[] {
  const parts: number[][] = Array.from({ length: 1 + Math.max(-1, ...partOf) }, () => []);
  for (const [kind, part] of partOf.entries()) parts[part]!.push(kind);
  return parts.map((part) => Int32Array.from(part).sort((a, b) => cost[a]! - cost[b]! || a - b));
}

/** The worth of a row of amounts. */
export function worthOfRow(prices: Float64Array, amounts: Float64Array, row: number): number {
  let sum = 0;
  for (let r = 0; r < prices.length; r++) sum += prices[r]! * amounts[row * prices.length + r]!;
  return sum;
}

function isAsked(requests: Float64Array, columns: number, column: number): boolean {
  for (let at = column; at < requests.length; at += columns) if (requests[at]! > 0) return true;
  return false;
}

function kept(amounts: Float64Array, columns: number, columnOf: Int32Array): Float64Array {
  const rows = columns === 0 ? 0 : amounts.length / columns;
  const R = columnOf.length;
  const to = new Float64Array(rows * R);
  for (let row = 0; row < rows; row++) {
    for (let r = 0; r < R; r++) to[row * R + r] = amounts[row * columns + columnOf[r]!]!;
  }
  return to;
}

/** As for constructions: exotic kinds are for those classes only that no other kind of their pool takes. */
function openOf({ count, fits }: Model['classes'], kinds: Model['kinds']): Uint8Array {
  const open = new Uint8Array(count * kinds.count);
  for (let c = 0; c < count; c++) {
    const ordinary = new Set<number>();
    for (let kind = 0; kind < kinds.count; kind++) {
      const isOrdinary = fits[c * kinds.count + kind] === 1 && kinds.exotic[kind] === 0;
      if (isOrdinary) ordinary.add(kinds.pool[kind]!);
    }
    for (let kind = 0; kind < kinds.count; kind++) {
      const isLeftOut = kinds.exotic[kind] === 1 && ordinary.has(kinds.pool[kind]!);
      open[kind * count + c] = isLeftOut ? 0 : fits[c * kinds.count + kind]!;
    }
  }
  return open;
}
