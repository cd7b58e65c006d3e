/**
 * How much may still be tried. Iterations are counted, not timed, so that the same input gives the same plan everywhere;
 * `shouldStop` is for a caller who cannot wait, and a plan it cut short says so.
 */
export class Budget {
  /** Iterations done: one is a node filled, a pattern priced or a move tried. */
  done = 0;
  /** Whether `shouldStop` ended it. */
  stopped = false;
  private readonly iterations: number;
  private readonly shouldStop: () => boolean;

  constructor(iterations: number, shouldStop: () => boolean = () => false) {
    this.iterations = iterations;
    this.shouldStop = shouldStop;
  }

  get left(): number {
    return this.stopped ? 0 : Math.max(0, this.iterations - this.done);
  }

  /** Counts iterations as done; false when none is left. */
  spend(iterations = 1): boolean {
    this.done += iterations;
    if (this.shouldStop()) this.stopped = true;
    return this.left > 0;
  }
}
