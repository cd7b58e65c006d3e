import { clockTime } from '../report/simulation-summary.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A group of things of one kind is told when none more came for its pause, or at the latest after this. */
const LONGEST_GROUP_MS = 5_000;

interface Group {
  count: number;
  readonly details: Set<string>;
  readonly openedAtMs: number;
  readonly sentence: GroupSentence;
  lastAtMs: number;
}

type GroupSentence = (count: number, details: readonly string[]) => string;

/** Tells what happens, one line each, with the virtual time in front. */
export class Narrator {
  readonly #time: VirtualTime;
  readonly #print: (line: string) => void;
  readonly #groups = new Map<string, Group>();

  constructor(time: VirtualTime, print: (line: string) => void) {
    this.#time = time;
    this.#print = print;
  }

  tell(sentence: string): void {
    this.#print(`[+${clockTime(this.#time.nowMs() - this.#time.startMs)}] ${sentence}`);
  }

  /** Counts one more of `what`; when the group closes, `sentence` is given how many there were and their details. */
  count(what: string, pauseMs: number, detail: string, sentence: GroupSentence): void {
    const nowMs = this.#time.nowMs();
    const group = this.#groups.get(what);
    if (group !== undefined) {
      group.count += 1;
      group.lastAtMs = nowMs;
      group.details.add(detail);
      return;
    }
    const details = new Set([detail]);
    this.#groups.set(what, { count: 1, details, openedAtMs: nowMs, lastAtMs: nowMs, sentence });
    this.#time.after(pauseMs, () => this.#closeWhenDue(what, pauseMs));
  }

  /** Tells now what was counted of `what`, if anything was: for what must come before the next thing told. */
  close(what: string): void {
    const group = this.#groups.get(what);
    if (group === undefined) return;
    this.#groups.delete(what);
    this.tell(group.sentence(group.count, [...group.details]));
  }

  #closeWhenDue(what: string, pauseMs: number): void {
    const group = this.#groups.get(what);
    if (group === undefined) return;
    const nowMs = this.#time.nowMs();
    const dueMs = Math.min(group.lastAtMs + pauseMs, group.openedAtMs + LONGEST_GROUP_MS);
    if (nowMs < dueMs) this.#time.at(dueMs, () => this.#closeWhenDue(what, pauseMs));
    else this.close(what);
  }
}
