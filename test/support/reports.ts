import type { SolverReport } from '../../lib/solver/index.ts';

/** What the solver says of a plan that costs nothing. */
export const aReport = (overrides: Partial<SolverReport> = {}): SolverReport => ({
  solver: 'greedy',
  pricePerHour: 0,
  baselinePerHour: 0,
  baselineUnplaced: 0,
  terms: [],
  winner: 'greedy',
  iterations: 0,
  decidedFirst: [],
  ...overrides,
});
