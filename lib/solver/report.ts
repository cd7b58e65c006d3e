/** How a plan came about and how good it provably is. Amounts are micro-USD per hour of new nodes. */
export interface SolverReport {
  readonly solver: 'greedy' | 'optimal';
  readonly pricePerHour: number;
  /**
   * No plan that places the same pods, each at the relaxation level it has here, is cheaper. Absent for `greedy`, which
   * proves nothing.
   */
  readonly lowerBoundPerHour?: number;
  /** What Karpenter's greedy would have cost. */
  readonly baselinePerHour: number;
  /** Pods that it would have left without a place. */
  readonly baselineUnplaced: number;
  /** What each term adds to the objective: surcharges by name, `flexibility`, and `headroom`, which is zero or less. */
  readonly terms: readonly { readonly name: string; readonly perHour: number }[];
  /** The phase and variant whose plan won, `greedy` where nothing was better. */
  readonly winner: string;
  readonly iterations: number;
  /** Why the search ended before it was through: absent where it was not cut short. */
  readonly cut?: string;
  /** What was settled before anything was packed. */
  readonly decidedFirst: readonly DecidedFirst[];
}

/** Pods for which something was settled first; settled in another way, the plan could be cheaper by so much at most. */
export interface DecidedFirst {
  readonly what: 'domains' | 'hosts' | 'bins';
  readonly pods: number;
  readonly atMostPerHour: number;
}
