import type { RunFigures } from '../../lib/report/run-figures.ts';

/** Two pods on one node for half an hour; nothing was refused. */
export const someFigures = (overrides: Partial<RunFigures> = {}): RunFigures => ({
  hours: [{ costMicroUsd: 100_000, nodes: { spot: 0.5 }, podsArrived: 2 }],
  pods: {
    arrived: 2,
    completed: 2,
    cutShort: 0,
    pending: { p50Ms: 1_000, p95Ms: 2_000, p99Ms: 3_000, maxMs: 150_000 },
  },
  nodes: { min: 0, mean: 0.5, peak: 1, peakAfterMs: 60_000 },
  launches: { instances: 1, byType: [{ name: 'm7i.large', count: 1 }], refusals: [] },
  shortages: [],
  leaves: [{ name: 'Empty', count: 1 }],
  vcpuHours: { requested: 0.5, allocatable: 1 },
  ...overrides,
});
