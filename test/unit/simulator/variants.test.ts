import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICIES } from '../../../lib/model/planning-policies.ts';
import { DEFAULT_SOLVER_SETTINGS } from '../../../lib/model/solver-settings.ts';
import { simulate } from '../../../lib/simulator/simulate.ts';
import { simulateVariants } from '../../../lib/simulator/variants.ts';
import { shortScenario, smallCatalog } from '../../support/sim-scenario.ts';

const scenario = shortScenario();
const greedy = {
  ...scenario,
  policies: { ...DEFAULT_POLICIES, solver: { ...DEFAULT_SOLVER_SETTINGS, solver: 'greedy' as const } },
};
const options = { scenario, seed: 3, catalog: smallCatalog };

describe('the same run with other settings', () => {
  it("is, for Karpenter's algorithm, the run that its solver gives", async () => {
    const [other, ...more] = await simulateVariants(options, ['karpenter']);
    expect(more).toEqual([]);
    expect(other?.variant).toBe('karpenter');
    expect(other?.summary).toEqual(await simulate({ ...options, scenario: greedy }));
  });

  it('is nothing where it would be the run itself', async () => {
    expect(await simulateVariants({ ...options, scenario: greedy }, ['karpenter', 'inflexible'])).toEqual([]);
  });

  it('changes no line of the run that it stands beside', async () => {
    const traceOf = async (compare: boolean): Promise<string[]> => {
      const lines: string[] = [];
      await simulate({ ...options, trace: (line) => lines.push(line) });
      if (compare) await simulateVariants({ ...options, trace: (line) => lines.push(line) }, ['inflexible']);
      return lines;
    };
    expect(await traceOf(true)).toEqual(await traceOf(false));
  });
});
