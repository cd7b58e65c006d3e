// The first two batches of the scenario, 440 pods, and the end brought forward.
import { beforeAll, describe, expect, it } from 'vitest';
import { isGood, type SimulationSummary } from '../../lib/report/simulation-summary.ts';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { scenarioFile } from '../support/scenario-files.ts';
import { troubles } from './verdict.ts';

const MINUTE_MS = 60_000;
const { scenario: whole, catalog } = scenarioFile('spot-market');

function twoBatches(): Scenario {
  const arrivals = whole.arrivals.filter(({ atMs }) => atMs < 40 * MINUTE_MS);
  // So many pools run dry that some of it meets us within the hour, whatever was bought.
  const spotMarket = whole.spotMarket && { ...whole.spotMarket, everyMs: 5 * MINUTE_MS, dryRate: 4_000 };
  return { ...whole, arrivals, events: [], endMs: 120 * MINUTE_MS, ...(spotMarket && { spotMarket }) };
}

const traceOf = async (scenario: Scenario, seed: number) => {
  const trace: string[] = [];
  const summary = await simulate({ scenario, catalog, seed, trace: (line) => trace.push(line) });
  return { summary, trace };
};

describe('batches on a spot market', () => {
  const scenario = twoBatches();
  let first: { readonly summary: SimulationSummary; readonly trace: readonly string[] };

  beforeAll(async () => {
    first = await traceOf(scenario, 1);
  }, 120_000);

  it('run to their end though EC2 takes nodes back, and the cluster ends at zero', () => {
    const { summary } = first;
    expect(troubles(summary)).toEqual([]);
    expect(isGood(summary)).toBe(true);
    expect(summary.end).toEqual({ nodes: 0, instances: 0, claims: 0 });
    expect(summary.figures.pods.completed).toBe(440);
  });

  it('are bought as spot, and lose some nodes to EC2', () => {
    const { money, figures } = first.summary;
    expect(money.byCapacityType['spot']).toBeGreaterThan(0.9 * money.totalMicroUsd);
    const taken = figures.leaves.find(({ name }) => name === 'InstanceTerminated')?.count ?? 0;
    expect(taken).toBeGreaterThan(0);
    expect(figures.pods.cutShort).toBeGreaterThan(0);
  });

  it('give the same trace again', async () => {
    const again = await traceOf(scenario, 1);
    expect(again.trace.findIndex((line, index) => line !== first.trace[index])).toBe(-1);
    expect(again.trace).toHaveLength(first.trace.length);
  }, 120_000);
});
