// The same run with other settings: same scenario, seed, faults and market, so that the difference is the settings'.
import { assertNever } from '../model/assert-never.ts';
import type { SolverSettings } from '../model/solver-settings.ts';
import type { OtherRun, Variant } from '../report/run-comparison.ts';
import type { Scenario } from './scenario.ts';
import { type SimulationOptions, simulate } from './simulate.ts';

/** Variants that would be the run itself are left out. Nothing of these runs is printed or traced. */
export async function simulateVariants(
  { scenario, seed, catalog, onProgress }: SimulationOptions,
  variants: readonly Variant[],
): Promise<readonly OtherRun[]> {
  const others: OtherRun[] = [];
  for (const variant of variants) {
    const other = withVariant(scenario, variant);
    if (other === undefined) continue;
    const summary = await simulate({
      scenario: other,
      seed,
      catalog,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    others.push({ variant, summary });
  }
  return others;
}

function withVariant(scenario: Scenario, variant: Variant): Scenario | undefined {
  const { solver } = scenario.policies;
  const changed = settingsOf(variant, solver);
  return changed === undefined
    ? undefined
    : { ...scenario, policies: { ...scenario.policies, solver: changed } };
}

function settingsOf(variant: Variant, settings: SolverSettings): SolverSettings | undefined {
  const { solver, objective } = settings;
  const { flexibility } = objective;
  switch (variant) {
    case 'karpenter':
      return solver === 'greedy' ? undefined : { ...settings, solver: 'greedy' };
    case 'inflexible':
      return solver === 'greedy' || flexibility.share === 0
        ? undefined
        : { ...settings, objective: { ...objective, flexibility: { ...flexibility, share: 0 } } };
    default:
      return assertNever(variant);
  }
}
