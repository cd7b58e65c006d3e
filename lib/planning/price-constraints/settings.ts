// The planner's own settings: each weighs money against something else, one relaxation each.
import {
  MONEY_ALONE_SETTINGS,
  type ObjectiveSettings,
  type SolverSettings,
} from '../../model/solver-settings.ts';
import { stableJson } from '../../model/stable-json.ts';
import { createMask, orInto, type Problem, positionsOf, surchargeOf } from '../../solver/index.ts';
import type { Compiled } from '../compile.ts';
import { objectiveOf } from '../objective-of.ts';
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

/** Whether any plan of these pods is judged differently without the setting. */
export function isFelt(compiled: Compiled, { relaxed }: Relaxation): boolean {
  const { problem, input } = compiled;
  const set = objectiveOf(compiled);
  const without = objectiveOf({ ...compiled, input: relaxed(input) });
  const usable = usableOfferings(problem);
  const [more, less] = [surchargeOf(problem, set), surchargeOf(problem, without)];
  const isSpotFelt = stableJson(set.flexibility) !== stableJson(without.flexibility);
  return (
    set.headroomShare !== without.headroomShare ||
    usable.some((at) => more[at] !== less[at]) ||
    (isSpotFelt && usable.some((at) => problem.offerings.purchase[at] === SPOT))
  );
}

const SPOT = 1;

/** Those that some pod agrees with. */
function usableOfferings({ items, offerings }: Problem): number[] {
  const usable = createMask(offerings.count);
  const masks = items.flatMap(({ levels }) => levels.flatMap(({ alternatives }) => alternatives));
  for (const mask of new Set(masks.map((one) => one.offerings))) orInto(usable, mask);
  return positionsOf(usable);
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
