// Kills the process at every await point of a run, one run per point. Point n lies before or after the effect of one port
// call; the dead process runs no `catch` and no `finally`, its message comes back after the visibility timeout, its lease
// ends by time.
import { describe, expect, it } from 'vitest';
import { simulate } from '../../lib/simulator/simulate.ts';
import { shortScenario, smallCatalog } from '../support/sim-scenario.ts';
import { troubles } from './verdict.ts';

describe('a crash at any await point', () => {
  it('loses no pod, starts no second instance and leaks nothing', async () => {
    const scenario = shortScenario();
    const run = (crashAt?: number) =>
      simulate({ scenario, seed: 1, catalog: smallCatalog, ...(crashAt === undefined ? {} : { crashAt }) });
    const base = await run();
    expect(troubles(base)).toEqual([]);
    expect(base.awaitPoints).toBeGreaterThan(500);
    const failures: string[] = [];
    for (let point = 1; point <= base.awaitPoints; point++) {
      for (const trouble of troubles(await run(point))) failures.push(`point ${point}: ${trouble}`);
    }
    expect(failures).toEqual([]);
  }, 120_000);
});
