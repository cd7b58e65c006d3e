/**
 * What column generation works on, whether for a plan or for a bound: kinds of node, classes of pods, and the rules within
 * a node. A pattern is what one node of a kind carries.
 */
import type { Mask } from '../problem.ts';

export interface Instance {
  /** Amounts per kind and per class. */
  readonly columns: number;
  readonly kinds: number;
  /** K × columns. */
  readonly room: Float64Array;
  /** Per kind: not negative, and above zero where the supply has no end. */
  readonly cost: Float64Array;
  /** Per kind: how many nodes there can be; Infinity where that is not limited. */
  readonly supply: Float64Array;
  readonly classes: number;
  /** C × columns, not negative. */
  readonly requests: Float64Array;
  /** Per class, the units to place: above zero, and each of them fits some kind whose supply has no end. */
  readonly demand: Float64Array;
  /** C × K: 1 where a unit of the class may be on the kind. */
  readonly fits: Uint8Array;
  /** Per class, the counters that a unit raises on its node, and by how much. */
  readonly counters: readonly (readonly number[])[];
  readonly amounts: readonly (readonly number[])[];
  /** What a node allows of each counter; kinds of limited supply too. */
  readonly counterLimits: Int32Array;
  /** Per class, the classes that it cannot share a node with; absent where there are none. */
  readonly apart: readonly (Mask | undefined)[];
}

export interface Pattern {
  readonly kind: number;
  /** Ascending, with how many of each: one or more. */
  readonly classes: readonly number[];
  readonly counts: readonly number[];
}

/** How many units of a class alone a node of the kind holds, demand aside. */
export function mostAlone(instance: Instance, kind: number, c: number): number {
  const { columns, room, requests, kinds, fits, counters, amounts, counterLimits } = instance;
  if (fits[c * kinds + kind] === 0) return 0;
  let most = instance.demand[c]!;
  for (let r = 0; r < columns; r++) {
    const each = requests[c * columns + r]!;
    if (each > 0) most = Math.min(most, Math.floor(room[kind * columns + r]! / each));
  }
  for (const [at, counter] of counters[c]!.entries()) {
    const each = amounts[c]![at]!;
    if (each > 0) most = Math.min(most, Math.floor(counterLimits[counter]! / each));
  }
  return Math.max(0, most);
}

/** Per column, the greatest amount that all requests are multiples of; 0 where no class asks for any. */
export function commonUnits({ columns, requests }: Instance): Float64Array {
  const units = new Float64Array(columns);
  for (const [at, each] of requests.entries()) {
    let [large, small] = [units[at % columns]!, each];
    while (small > 0) [large, small] = [small, large % small];
    units[at % columns] = large;
  }
  return units;
}

/** The kinds beside which no other costs no more, holds no less and takes the same classes; limited ones all stay. */
export function worthwhileKinds({ kinds, columns, room, cost, supply, classes, fits }: Instance): number[] {
  const isWorse = (kind: number, other: number): boolean => {
    if (cost[other]! > cost[kind]!) return false;
    for (let r = 0; r < columns; r++) {
      if (room[other * columns + r]! < room[kind * columns + r]!) return false;
    }
    for (let c = 0; c < classes; c++) {
      if (fits[c * kinds + kind]! > fits[c * kinds + other]!) return false;
    }
    return true;
  };
  const endless = [...supply.keys()].filter((kind) => supply[kind] === Number.POSITIVE_INFINITY);
  const beaten = new Set<number>();
  for (const kind of endless) {
    // Of two that beat each other the first stays.
    const isBeaten = endless.some(
      (other) =>
        other !== kind &&
        !beaten.has(other) &&
        isWorse(kind, other) &&
        (other < kind || !isWorse(other, kind)),
    );
    if (isBeaten) beaten.add(kind);
  }
  return [...supply.keys()].filter((kind) => !beaten.has(kind));
}
