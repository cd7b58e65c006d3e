import { describe, expect, it } from 'vitest';
import { adherencePercent, isGood, type SimulationSummary } from '../../lib/report/simulation-summary.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { scenarioFile } from '../support/scenario-files.ts';
import { troubles } from './verdict.ts';

async function run(name: string, seed: number): Promise<{ summary: SimulationSummary; lines: string[] }> {
  const lines: string[] = [];
  const summary = await simulate({ ...scenarioFile(name), seed, print: (line) => lines.push(line) });
  return { summary, lines };
}

describe.each(['workshop', 'online-boutique'])('the scenario %s', (name) => {
  it.each([1, 2, 3])('ends empty with every planned pod in its place, seed %i', async (seed) => {
    const { summary } = await run(name, seed);
    expect(troubles(summary)).toEqual([]);
    expect(isGood(summary)).toBe(true);
    expect(summary.end).toEqual({ nodes: 0, instances: 0, claims: 0 });
    expect(summary.adherence.plannedPods).toBeGreaterThan(10);
    expect(adherencePercent(summary.adherence)).toBeGreaterThanOrEqual(99);
    expect(summary.money.totalMicroUsd).toBeGreaterThan(0);
    expect(summary.pendingToRunning.p99Ms).toBeLessThan(110_000);
  });
});

describe('the workshop', () => {
  it('works around a dry pool and gives the pods of a lost instance a new home', async () => {
    const { summary, lines } = await run('workshop', 1);
    expect(lines.some((line) => line.includes('InsufficientInstanceCapacity'))).toBe(true);
    expect(lines.some((line) => /is lost, with [1-9]\d* pods on it/.test(line))).toBe(true);
    expect(summary.claims.length).toBeGreaterThanOrEqual(3);
  });
});

describe('online boutique', () => {
  it('buys spot first and goes on demand where the spot pool is full', async () => {
    const { summary } = await run('online-boutique', 1);
    expect(Object.keys(summary.money.byCapacityType).sort()).toEqual(['on-demand', 'spot']);
  });
});
