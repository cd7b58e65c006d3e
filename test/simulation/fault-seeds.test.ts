import { describe, expect, it } from 'vitest';
import { simulate } from '../../lib/simulator/simulate.ts';
import { busyScenario, smallCatalog } from '../support/sim-scenario.ts';
import { troubles } from './verdict.ts';

const SEEDS = 30;

describe('a mix of faults drawn from the seed', () => {
  it(`breaks no property in ${SEEDS} seeds`, async () => {
    const failures: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const scenario = { ...busyScenario(), faults: 'drawn' as const };
      const summary = await simulate({ scenario, seed, catalog: smallCatalog });
      for (const trouble of troubles(summary)) failures.push(`seed ${seed}: ${trouble}`);
    }
    expect(failures).toEqual([]);
  }, 120_000);
});
