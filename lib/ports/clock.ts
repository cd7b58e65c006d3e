/** Time. In a simulation it is virtual; nothing in `lib/` outside adapters may read any other clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Resolves after `durationMs`; zero or less still yields once. */
  sleep(durationMs: number): Promise<void>;
}
