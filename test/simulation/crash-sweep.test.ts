// Kills the process at every await point of a run, one run per point. Point n lies before or after the effect of one port
// call; the dead process runs no `catch` and no `finally`, its message comes back after the visibility timeout, its lease
// ends by time.
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { busyScenario, shortScenario, smallCatalog } from '../support/sim-scenario.ts';
import { troubles } from './verdict.ts';

/** What a crash at each of these points breaks; every `stride`-th point, from 1. */
async function sweep(scenario: Scenario, stride: number): Promise<{ runs: number; failures: string[] }> {
  const run = (crashAt?: number) =>
    simulate({ scenario, seed: 1, catalog: smallCatalog, ...(crashAt === undefined ? {} : { crashAt }) });
  const base = await run();
  const failures = troubles(base).map((trouble) => `without a crash: ${trouble}`);
  let runs = 0;
  for (let point = 1; point <= base.awaitPoints; point += stride) {
    runs += 1;
    for (const trouble of troubles(await run(point))) failures.push(`point ${point}: ${trouble}`);
  }
  return { runs, failures };
}

describe('a crash at any await point', () => {
  it('loses no pod, starts no second instance and leaks nothing', async () => {
    const { runs, failures } = await sweep(shortScenario(), 1);
    expect(failures).toEqual([]);
    expect(runs).toBeGreaterThan(500);
  }, 240_000);

  it('does so amid waves of pods, two pools with limits, DaemonSets and a lost instance (every 25th point)', async () => {
    const { runs, failures } = await sweep(busyScenario(), 25);
    expect(failures).toEqual([]);
    expect(runs).toBeGreaterThan(100);
  }, 240_000);
});
