/**
 * One move: the units of a few nodes are put on other nodes anew, for no more than a limit. Kinds are filled one after the
 * other; what their room is worth beyond the units on it is waste, and a move that wastes more than the limit leaves ends.
 */
import type { Draws } from './draws.ts';
import { Filling } from './filling.ts';
import { type Ground, worthOfRow } from './ground.ts';
import { type Node, withMore } from './node.ts';

/** Kinds that are tried for one node before the move is given up. */
const TRIES = 3;
/** Kinds drawn at most to find one whose least waste is within the limit. */
const DRAWS = 12;

export class Repack {
  /** Of the last move that succeeded: new nodes, and nodes that took units with what they hold now. */
  made: Node[] = [];
  grown: { at: number; node: Node }[] = [];
  private readonly ground: Ground;
  private readonly draws: Draws;
  private readonly filling: Filling;
  /** Units per class that have no place yet, and the classes that the move is about. */
  private readonly need: Int32Array;
  private readonly active: number[] = [];
  /** A factor per class that makes moves differ. */
  private readonly taste: Float64Array;
  /** R amounts that those units ask for, their worth and their number. */
  private readonly demand: Float64Array;
  private worth = 0;
  private units = 0;
  private gone: readonly Node[] = [];
  /** Kinds that may be opened, by ascending cost. */
  private pool: Int32Array = new Int32Array(0);

  constructor(ground: Ground, draws: Draws) {
    this.ground = ground;
    this.draws = draws;
    this.filling = new Filling(ground);
    this.need = new Int32Array(ground.classes);
    this.taste = new Float64Array(ground.classes);
    this.demand = new Float64Array(ground.columns);
  }

  /**
   * The cost of the new nodes, or -1 where the move fails. `gone` are of one pool; `hosts` are places among `nodes` that
   * may take units into the room they have left. `pool` are the kinds that may be opened, by ascending cost.
   */
  run(
    gone: readonly Node[],
    nodes: readonly Node[],
    hosts: readonly number[],
    pool: Int32Array,
    wanted: readonly number[],
    limit: number,
  ): number {
    this.gone = gone;
    this.pool = pool;
    this.made = [];
    this.grown = [];
    this.gather();
    for (const at of hosts) if (this.units > 0) this.stow(nodes[at]!, at);
    let spent = 0;
    for (let opened = 0; this.units > 0; opened++) {
      const left = limit - spent;
      if (this.worth > left) return -1;
      const last = this.closeWithOne(left);
      if (last >= 0) return spent + last;
      if (opened > gone.length) return -1;
      const cost = opened < wanted.length ? this.openWanted(wanted[opened]!, left) : this.openOne(left);
      if (cost < 0) return -1;
      spent += cost;
    }
    return spent;
  }

  private gather(): void {
    const { need, active, taste, demand, draws, gone, ground } = this;
    for (const c of active) need[c] = 0;
    active.length = 0;
    demand.fill(0);
    this.worth = 0;
    this.units = 0;
    // Half of the moves go by size alone, the others are the bolder the more they are off it.
    const spread = draws.below(2) * draws.share();
    for (const { classes, counts, used } of gone) {
      for (let at = 0; at < classes.length; at++) {
        const c = classes[at]!;
        if (need[c] === 0) {
          active.push(c);
          taste[c] = 1 + spread * (draws.share() - 0.5);
        }
        need[c]! += counts[at]!;
        this.units += counts[at]!;
      }
      for (let r = 0; r < demand.length; r++) demand[r]! += used[r]!;
    }
    this.worth = worthOfRow(ground.prices, demand, 0);
  }

  /** Puts what fits best into the room that a node has left. */
  private stow(node: Node, at: number): void {
    const { filling, active, need, ground } = this;
    if (!this.mayHold(node)) return;
    filling.resume(node);
    let grown = node;
    for (;;) {
      const c = this.nextClass();
      if (c < 0) break;
      const count = filling.mostOf(c, need[c]!);
      filling.add(c, count);
      this.take(c, count);
      grown = withMore(ground, grown, c, count);
      if (active.length === 0) break;
    }
    if (grown !== node) this.grown.push({ at, node: grown });
  }

  /** Whether the smallest of the units could be in the room left. */
  private mayHold({ kind, used }: Node): boolean {
    const { active, need, ground } = this;
    const { columns: R, requests, room } = ground;
    for (const c of active) {
      if (need[c] === 0) continue;
      let r = 0;
      while (r < R && requests[c * R + r]! <= room[kind * R + r]! - used[r]!) r++;
      if (r === R) return true;
    }
    return false;
  }

  private take(c: number, count: number): void {
    const { requests, columns: R, worth } = this.ground;
    this.need[c]! -= count;
    this.units -= count;
    this.worth -= count * worth[c]!;
    for (let r = 0; r < R; r++) this.demand[r]! -= count * requests[c * R + r]!;
  }

  /** The class whose units suit the room left best, by worth along what is left of each resource; -1 where none fits. */
  private nextClass(): number {
    const { filling, active, need, taste, ground } = this;
    const { columns: R, requests, prices, room } = ground;
    const from = filling.kind * R;
    let best = -1;
    let most = -1;
    for (let place = 0; place < active.length; place++) {
      const c = active[place]!;
      if (need[c] === 0) continue;
      let along = 0;
      let r = 0;
      for (; r < R; r++) {
        const asked = requests[c * R + r]!;
        const left = filling.left[r]!;
        if (asked > left) break;
        if (asked > 0) along += (prices[r]! * asked * left) / room[from + r]!;
      }
      if (r < R || along * taste[c]! <= most || filling.mostOf(c, 1) === 0) continue;
      most = along * taste[c]!;
      best = c;
    }
    return best;
  }

  /** All that is left on the cheapest kind that holds it; its cost, or -1 where it costs more than `limit`. */
  private closeWithOne(limit: number): number {
    const kind = this.cheapestFor(this.demand, this.worth, limit);
    if (kind < 0) return -1;
    const { filling, active, need, ground } = this;
    filling.open(kind);
    for (const c of active) {
      const count = need[c]!;
      if (count === 0) continue;
      if (filling.mostOf(c, count) < count) return -1;
      filling.add(c, count);
    }
    this.made.push(filling.node());
    return ground.cost[kind]!;
  }

  /** The cheapest kind of the pool with such room, of a cost from `least` to `most`; rules are for the caller to see. */
  private cheapestFor(amounts: Float64Array, least: number, most: number): number {
    const { cost, room, columns: R } = this.ground;
    const kinds = this.pool;
    for (let place = firstFrom(kinds, cost, least); place < kinds.length; place++) {
      const kind = kinds[place]!;
      if (cost[kind]! > most) return -1;
      let r = 0;
      while (r < R && amounts[r]! <= room[kind * R + r]!) r++;
      if (r === R) return kind;
    }
    return -1;
  }

  /** Fills one more node and answers its cost, or -1. */
  private openOne(limit: number): number {
    const { ground } = this;
    const bearable = limit - this.worth;
    for (let tried = 0; tried < TRIES; tried++) {
      const kind = this.drawKind(bearable);
      if (kind < 0) return -1;
      this.fill(kind);
      if (this.keepFilled(bearable)) return ground.cost[kind]!;
    }
    return -1;
  }

  private openWanted(kind: number, limit: number): number {
    this.fill(kind);
    return this.keepFilled(limit - this.worth) ? this.ground.cost[kind]! : -1;
  }

  /** Keeps what was filled where it wastes no more than is bearable. */
  private keepFilled(bearable: number): boolean {
    const { filling, ground } = this;
    if (filling.worth <= 0 || ground.cost[filling.kind]! - filling.worth > bearable) return false;
    filling.forEach((c, count) => {
      this.take(c, count);
    });
    this.made.push(filling.node());
    return true;
  }

  /** One of the kinds that are gone or any other one, that need not waste more than is bearable; or -1. */
  private drawKind(bearable: number): number {
    const { draws, gone, pool: kinds, ground } = this;
    // Dearer kinds than that waste too much even when all of the units are on them.
    const end = firstFrom(kinds, ground.cost, this.worth + bearable + 1);
    if (end === 0) return -1;
    for (let drawn = 0; drawn < DRAWS; drawn++) {
      const kind = draws.below(3) === 0 ? gone[draws.below(gone.length)]!.kind : kinds[draws.below(end)]!;
      if (this.leastWaste(kind) <= bearable) return kind;
    }
    return -1;
  }

  private leastWaste(kind: number): number {
    const { columns: R, prices, room, cost } = this.ground;
    let waste = cost[kind]!;
    for (let r = 0; r < R; r++) waste -= prices[r]! * Math.min(room[kind * R + r]!, this.demand[r]!);
    return waste;
  }

  private fill(kind: number): void {
    const { filling, active, need, draws, ground } = this;
    filling.open(kind);
    if (draws.below(2) === 0) {
      // An even share of each class first, so that what is left for the other nodes is as mixed.
      const share =
        Math.min(1, worthOfRow(ground.prices, ground.room, kind) / this.worth) * (0.5 + 0.5 * draws.share());
      for (const c of active) {
        const count = filling.mostOf(c, Math.floor(need[c]! * share));
        if (count > 0) this.move(c, count);
      }
    }
    for (;;) {
      const c = this.nextClass();
      if (c < 0) break;
      this.move(c, Math.ceil(filling.mostOf(c, need[c]!) / 2));
    }
    filling.forEach((c, count) => {
      need[c]! += count;
    });
  }

  /** While a node is filled only `need` knows what is on it, since it may be given up. */
  private move(c: number, count: number): void {
    this.filling.add(c, count);
    this.need[c]! -= count;
  }
}

/** The first place of a cost at or above `least`. */
function firstFrom(kinds: Int32Array, cost: Float64Array, least: number): number {
  let low = 0;
  let high = kinds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cost[kinds[middle]!]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
