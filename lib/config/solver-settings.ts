/**
 * Settings of the solver as people write them, in props, environment and scenarios: every part may be left out and has its
 * default then. A name that is none of these is refused, because it would change nothing.
 */
import * as z from 'zod';
import { DEFAULT_SOLVER_SETTINGS, type ObjectiveSettings, SOLVERS } from '../model/solver-settings.ts';
import { didYouMean } from '../model/suggest.ts';

/** Budgets above this take hours and say nothing a smaller one does not. */
export const MAX_ITERATIONS = 100_000_000;
/** Seeds are 32 bits. */
export const MAX_SEED = 2 ** 32 - 1;
/** A weight that doubles a price ten times over is a requirement, which belongs into the NodePool. */
const MAX_WEIGHT = 10;
/** $100 an hour. */
const MAX_FEE = 100_000_000;

const { iterations, seed, solver, objective: DEFAULTS } = DEFAULT_SOLVER_SETTINGS;

/** Messages that end with what was written. */
const wants =
  (want: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    `want ${want}, not ${typeof input === 'number' ? input : JSON.stringify(input)}`;

const whole = (least: number, most: number) => {
  const error = wants(`a whole number from ${least} to ${most}`);
  return z.number({ error }).int({ error }).gte(least, { error }).lte(most, { error });
};
const share = (below: number) => {
  const error = wants(`a number from 0 up to, but not including, ${below}`);
  return z.number({ error }).gte(0, { error }).lt(below, { error });
};
const weightError = wants(`a number from 1 to ${MAX_WEIGHT}: to prefer a family, weigh the others`);
const weights = z.record(
  z.string().min(1),
  z.number({ error: weightError }).gte(1, { error: weightError }).lte(MAX_WEIGHT, { error: weightError }),
  { error: wants('an object of weights by name, such as {"m5":1.1}') },
);

/** An object of these members and no others. */
const settings = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const known = Object.keys(shape);
  const notAnObject = wants(`an object with any of ${known.join(', ')}`);
  const unknown = (key: string) =>
    `${JSON.stringify(key)} is no setting${didYouMean(key, known) || `; want any of ${known.join(', ')}`}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map(unknown).join('; ') : notAnObject(issue),
  });
};

const headroom = settings({
  share: share(1).default(DEFAULTS.headroom.share),
  fullPods: whole(0, 1_000_000).default(DEFAULTS.headroom.fullPods),
  untilPods: whole(1, 1_000_000).default(DEFAULTS.headroom.untilPods),
}).refine(({ fullPods, untilPods }) => fullPods < untilPods, {
  error: 'fullPods must be below untilPods',
});

const objectiveSchema = settings({
  nodeFeeMicroUsdPerHour: whole(0, MAX_FEE).default(DEFAULTS.nodeFeeMicroUsdPerHour),
  nodeSize: settings({
    softMaxVcpu: whole(1, 100_000).default(DEFAULTS.nodeSize.softMaxVcpu),
    share: share(100).default(DEFAULTS.nodeSize.share),
  }).prefault({}),
  flexibility: settings({
    alternatives: whole(0, 600).default(DEFAULTS.flexibility.alternatives),
    within: share(10).default(DEFAULTS.flexibility.within),
    share: share(1).default(DEFAULTS.flexibility.share),
  }).prefault({}),
  headroom: headroom.prefault({}),
  weights: settings({ family: weights.default({}), generation: weights.default({}) }).prefault({}),
}) satisfies z.ZodType<ObjectiveSettings>;

export const solverSettingsSchema = settings({
  solver: z.enum(SOLVERS, { error: wants(SOLVERS.join(' or ')) }).default(solver),
  iterations: whole(0, MAX_ITERATIONS).default(iterations),
  seed: whole(0, MAX_SEED).default(seed),
  objective: objectiveSchema.prefault({}),
});
