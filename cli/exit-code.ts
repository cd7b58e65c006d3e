/** What the process ends with. */
export const EXIT = {
  good: 0,
  /** Some pods have no place, or a check failed. */
  unmet: 1,
  /** The input or the command line is wrong; nothing was done. */
  badInput: 2,
  /** A mistake of ours. */
  internal: 3,
} as const;
