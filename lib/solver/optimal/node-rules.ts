/** What one node allows of classes beside its room: counters with limits, and classes that cannot be together. */
import { hasBit, nextBit } from '../mask.ts';
import type { Classes } from './model.ts';

export class NodeRules {
  /** Whether any class has a rule. */
  readonly any: boolean;
  /** Whether any two classes are apart. */
  readonly anyApart: boolean;
  private readonly classes: Classes;
  /** Counters left on the node, and the classes on it that keep others away. */
  private readonly left: Int32Array;
  private readonly here: number[] = [];
  private readonly isHere: Uint8Array;

  constructor(classes: Classes) {
    this.classes = classes;
    this.any = classes.sharing.some(
      ({ counters, marks, shuns }) => counters.length + marks.length + shuns.length > 0,
    );
    this.anyApart = classes.apart.some((others) => others !== undefined && nextBit(others, 0) >= 0);
    this.left = classes.counterLimits.slice();
    this.isHere = new Uint8Array(classes.count);
  }

  /** The node is empty again. */
  clear(): void {
    if (!this.any) return;
    this.left.set(this.classes.counterLimits);
    for (const c of this.here) this.isHere[c] = 0;
    this.here.length = 0;
  }

  /** How many more units of the class the node takes, `most` at most. */
  room(c: number, most: number): number {
    if (!this.any) return most;
    const { sharing, apart } = this.classes;
    const { counters, amounts } = sharing[c]!;
    let room = most;
    for (let at = 0; at < counters.length && room > 0; at++) {
      const each = amounts[at]!;
      if (each > 0) room = Math.min(room, Math.floor(this.left[counters[at]!]! / each));
    }
    const others = apart[c];
    if (room <= 0 || others === undefined) return Math.max(0, room);
    for (const other of this.here) if (hasBit(others, other)) return 0;
    return room;
  }

  add(c: number, units: number): void {
    if (!this.any) return;
    const { sharing, apart } = this.classes;
    const { counters, amounts } = sharing[c]!;
    for (let at = 0; at < counters.length; at++) this.left[counters[at]!]! -= amounts[at]! * units;
    if (apart[c] === undefined || this.isHere[c] === 1) return;
    this.isHere[c] = 1;
    this.here.push(c);
  }

  /** Whether one node may carry so many of each class. Clears the node. */
  allows(counts: Int32Array): boolean {
    if (!this.any) return true;
    this.clear();
    for (let c = 0; c < counts.length; c++) {
      if (counts[c] === 0) continue;
      if (this.room(c, counts[c]!) < counts[c]!) return false;
      this.add(c, counts[c]!);
    }
    return true;
  }
}
