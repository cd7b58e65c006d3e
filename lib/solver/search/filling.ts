/** A node while it is filled: what is left of its room, and how many more units of a class its rules allow. */
import { hasBit } from '../mask.ts';
import type { Ground } from './ground.ts';
import { type Node, nodeOf } from './node.ts';

export class Filling {
  kind = 0;
  /** Worth of the units on it. */
  worth = 0;
  readonly left: Float64Array;
  private readonly ground: Ground;
  /** Units per class, and the classes that have any. */
  private readonly counts: Int32Array;
  private readonly classes: Int32Array;
  private length = 0;
  private readonly loads: Int32Array;

  constructor(ground: Ground) {
    this.ground = ground;
    this.left = new Float64Array(ground.columns);
    this.counts = new Int32Array(ground.classes);
    this.classes = new Int32Array(ground.classes);
    this.loads = new Int32Array(ground.counterLimits.length);
  }

  /** An empty node of a kind. */
  open(kind: number): void {
    const { room, columns: R, counters } = this.ground;
    for (let at = 0; at < this.length; at++) {
      const c = this.classes[at]!;
      this.counts[c] = 0;
      for (const counter of counters[c] ?? []) this.loads[counter] = 0;
    }
    this.length = 0;
    this.kind = kind;
    this.worth = 0;
    for (let r = 0; r < R; r++) this.left[r] = room[kind * R + r]!;
  }

  /** A node that has units already. */
  resume({ kind, classes, counts }: Node): void {
    this.open(kind);
    for (let at = 0; at < classes.length; at++) this.add(classes[at]!, counts[at]!);
  }

  /** How many units of a class may be added, at most `most`. */
  mostOf(c: number, most: number): number {
    const { columns: R, requests, open, classes: C, counters } = this.ground;
    if (open[this.kind * C + c] === 0) return 0;
    let fit = most;
    for (let r = 0; r < R; r++) {
      const asked = requests[c * R + r]!;
      if (asked > 0 && asked * fit > this.left[r]!) fit = Math.floor(this.left[r]! / asked);
    }
    if (fit <= 0 || this.isApart(c)) return 0;
    return counters[c] === undefined ? fit : this.withinCounters(c, fit);
  }

  private isApart(c: number): boolean {
    const apart = this.ground.apart[c];
    if (apart === undefined) return false;
    for (let at = 0; at < this.length; at++) if (hasBit(apart, this.classes[at]!)) return true;
    return false;
  }

  private withinCounters(c: number, most: number): number {
    const { amounts, counters, counterLimits } = this.ground;
    let fit = most;
    for (const [at, counter] of counters[c]!.entries()) {
      const free = counterLimits[counter]! - this.loads[counter]!;
      fit = Math.min(fit, Math.floor(free / amounts[c]![at]!));
    }
    return Math.max(0, fit);
  }

  add(c: number, count: number): void {
    const { columns: R, requests, counters, amounts, worth } = this.ground;
    if (this.counts[c] === 0) this.classes[this.length++] = c;
    this.counts[c]! += count;
    this.worth += count * worth[c]!;
    for (let r = 0; r < R; r++) this.left[r]! -= count * requests[c * R + r]!;
    const raised = counters[c];
    if (raised === undefined) return;
    for (let at = 0; at < raised.length; at++) this.loads[raised[at]!]! += count * amounts[c]![at]!;
  }

  node(): Node {
    const classes = Array.from(this.classes.subarray(0, this.length)).sort((a, b) => a - b);
    return nodeOf(
      this.ground,
      this.kind,
      classes,
      classes.map((c) => this.counts[c]!),
    );
  }

  /** Calls with every class on the node and its units. */
  forEach(visit: (c: number, count: number) => void): void {
    for (let at = 0; at < this.length; at++) visit(this.classes[at]!, this.counts[this.classes[at]!]!);
  }
}
