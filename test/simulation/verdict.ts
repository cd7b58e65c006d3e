import type { SimulationSummary } from '../../lib/report/simulation-summary.ts';

/** What went wrong in a run, as one line each; empty when all is well. */
export const troubles = (summary: SimulationSummary): string[] => [
  ...summary.checks.flatMap(({ property, violations }) => violations.map((text) => `${property}: ${text}`)),
  ...summary.podsWithoutPlace.map(({ pod }) => `${pod} has no place`),
];
