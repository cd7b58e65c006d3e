import { Knapsack, type Offered } from './knapsack.ts';
import type { Classes, Lot, Model } from './model.ts';

/** Fills a node by classes, then sees what their pods really ask for and adds pods to what that leaves. */
export class Filler {
  /** Per class, the pods of the last fill. */
  readonly taken: Int32Array;
  /** R amounts that these pods ask for. */
  readonly used: Float64Array;
  private readonly lots: readonly Lot[];
  private readonly classes: Classes;
  private readonly knapsack: Knapsack;

  constructor({ lots, classes, columns }: Model, prices: Float64Array) {
    this.lots = lots;
    this.classes = classes;
    this.knapsack = new Knapsack(classes.count, columns, classes.requests, prices);
    this.taken = this.knapsack.taken;
    this.used = new Float64Array(columns);
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
  ): number {
    const { knapsack, used } = this;
    let worthOfRoom = 0;
    for (let r = 0; r < used.length; r++) worthOfRoom += prices[r]! * room[from + r]!;
    const share = Math.min(1, (mix * worthOfRoom) / this.worthToCome(offered, remaining, prices));
    knapsack.fill(room, from, offered, remaining, prices, share, late, big * worthOfRoom);
    for (let r = 0; r < used.length; r++) used[r] = room[from + r]! - knapsack.left[r]!;
    if (this.takeBackRounding(remaining)) this.addPods(room, from, offered, remaining, prices, late);
    let any = false;
    for (let c = 0; c < remaining.length && !any; c++) any = this.taken[c]! > 0;
    if (!any) return -1;
    let worth = 0;
    for (let r = 0; r < used.length; r++) worth += prices[r]! * used[r]!;
    return worth;
  }

  /** The worth of all pods that may go on the node, in prices; above zero. */
  private worthToCome(offered: Offered, remaining: Int32Array, prices: Float64Array): number {
    const { requests } = this.classes;
    const R = prices.length;
    let worth = 0;
    for (let c = 0; c < remaining.length; c++) {
      if (remaining[c]! === 0 || offered.table[offered.from + c * offered.step] === 0) continue;
      for (let r = 0; r < R; r++) worth += remaining[c]! * prices[r]! * requests[c * R + r]!;
    }
    return worth > 0 ? worth : 1;
  }

  /** Whether any pod asks for less than its class does. */
  private takeBackRounding(remaining: Int32Array): boolean {
    const { used, taken } = this;
    const { uniform, requests } = this.classes;
    const R = used.length;
    let rounded = false;
    for (let c = 0; c < taken.length; c++) {
      if (uniform[c] === 1) continue;
      for (let n = 0; n < taken[c]!; n++) {
        const pod = this.podRequests(c, remaining[c]! - n);
        for (let r = 0; r < R; r++) used[r]! += pod[r]! - requests[c * R + r]!;
        rounded = true;
      }
    }
    return rounded;
  }

  private addPods(
    room: Float64Array,
    from: number,
    offered: Offered,
    remaining: Int32Array,
    prices: Float64Array,
    late: Float64Array,
  ): void {
    const { used, taken } = this;
    const R = used.length;
    for (;;) {
      let best = -1;
      let most = -1;
      for (let c = 0; c < taken.length; c++) {
        if (taken[c]! >= remaining[c]! || offered.table[offered.from + c * offered.step] === 0) continue;
        const pod = this.podRequests(c, remaining[c]! - taken[c]!);
        let along = 0;
        let r = 0;
        for (; r < R; r++) {
          const all = room[from + r]!;
          const free = all - used[r]!;
          if (pod[r]! > free) break;
          if (all > 0) along += (prices[r]! * pod[r]! * free) / all;
        }
        if (r < R || along * late[c]! <= most) continue;
        most = along * late[c]!;
        best = c;
      }
      if (best < 0) return;
      const pod = this.podRequests(best, remaining[best]! - taken[best]!);
      taken[best]!++;
      for (let r = 0; r < R; r++) used[r]! += pod[r]!;
    }
  }

  /** Requests of the class's unit that comes next when so many are left. */
  private podRequests(c: number, left: number): Float64Array {
    const { start, lotOf } = this.classes;
    return this.lots[lotOf[start[c + 1]! - left]!]!.requests;
  }
}
