import { Knapsack, type Offered, type Pull } from './knapsack.ts';
import type { Classes, Model } from './model.ts';
import { NodeRules } from './node-rules.ts';

/** Fills a node by classes, then sees what their pods really ask for and adds pods to what that leaves. */
export class Filler {
  /** Per class, the pods of the last fill. */
  readonly taken: Int32Array;
  /** R amounts that these pods ask for. */
  readonly used: Float64Array;
  /** The order in which units are taken: see `Classes.lotOf`. */
  order: Int32Array;
  readonly isUniform: boolean;
  /** L × R: what a unit of each lot asks for. */
  readonly requests: Float64Array;
  private readonly classes: Classes;
  private readonly knapsack: Knapsack;
  private readonly rules: NodeRules;
  /** Classes that may take another pod, the first `open` of them. */
  private readonly active: Int32Array;
  /** K × R. */
  private readonly room: Float64Array;
  private readonly even: Float64Array;

  constructor({ lots, classes, columns, kinds }: Model, prices: Float64Array) {
    this.classes = classes;
    this.order = classes.lotOf;
    this.room = kinds.room;
    this.even = new Float64Array(classes.count).fill(1);
    this.rules = new NodeRules(classes);
    this.knapsack = new Knapsack(classes.count, columns, classes.requests, prices, this.rules);
    this.taken = this.knapsack.taken;
    this.used = new Float64Array(columns);
    this.active = new Int32Array(classes.count);
    this.isUniform = classes.uniform.every((uniform) => uniform === 1);
    this.requests = new Float64Array(lots.length * columns);
    for (const [lot, { requests }] of lots.entries()) this.requests.set(requests, lot * columns);
  }

  /**
   * Fills R amounts of room from a position on. `mix` is how much of the remaining mix, times its even share, the node may
   * take of a class, `late` how far each is behind it; pods worth a
   * share `big` of the room are not held back. Answers the worth of the pods, or -1 where none went in.
   */
  fill(
    room: Float64Array,
    from: number,
    offered: Offered,
    remaining: Int32Array,
    prices: Float64Array,
    mix: number,
    late: Float64Array,
    big: number,
    pull?: Pull,
  ): number {
    const { knapsack, used } = this;
    let worthOfRoom = 0;
    for (let r = 0; r < used.length; r++) worthOfRoom += prices[r]! * room[from + r]!;
    const share = Math.min(1, (mix * worthOfRoom) / this.worthToCome(offered, remaining, prices, pull));
    knapsack.fill(room, from, offered, remaining, prices, share, late, big * worthOfRoom, pull);
    for (let r = 0; r < used.length; r++) used[r] = room[from + r]! - knapsack.left[r]!;
    if (!this.isUniform && this.takeBackRounding(remaining)) {
      this.addPods(room, from, offered, remaining, prices, late, pull);
    }
    return this.worthOf(prices, pull);
  }

  /** Fills another node with the pods that `counts` says, the next ones, and what more of others goes in. */
  repeat(
    counts: Int32Array,
    room: Float64Array,
    from: number,
    offered: Offered,
    remaining: Int32Array,
    prices: Float64Array,
    late: Float64Array,
    pull?: Pull,
  ): number {
    const { used, taken, classes, rules } = this;
    const R = used.length;
    used.fill(0);
    rules.clear();
    for (let c = 0; c < taken.length; c++) {
      taken[c] = counts[c]!;
      if (taken[c] === 0) continue;
      rules.add(c, taken[c]!);
      for (let r = 0; r < R; r++) used[r]! += classes.requests[c * R + r]! * taken[c]!;
    }
    if (!this.isUniform && this.takeBackRounding(remaining)) {
      this.addPods(room, from, offered, remaining, prices, late, pull);
    }
    return this.worthOf(prices, pull);
  }

  /** Fills what a node of a kind with `counts` leaves with pods of `own`, which has none of those classes. */
  fillUp(counts: Int32Array, kind: number, { table, from, step }: Offered, own: Int32Array): void {
    const { used, taken, classes, rules, room } = this;
    const R = used.length;
    const offered = { table: new Uint8Array(taken.length), from: 0, step: 1 };
    used.fill(0);
    rules.clear();
    for (let c = 0; c < taken.length; c++) {
      taken[c] = counts[c]!;
      offered.table[c] = counts[c] === 0 ? table[from + c * step]! : 0;
      if (counts[c] === 0) continue;
      rules.add(c, counts[c]!);
      for (let r = 0; r < R; r++) used[r]! += classes.requests[c * R + r]! * counts[c]!;
    }
    // Without prices each resource counts by its share of the node.
    const prices = Float64Array.from(used, (_, r) => (room[kind * R + r]! > 0 ? 1 / room[kind * R + r]! : 0));
    this.addPods(room, kind * R, offered, own, prices, this.even, undefined);
  }

  /** What the pods are worth: less than their classes where they ask for less. */
  private worthOf(prices: Float64Array, pull: Pull | undefined): number {
    const { used, taken } = this;
    const { requests } = this.classes;
    const R = used.length;
    let any = false;
    let worth = 0;
    for (let c = 0; c < taken.length; c++) {
      if (taken[c] === 0) continue;
      any = true;
      if (!pull) continue;
      worth += taken[c]! * pull.worth[c]!;
      for (let r = 0; r < R; r++) worth -= taken[c]! * prices[r]! * requests[c * R + r]!;
    }
    if (!any) return -1;
    for (let r = 0; r < R; r++) worth += prices[r]! * used[r]!;
    return Math.max(0, worth);
  }

  /** The worth of all pods that may go on the node, in prices; above zero. */
  private worthToCome(
    { table, from, step }: Offered,
    remaining: Int32Array,
    prices: Float64Array,
    pull?: Pull,
  ): number {
    const { requests } = this.classes;
    const R = prices.length;
    let worth = 0;
    for (let c = 0; c < remaining.length; c++) {
      if (remaining[c]! === 0 || table[from + c * step] === 0) continue;
      let one = 0;
      for (let r = 0; r < R; r++) one += prices[r]! * requests[c * R + r]!;
      worth += remaining[c]! * one * (pull ? pull.lean[c]! : 1);
    }
    return worth > 0 ? worth : 1;
  }

  /** Whether any pod asks for less than its class does. */
  private takeBackRounding(remaining: Int32Array): boolean {
    const { used, taken, requests: own } = this;
    const { uniform, requests } = this.classes;
    const R = used.length;
    let rounded = false;
    for (let c = 0; c < taken.length; c++) {
      if (taken[c] === 0 || uniform[c] === 1) continue;
      for (let n = 0; n < taken[c]!; n++) {
        const pod = this.rowOf(c, remaining[c]! - n);
        for (let r = 0; r < R; r++) used[r]! += own[pod + r]! - requests[c * R + r]!;
        rounded = true;
      }
    }
    return rounded;
  }

  private addPods(
    room: Float64Array,
    from: number,
    { table, from: first, step }: Offered,
    remaining: Int32Array,
    prices: Float64Array,
    late: Float64Array,
    pull: Pull | undefined,
  ): void {
    const { used, taken, active, requests, rules } = this;
    const R = used.length;
    let open = 0;
    for (let c = 0; c < taken.length; c++) {
      if (remaining[c]! > 0 && table[first + c * step] !== 0) active[open++] = c;
    }
    for (;;) {
      let best = -1;
      let most = -1;
      let still = 0;
      for (let at = 0; at < open; at++) {
        const c = active[at]!;
        if (taken[c]! >= remaining[c]!) continue;
        const pod = this.rowOf(c, remaining[c]! - taken[c]!);
        let along = 0;
        let r = 0;
        for (; r < R; r++) {
          const all = room[from + r]!;
          const free = all - used[r]!;
          if (requests[pod + r]! > free) break;
          if (all > 0) along += (prices[r]! * requests[pod + r]! * free) / all;
        }
        if (r < R || rules.room(c, 1) === 0) continue;
        active[still++] = c;
        along *= pull ? pull.rate[c]! * late[c]! : late[c]!;
        if (along <= most) continue;
        most = along;
        best = c;
      }
      if (best < 0) return;
      open = still;
      const pod = this.rowOf(best, remaining[best]! - taken[best]!);
      taken[best]!++;
      rules.add(best, 1);
      for (let r = 0; r < R; r++) used[r]! += requests[pod + r]!;
    }
  }

  /** Where the requests start of the class's unit that comes next when so many are left. */
  private rowOf(c: number, left: number): number {
    return this.order[this.classes.start[c + 1]! - left]! * this.used.length;
  }
}
