import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { busyScenario, smallCatalog } from '../support/sim-scenario.ts';

async function traceOf(scenario: Scenario, seed: number): Promise<string> {
  const lines: string[] = [];
  await simulate({ scenario, seed, catalog: smallCatalog, trace: (line) => lines.push(line) });
  return lines.join('\n');
}

describe('a simulation', () => {
  it.each(['without faults', 'with drawn faults'])(
    'gives the same trace for the same seed, %s',
    async (mode) => {
      const scenario = {
        ...busyScenario(),
        ...(mode === 'without faults' ? {} : { faults: 'drawn' as const }),
      };
      const first = await traceOf(scenario, 3);
      expect(await traceOf(scenario, 3)).toBe(first);
      expect(first.split('\n').length).toBeGreaterThan(1_000);
      expect(await traceOf(scenario, 4)).not.toBe(first);
    },
  );

  it('prints seed, cluster and faults before anything happens', async () => {
    const lines: string[] = [];
    const scenario = { ...busyScenario(), faults: 'drawn' as const };
    await simulate({ scenario, seed: 5, catalog: smallCatalog, print: (line) => lines.push(line) });
    expect(lines[0]).toBe('Scenario busy, seed 5. Cluster tiny in us-east-1 (us-east-1a, us-east-1b).');
    expect(lines[1]).toMatch(/^Faults: .* %/);
    expect(lines[2]).toMatch(/^\[\+00:00\.\d{3}\] /);
  });
});
