/**
 * What guides a construction: prices of resources from a relaxation of the demand that is left, one set per profile of
 * nodes; what a unit is worth beside its resources where counters force nodes; and which classes lean to which nodes.
 */
import { solveCovering } from '../lp/covering.ts';
import type { Pull } from './knapsack.ts';
import type { Model } from './model.ts';
import { type NodeRow, nodeRows } from './node-rows.ts';
import { AFRESH, AGAIN, findWorths, type Profile } from './worths.ts';

/** Kinds whose proportions differ by less are of one profile. */
const ALIKE = 0.04;
/** A kind farther than this from every profile takes classes as they come. */
const STRANGE = 0.2;
/** Kinds whose room is worth less than this share of their price are no profile. */
const WORTHLESS = 0.85;

/** How a kind is filled. */
export interface Advice extends Pull {
  readonly prices: Float64Array;
}

interface KindProfile extends Profile {
  readonly kind: number;
}

export class Guide {
  /** Per class: what a unit is worth. */
  readonly worth: Float64Array;
  private readonly model: Model;
  private readonly rows: readonly NodeRow[];
  /** Per class: its share of the nodes that its counters force. */
  private readonly forced: Float64Array;
  private profiles: KindProfile[] = [];
  private advice: Advice[] = [];
  private strange: Advice[] = [];
  /** Per kind: its profile; -1 - profile for a strange one. And what it is worth beside its room. */
  private readonly profileOf: Int32Array;
  private readonly seatWorth: Float64Array;
  /** Per kind: what its price is above the worth of its room if any pods went with any nodes. */
  readonly strain: Float64Array;
  private readonly even: Float64Array;

  constructor(model: Model) {
    const { classes, kinds } = model;
    this.model = model;
    this.rows = nodeRows(model);
    this.worth = new Float64Array(classes.count);
    this.forced = new Float64Array(classes.count);
    this.even = new Float64Array(classes.count).fill(1);
    this.seatWorth = new Float64Array(kinds.count);
    this.strain = new Float64Array(kinds.count);
    this.profileOf = new Int32Array(kinds.count);
  }

  of(kind: number): Advice {
    const profile = this.profileOf[kind]!;
    return profile >= 0 ? this.advice[profile]! : this.strange[-1 - profile]!;
  }

  /** No filling of the kind from so much demand is worth more. */
  promise(kind: number, demand: Float64Array): number {
    const { room } = this.model.kinds;
    const { prices } = this.of(kind);
    const from = kind * prices.length;
    let worth = this.seatWorth[kind]!;
    for (let r = 0; r < prices.length; r++) worth += prices[r]! * Math.min(room[from + r]!, demand[r]!);
    return worth;
  }

  /** Works everything out again; `isWanted` tells kinds that may still be opened. */
  update(remaining: Int32Array, demand: Float64Array, isWanted: (kind: number) => boolean): void {
    const { kinds, columns } = this.model;
    const wanted: number[] = [];
    for (let kind = 0; kind < kinds.count; kind++) if (isWanted(kind)) wanted.push(kind);
    const needs = this.rows.map((row) => row.need(remaining));
    const duals = this.solve(
      wanted,
      demand,
      needs.map(({ nodes }) => nodes),
    );
    this.forced.fill(0);
    for (const [at, { pressing }] of needs.entries()) {
      for (const { c, perUnit } of pressing) this.forced[c]! += duals[columns + at]! * perUnit;
    }
    for (let kind = 0; kind < kinds.count; kind++) {
      this.seatWorth[kind] = this.rows.reduce(
        (sum, { holds }, at) => sum + holds[kind]! * duals[columns + at]!,
        0,
      );
    }
    for (let kind = 0; kind < kinds.count; kind++) {
      let worth = this.seatWorth[kind]!;
      for (let r = 0; r < columns; r++) worth += duals[r]! * kinds.room[kind * columns + r]!;
      this.strain[kind] = Math.max(0, kinds.cost[kind]! - worth);
    }
    this.findProfiles(wanted, duals.subarray(0, columns), remaining);
  }

  private solve(wanted: readonly number[], demand: Float64Array, nodes: readonly number[]): Float64Array {
    const { kinds, columns } = this.model;
    const rows = columns + nodes.length;
    if (wanted.length === 0) return new Float64Array(rows);
    const coefficients = new Float64Array(wanted.length * rows);
    for (const [at, kind] of wanted.entries()) {
      coefficients.set(kinds.room.subarray(kind * columns, (kind + 1) * columns), at * rows);
      for (const [row, { holds }] of this.rows.entries())
        coefficients[at * rows + columns + row] = holds[kind]!;
    }
    return solveCovering({
      rows,
      columns: wanted.length,
      cost: Float64Array.from(wanted, (kind) => kinds.cost[kind]!),
      coefficients,
      demand: Float64Array.of(...demand, ...nodes),
    }).duals;
  }

  private findProfiles(wanted: readonly number[], prices: Float64Array, remaining: Int32Array): void {
    const { kinds, columns, classes } = this.model;
    const described = wanted.map((kind) => ({ kind, ...partsOf(kinds.room, kind, columns, prices) }));
    const money = (kind: number) =>
      Math.max(1e-9, 0.05 * kinds.cost[kind]!, kinds.cost[kind]! - this.seatWorth[kind]!);
    const ranked = described
      .map((one) => ({ ...one, share: one.whole / money(one.kind) }))
      .sort((a, b) => b.share - a.share || b.kind - a.kind);
    const parts: Float64Array[] = [];
    const profiles: KindProfile[] = [];
    for (const one of ranked) {
      if (profiles.length > 0 && (one.share < WORTHLESS || nearest(parts, one.parts, ALIKE) >= 0)) continue;
      parts.push(one.parts);
      profiles.push(this.profileOfKind(one.kind, money(one.kind), prices));
    }
    const isKnown = profiles.every(({ kind }) => this.profiles.some((before) => before.kind === kind));
    this.profiles = profiles;
    const schedule = isKnown ? AGAIN : AFRESH;
    if (profiles.length > 0) findWorths(profiles, classes.requests, remaining, schedule, this.worth);
    for (let c = 0; c < classes.count; c++) this.worth[c]! += this.forced[c]!;
    this.advise();
    for (let kind = 0; kind < kinds.count; kind++) {
      const near = nearest(parts, partsOf(kinds.room, kind, columns, prices).parts, STRANGE);
      this.profileOf[kind] = near >= 0 ? near : -1 - this.tightest(kind);
    }
  }

  private profileOfKind(kind: number, money: number, prices: Float64Array): KindProfile {
    const { kinds, columns, classes } = this.model;
    const room = Float64Array.from({ length: columns }, (_, r) => kinds.room[kind * columns + r]! / money);
    const fits = new Uint8Array(classes.count).fill(1);
    for (let c = 0; c < classes.count; c++) {
      for (let r = 0; r < columns; r++) {
        if (classes.requests[c * columns + r]! > kinds.room[kind * columns + r]!) fits[c] = 0;
      }
    }
    const start = this.profiles.find((before) => before.kind === kind)?.prices ?? prices;
    const parts = room.map((amount, r) => (amount > 0 ? Math.max(1e-3, amount * start[r]!) : 0));
    const sum = parts.reduce((all, one) => all + one, 0);
    return {
      kind,
      room,
      prices: parts.map((part, r) => (room[r]! > 0 ? part / sum / room[r]! : 0)),
      shares: new Float64Array(classes.count),
      fits,
    };
  }

  private advise(): void {
    const { classes, columns } = this.model;
    const all =
      this.profiles.length > 0 ? this.profiles : [{ prices: new Float64Array(columns), shares: this.even }];
    this.advice = all.map(({ prices, shares }) => {
      const rate = new Float64Array(classes.count).fill(1);
      for (let c = 0; c < classes.count; c++) {
        let cost = 0;
        for (let r = 0; r < columns; r++) cost += prices[r]! * classes.requests[c * columns + r]!;
        if (cost > 0) rate[c] = this.worth[c]! / cost;
      }
      return { prices, worth: this.worth, rate, lean: shares };
    });
    this.strange = this.advice.map((one) => ({ ...one, lean: this.even }));
  }

  /** The profile at whose prices the kind's room is worth least. */
  private tightest(kind: number): number {
    const { room } = this.model.kinds;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [at, { prices }] of this.advice.entries()) {
      let worth = 0;
      for (let r = 0; r < prices.length; r++) worth += prices[r]! * room[kind * prices.length + r]!;
      if (worth >= least) continue;
      least = worth;
      best = at;
    }
    return best;
  }
}

/** What each column adds to the worth of a row of amounts, as shares; and that worth. */
function partsOf(amounts: Float64Array, row: number, columns: number, prices: Float64Array) {
  const parts = new Float64Array(columns);
  let whole = 0;
  for (let r = 0; r < columns; r++) {
    parts[r] = amounts[row * columns + r]! * prices[r]!;
    whole += parts[r]!;
  }
  if (whole > 0) for (let r = 0; r < columns; r++) parts[r]! /= whole;
  return { parts, whole };
}

/** The nearest of them, or -1 where all are farther than `most`. */
function nearest(all: readonly Float64Array[], parts: Float64Array, most: number): number {
  let best = -1;
  let least = most;
  for (const [at, other] of all.entries()) {
    let distance = 0;
    for (let r = 0; r < parts.length; r++) distance += Math.abs(parts[r]! - other[r]!);
    if (distance > least) continue;
    least = distance;
    best = at;
  }
  return best;
}
