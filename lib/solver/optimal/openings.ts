/**
 * Which kinds of node may be opened, and for which classes: pools in order of choice, a next one only for pods that the one
 * before has no room for; limits, node counts and reservations as far as they are used.
 */
import type { Kinds } from './kinds.ts';
import type { Offered } from './knapsack.ts';
import type { Classes, Model } from './model.ts';
import { NodeRules } from './node-rules.ts';

export class Openings {
  private readonly model: Model;
  private readonly rules: NodeRules;
  private readonly classes: Classes;
  private readonly kinds: Kinds;
  private readonly limits: readonly Float64Array[];
  private readonly nodesLeft: number[];
  private readonly unitsLeft: number[];
  /** Pools in order of choice, and the place in it of each class's pool. */
  private readonly pools: readonly number[];
  private readonly place: Int32Array;
  /** C × K: `fits`, for the class's present pool. */
  private readonly open: Uint8Array;
  private readonly view: { table: Uint8Array; from: number; step: number };

  constructor(model: Model) {
    const { classes, kinds } = model;
    const { pools, reservations } = model.problem;
    this.model = model;
    this.rules = new NodeRules(classes);
    this.classes = classes;
    this.kinds = kinds;
    this.limits = pools.map((pool) => pool.limits.slice());
    this.nodesLeft = pools.map((pool) => pool.nodesLeft);
    this.unitsLeft = [...reservations];
    this.pools = [...pools.keys()].sort((a, b) => pools[a]!.rank - pools[b]!.rank || a - b);
    this.place = new Int32Array(classes.count).fill(-1);
    this.open = new Uint8Array(classes.fits.length);
    this.view = { table: this.open, from: 0, step: kinds.count };
    for (let c = 0; c < classes.count; c++) this.moveOn(c);
  }

  /** The same state once more, to go on from it another way. */
  copy(): Openings {
    const copy = new Openings(this.model);
    for (const [pool, limits] of this.limits.entries()) copy.limits[pool]!.set(limits);
    for (const [pool, left] of this.nodesLeft.entries()) copy.nodesLeft[pool] = left;
    for (const [reservation, left] of this.unitsLeft.entries()) copy.unitsLeft[reservation] = left;
    copy.place.set(this.place);
    copy.open.set(this.open);
    return copy;
  }

  /** The classes that may go on a kind. The answer is valid until the next call. */
  offered(kind: number): Offered {
    this.view.from = kind;
    return this.view;
  }

  /** Whether the kind may be opened and some remaining pod may go on it. */
  isWanted(kind: number, remaining: Int32Array): boolean {
    if (this.most(kind) < 1) return false;
    const { step } = this.view;
    for (let c = 0; c < remaining.length; c++) {
      if (remaining[c]! > 0 && this.open[c * step + kind] !== 0) return true;
    }
    return false;
  }

  /** How many nodes of the kind may be opened. */
  most(kind: number): number {
    const { kinds } = this;
    const pool = kinds.pool[kind]!;
    const limits = this.limits[pool]!;
    const R = limits.length;
    let most = this.nodesLeft[pool]!;
    for (let r = 0; r < R; r++) {
      if (limits[r] === Number.POSITIVE_INFINITY) continue;
      const each = kinds.capacity[kind * R + r]!;
      if (each > 0) most = Math.min(most, Math.floor(limits[r]! / each));
    }
    const reservation = kinds.reservation[kind]!;
    return reservation < 0 ? most : Math.min(most, this.unitsLeft[reservation]!);
  }

  /** The cheapest kind that holds so much and may be opened; of the template of a kind where one is given. */
  cheapest(taken: Int32Array, used: Float64Array, below: number, template = -1): number | undefined {
    const { kinds } = this;
    const R = used.length;
    if (!this.rules.allows(taken)) return undefined;
    for (let kind = 0; kind < below; kind++) {
      if (template >= 0 && kinds.template[kind] !== template) continue;
      let r = 0;
      while (r < R && used[r]! <= kinds.room[kind * R + r]!) r++;
      if (r === R && this.takesAll(kind, taken) && this.most(kind) >= 1) return kind;
    }
    return undefined;
  }

  private takesAll(kind: number, taken: Int32Array): boolean {
    for (let c = 0; c < taken.length; c++) {
      if (taken[c]! > 0 && this.open[c * this.view.step + kind] === 0) return false;
    }
    return true;
  }

  charge(kind: number, times: number): void {
    const { kinds } = this;
    const pool = kinds.pool[kind]!;
    const limits = this.limits[pool]!;
    this.nodesLeft[pool]! -= times;
    for (let r = 0; r < limits.length; r++) limits[r]! -= times * kinds.capacity[kind * limits.length + r]!;
    if (kinds.reservation[kind]! >= 0) this.unitsLeft[kinds.reservation[kind]!]! -= times;
  }

  /** Lets the remaining pods go to their next pool; false when none has one. */
  goOn(remaining: Int32Array): boolean {
    let any = false;
    for (let c = 0; c < remaining.length; c++) if (remaining[c]! > 0 && this.moveOn(c)) any = true;
    return any;
  }

  private moveOn(c: number): boolean {
    const { kinds } = this;
    const { fits } = this.classes;
    while (++this.place[c]! < this.pools.length) {
      const pool = this.pools[this.place[c]!];
      let any = false;
      let ordinary = false;
      for (let kind = 0; kind < kinds.count; kind++) {
        if (fits[c * kinds.count + kind] === 0 || kinds.pool[kind] !== pool) continue;
        any = true;
        if (kinds.exotic[kind] === 0) ordinary = true;
      }
      if (!any) continue;
      for (let kind = 0; kind < kinds.count; kind++) {
        const here = fits[c * kinds.count + kind] === 1 && kinds.pool[kind] === pool;
        // A launch leaves exotic types out where others do, so they count only for pods that need them.
        this.open[c * kinds.count + kind] = here && !(ordinary && kinds.exotic[kind] === 1) ? 1 : 0;
      }
      return true;
    }
    this.open.fill(0, c * kinds.count, (c + 1) * kinds.count);
    return false;
  }
}
