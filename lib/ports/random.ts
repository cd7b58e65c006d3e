/** Randomness for jitter. Seeded in simulations. */
export interface Random {
  /** Uniform integer in `[0, bound)`; `bound` is a positive integer. */
  below(bound: number): number;
}
