// The first two bursts of the scenario, 350 pods on a cluster that runs already, and the end brought forward.
import { beforeAll, describe, expect, it } from 'vitest';
import { isGood, type SimulationSummary } from '../../lib/report/simulation-summary.ts';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { scenarioFile } from '../support/scenario-files.ts';
import { troubles } from './verdict.ts';

const MINUTE_MS = 60_000;
const { scenario: whole, catalog } = scenarioFile('bursts');

const podsOf = ({ arrivals }: Scenario): number => arrivals.reduce((sum, { job }) => sum + job.replicas, 0);

function twoBursts(): Scenario {
  const arrivals = whole.arrivals.filter(({ atMs }) => atMs < 60 * MINUTE_MS);
  const events = whole.events.slice(-1).map((event) => ({ ...event, atMs: 72 * MINUTE_MS }));
  return { ...whole, arrivals, events, endMs: 150 * MINUTE_MS };
}

describe('the bursts', () => {
  it('are six of 100 to 500 pods', () => {
    const sizes = new Map<number, number>();
    for (const { atMs, job } of whole.arrivals) sizes.set(atMs, (sizes.get(atMs) ?? 0) + job.replicas);
    expect([...sizes.values()]).toEqual([100, 250, 500, 150, 400, 300]);
  });
});

describe('two bursts on a running cluster', () => {
  const scenario = twoBursts();
  const trace: string[] = [];
  let summary: SimulationSummary;

  beforeAll(async () => {
    summary = await simulate({ scenario, catalog, seed: 1, trace: (line) => trace.push(line) });
  }, 120_000);

  it('come and go, every pod has its place, and the cluster ends at zero', () => {
    expect(troubles(summary)).toEqual([]);
    expect(isGood(summary)).toBe(true);
    expect(summary.end).toEqual({ nodes: 0, instances: 0, claims: 0 });
    expect(podsOf(scenario)).toBe(350);
    expect(summary.figures.pods.completed).toBe(350);
  });

  it('run where they were planned, and soon', () => {
    const { plannedPods, asPlanned } = summary.adherence;
    expect(plannedPods).toBeGreaterThan(200);
    expect(asPlanned).toBeGreaterThan(0.9 * plannedPods);
    expect(summary.figures.pods.pending?.p99Ms).toBeLessThan(2 * MINUTE_MS);
  });

  it('have a cost over time that adds up to what was spent', () => {
    const { totalMicroUsd, overTime } = summary.money;
    const sum = overTime.microUsd.reduce((total, each) => total + each, 0);
    expect(Math.abs(sum - totalMicroUsd)).toBeLessThan(overTime.microUsd.length + 1);
  });

  it("have the price of their plans beside that of Karpenter's", () => {
    const { plans, pricePerHour, baselinePerHour } = summary.plans;
    expect(plans).toBeGreaterThanOrEqual(3);
    expect(pricePerHour).toBeGreaterThan(0);
    // The objective is not money alone: a fee per node or an alternative may be worth a little of it.
    expect(pricePerHour).toBeLessThan(1.05 * baselinePerHour);
  });

  it('have plans that each came with a bound, together near it', () => {
    const { plans, pricePerHour, proven } = summary.plans;
    expect(proven).toMatchObject({ plans, pricePerHour });
    const bound = proven?.boundPerHour ?? 0;
    expect(bound).toBeGreaterThan(0);
    expect(bound).toBeLessThanOrEqual(pricePerHour);
    expect(pricePerHour).toBeLessThan(1.05 * bound);
  });

  it('give the same trace again, line by line', async () => {
    const again: string[] = [];
    await simulate({ scenario, catalog, seed: 1, trace: (line) => again.push(line) });
    expect(trace.length).toBeGreaterThan(1_000);
    expect(again.findIndex((line, index) => line !== trace[index])).toBe(-1);
    expect(again).toHaveLength(trace.length);
  }, 120_000);
});
