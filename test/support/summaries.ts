import type { SimulationSummary } from '../../lib/report/simulation-summary.ts';
import { someFigures } from './figures.ts';

export const aSummary = (overrides: Partial<SimulationSummary> = {}): SimulationSummary => ({
  scenario: 'test',
  seed: 1,
  faultRates: {},
  durationMs: 62_005,
  peak: { afterMs: 0, claims: [] },
  claims: [],
  money: {
    totalMicroUsd: 1_234_567,
    byCapacityType: { spot: 1_000_000, 'on-demand': 234_567 },
    overTime: { stepMs: 60_000, microUsd: [1_000_000, 234_567] },
  },
  plans: { plans: 0, pricePerHour: 0, baselinePerHour: 0 },
  pendingToRunning: { pods: 2, p50Ms: 43_900, p99Ms: 63_500 },
  adherence: {
    plannedPods: 4,
    asPlanned: 3,
    elsewhere: 1,
    withoutRoom: 0,
    reasons: [{ reason: 'bound to another node', pods: 1 }],
  },
  end: { nodes: 0, instances: 0, claims: 0 },
  podsWithoutPlace: [],
  checks: [{ property: 'all is well', violations: [] }],
  deadLetters: 0,
  awaitPoints: 10,
  figures: someFigures(),
  ...overrides,
});
