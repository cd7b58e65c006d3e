import { clockTime } from '../report/simulation-summary.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Things of one kind that happen within this time are told in one sentence. */
const GROUP_MS = 400;

/** Tells what happens, one line each, with the virtual time in front. */
export class Narrator {
  readonly #time: VirtualTime;
  readonly #print: (line: string) => void;
  readonly #counts = new Map<string, number>();

  constructor(time: VirtualTime, print: (line: string) => void) {
    this.#time = time;
    this.#print = print;
  }

  tell(sentence: string): void {
    this.#print(`[+${clockTime(this.#time.nowMs() - this.#time.startMs)}] ${sentence}`);
  }

  /** Counts one more of `what`; `sentence` says how many there were when the group closes. */
  count(what: string, sentence: (count: number) => string): void {
    const count = this.#counts.get(what);
    this.#counts.set(what, (count ?? 0) + 1);
    if (count !== undefined) return;
    this.#time.after(GROUP_MS, () => {
      const total = this.#counts.get(what) ?? 0;
      this.#counts.delete(what);
      this.tell(sentence(total));
    });
  }
}

export const podsText = (count: number): string => (count === 1 ? '1 pod' : `${count} pods`);
