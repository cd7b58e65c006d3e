/** Looks for cheaper kinds that together have the room that some nodes need, before anything is packed. */
import type { Draws } from './draws.ts';
import type { Ground } from './ground.ts';
import type { Node } from './node.ts';

/** Pairs of kinds that are tried. */
const PAIRS = 6;

export class Swaps {
  /** After `find`: kinds that could replace all of the nodes, and their cost. */
  readonly kinds: number[] = [];
  cost = 0;
  private readonly ground: Ground;
  private readonly draws: Draws;
  /** R amounts that the replaced nodes must have. */
  private readonly lack: Float64Array;
  private readonly rest: Float64Array;

  constructor(ground: Ground, draws: Draws) {
    this.ground = ground;
    this.draws = draws;
    this.lack = new Float64Array(ground.columns);
    this.rest = new Float64Array(ground.columns);
  }

  /**
   * One or two of the nodes' kinds for one or two others, so that all units still fit by their sums, at less cost. The
   * nodes are of one pool, `pool` are the kinds to choose from. False where none was found.
   */
  find(nodes: readonly Node[], pool: Int32Array): boolean {
    const { draws, ground, kinds } = this;
    const first = draws.below(nodes.length);
    const second = nodes.length > 1 && draws.below(2) === 0 ? draws.below(nodes.length) : first;
    this.findLack(nodes, first, second);
    const before =
      ground.cost[nodes[first]!.kind]! + (second === first ? 0 : ground.cost[nodes[second]!.kind]!);
    kinds.length = 0;
    if (!this.replace(pool, before)) return false;
    for (const [at, { kind }] of nodes.entries()) if (at !== first && at !== second) kinds.push(kind);
    this.cost = kinds.reduce((sum, kind) => sum + ground.cost[kind]!, 0);
    return true;
  }

  private findLack(nodes: readonly Node[], first: number, second: number): void {
    const { columns: R, room } = this.ground;
    this.lack.fill(0);
    for (const [at, { kind, used }] of nodes.entries()) {
      const isKept = at !== first && at !== second;
      for (let r = 0; r < R; r++) this.lack[r]! += used[r]! - (isKept ? room[kind * R + r]! : 0);
    }
  }

  private replace(pool: Int32Array, before: number): boolean {
    const { kinds, draws, rest, lack, ground } = this;
    const { columns: R, room, cost } = ground;
    const one = this.cheapest(pool, lack, before);
    if (one >= 0) return kinds.push(one) > 0;
    for (let pair = 0; pair < PAIRS; pair++) {
      const kind = pool[draws.below(pool.length)]!;
      if (cost[kind]! >= before) continue;
      for (let r = 0; r < R; r++) rest[r] = lack[r]! - room[kind * R + r]!;
      const other = this.cheapest(pool, rest, before - cost[kind]!);
      if (other >= 0) return kinds.push(kind, other) > 0;
    }
    return false;
  }

  /** The cheapest kind below a cost with so much room, or -1. */
  private cheapest(pool: Int32Array, amounts: Float64Array, below: number): number {
    const { columns: R, room, cost } = this.ground;
    for (let place = 0; place < pool.length; place++) {
      const kind = pool[place]!;
      if (cost[kind]! >= below) return -1;
      let r = 0;
      while (r < R && amounts[r]! <= room[kind * R + r]!) r++;
      if (r === R) return kind;
    }
    return -1;
  }
}
