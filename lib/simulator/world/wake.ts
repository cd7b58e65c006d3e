import type { VirtualTime } from '../virtual-time.ts';

/** A loop of a controller: many changes close together cause one run, `delayMs` after the first of them. */
export class Wake {
  readonly #time: VirtualTime;
  readonly #delayMs: () => number;
  readonly #run: () => void;
  #pending = false;

  constructor(time: VirtualTime, delayMs: () => number, run: () => void) {
    this.#time = time;
    this.#delayMs = delayMs;
    this.#run = run;
  }

  poke(): void {
    if (this.#pending) return;
    this.#pending = true;
    this.#time.after(this.#delayMs(), () => {
      this.#pending = false;
      this.#run();
    });
  }
}
