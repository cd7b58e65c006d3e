// The planner's own settings: each weighs money against something else, one relaxation each.
import {
  MONEY_ALONE_SETTINGS,
  type ObjectiveSettings,
  type SolverSettings,
} from '../../model/solver-settings.ts';
import type { ProvisioningInput } from '../types.ts';
import type { Relaxation } from './relaxation.ts';

const { nodeFeeMicroUsdPerHour, nodeSize, flexibility, headroom, weights } = MONEY_ALONE_SETTINGS;

/** None where Karpenter's algorithm plans, which knows no settings. */
export function settingRelaxations({ pods, solver }: ProvisioningInput): Relaxation[] {
  if (solver.solver === 'greedy') return [];
  return termsOf(solver.objective).map(({ detail, without }) => ({
    constraint: { kind: 'setting', object: '', detail },
    pods,
    relaxed: (input) => withObjective(input, { ...input.solver.objective, ...without }),
  }));
}

const withObjective = (input: ProvisioningInput, objective: ObjectiveSettings): ProvisioningInput => ({
  ...input,
  solver: { ...input.solver, objective } satisfies SolverSettings,
});

/** The same input where nothing but the price of nodes counts. */
export const atMoneyAlone = (input: ProvisioningInput): ProvisioningInput =>
  withObjective(input, MONEY_ALONE_SETTINGS);

interface Term {
  readonly detail: string;
  readonly without: Partial<ObjectiveSettings>;
}

function termsOf(set: ObjectiveSettings): Term[] {
  const isWeighted = Object.keys(set.weights.family).length + Object.keys(set.weights.generation).length > 0;
  const isFlexible = set.flexibility.alternatives > 0 && set.flexibility.share > 0;
  return [
    ...(set.nodeFeeMicroUsdPerHour > 0
      ? [{ detail: 'the fee per node', without: { nodeFeeMicroUsdPerHour } }]
      : []),
    ...(set.nodeSize.share > 0
      ? [{ detail: `the ${set.nodeSize.softMaxVcpu} vCPU cap`, without: { nodeSize } }]
      : []),
    ...(isFlexible
      ? [{ detail: `${set.flexibility.alternatives} alternatives for spot`, without: { flexibility } }]
      : []),
    ...(set.headroom.share > 0 ? [{ detail: 'room for small batches', without: { headroom } }] : []),
    ...(isWeighted ? [{ detail: 'performance weights', without: { weights } }] : []),
  ];
}
