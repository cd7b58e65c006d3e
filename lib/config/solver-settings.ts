/**
 * Settings of the solver as people write them, in props, environment and scenarios: every part may be left out and has its
 * default then. A name that is none of these is refused, because it would change nothing.
 */
import * as z from 'zod';
import { DEFAULT_SOLVER_SETTINGS, type ObjectiveSettings, SOLVERS } from '../model/solver-settings.ts';

/** Budgets above this take hours and say nothing a smaller one does not. */
export const MAX_ITERATIONS = 100_000_000;
/** Seeds are 32 bits. */
export const MAX_SEED = 2 ** 32 - 1;
/** A weight that doubles a price ten times over is a requirement, which belongs into the NodePool. */
const MAX_WEIGHT = 10;
/** $100 an hour. */
const MAX_FEE = 100_000_000;

const { iterations, seed, solver, objective: DEFAULTS } = DEFAULT_SOLVER_SETTINGS;

const whole = (least: number, most: number) => {
  const error = `want a whole number from ${least} to ${most}`;
  return z.number({ error }).int({ error }).gte(least, { error }).lte(most, { error });
};
const share = (below: number) => {
  const error = `want a number from 0 up to, but not including, ${below}`;
  return z.number({ error }).gte(0, { error }).lt(below, { error });
};
const weightError = `want a number from 1 to ${MAX_WEIGHT}: to prefer a family, weigh the others`;
const weights = z.record(
  z.string().min(1),
  z.number({ error: weightError }).gte(1, { error: weightError }).lte(MAX_WEIGHT, { error: weightError }),
);

const headroom = z
  .strictObject({
    share: share(1).default(DEFAULTS.headroom.share),
    fullPods: whole(0, 1_000_000).default(DEFAULTS.headroom.fullPods),
    untilPods: whole(1, 1_000_000).default(DEFAULTS.headroom.untilPods),
  })
  .refine(({ fullPods, untilPods }) => fullPods < untilPods, {
    error: 'fullPods must be below untilPods',
  });

const objectiveSchema = z.strictObject({
  nodeFeeMicroUsdPerHour: whole(0, MAX_FEE).default(DEFAULTS.nodeFeeMicroUsdPerHour),
  nodeSize: z
    .strictObject({
      softMaxVcpu: whole(1, 100_000).default(DEFAULTS.nodeSize.softMaxVcpu),
      share: share(100).default(DEFAULTS.nodeSize.share),
    })
    .prefault({}),
  flexibility: z
    .strictObject({
      alternatives: whole(0, 600).default(DEFAULTS.flexibility.alternatives),
      within: share(10).default(DEFAULTS.flexibility.within),
      share: share(1).default(DEFAULTS.flexibility.share),
    })
    .prefault({}),
  headroom: headroom.prefault({}),
  weights: z.strictObject({ family: weights.default({}), generation: weights.default({}) }).prefault({}),
}) satisfies z.ZodType<ObjectiveSettings>;

export const solverSettingsSchema = z.strictObject({
  solver: z.enum(SOLVERS, { error: `want ${SOLVERS.join(' or ')}` }).default(solver),
  iterations: whole(0, MAX_ITERATIONS).default(iterations),
  seed: whole(0, MAX_SEED).default(seed),
  objective: objectiveSchema.prefault({}),
});
