/**
 * How much may still be tried. Iterations are counted, not timed, so that the same input gives the same plan everywhere;
 * `shouldStop` is for a caller who cannot wait, and a plan it cut short says so.
 */
export class Budget {
  /** Iterations done: one is a node filled, a pattern priced or a move tried. */
  done = 0;
  private isStopped = false;
  private readonly iterations: number;
  private readonly shouldStop: () => boolean;
  private readonly whole: Budget | undefined;
  /** How many of its iterations make one of the whole. */
  private readonly perWhole: number;

  constructor(iterations: number, shouldStop: () => boolean = () => false, whole?: Budget, perWhole = 1) {
    this.iterations = iterations;
    this.shouldStop = shouldStop;
    this.whole = whole;
    this.perWhole = perWhole;
  }

  get left(): number {
    return this.stopped
      ? 0
      : Math.max(
          0,
          Math.min(
            this.iterations - this.done,
            (this.whole?.left ?? Number.POSITIVE_INFINITY) * this.perWhole,
          ),
        );
  }

  /** Whether `shouldStop` ended it. */
  get stopped(): boolean {
    return this.whole?.stopped ?? this.isStopped;
  }

  /** Counts iterations as done; false when none is left. */
  spend(iterations = 1): boolean {
    this.done += iterations;
    if (this.whole) this.whole.spend(iterations / this.perWhole);
    else if (this.shouldStop()) this.isStopped = true;
    return this.left > 0;
  }

  /**
   * A budget for one phase: this share of what is left, counted here too. Iterations of a phase may be far cheaper than
   * others: then `perWhole` of them count as one. `most` are the phase's own.
   */
  part(share: number, perWhole = 1, most = Number.POSITIVE_INFINITY): Budget {
    const iterations = Math.min(most, Math.ceil(this.left * share * perWhole));
    return new Budget(iterations, this.shouldStop, this, perWhole);
  }
}
