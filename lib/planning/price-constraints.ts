// What each constraint of a plan costs: the input is solved again without it, and bounds prove between which two amounts
// the saving lies. Pure; called by `plan --price-constraints`. `price-constraints/` has what can be relaxed.
import { provenBy } from './price-constraints/bounds.ts';
import {
  type Base,
  baseOf,
  byConstraint,
  byPromise,
  type Estimate,
  estimate,
  estimateOfSetting,
} from './price-constraints/estimate.ts';
import { podRelaxations } from './price-constraints/pod-constraints.ts';
import { poolRelaxations } from './price-constraints/pool-constraints.ts';
import type { Constraint, Relaxation } from './price-constraints/relaxation.ts';
import { atMoneyAlone, isFelt, settingRelaxations } from './price-constraints/settings.ts';
import { worthAt } from './price-constraints/worth.ts';
import type { ProvisioningInput, ProvisioningPlan } from './types.ts';

export type SolveInput = (input: ProvisioningInput) => ProvisioningPlan;

export interface PricingOptions {
  /** Constraints that are solved for, those that promise most. */
  readonly most: number;
  /** Asked before each step; when true, what is priced so far is the answer. */
  readonly shouldStop?: () => boolean;
}

export interface ConstraintPrices {
  /** Those that let more pods in come first, then those that could save most. */
  readonly prices: readonly ConstraintPrice[];
  /** Other constraints of which it is proven that giving one up saves less than `NOTHING_MICRO_USD_PER_HOUR`. */
  readonly free: number;
  /** Constraints that were not solved for. */
  readonly notTried: number;
}

export interface ConstraintPrice {
  readonly constraint: Constraint;
  /** Micro-USD per hour. Absent where pods get a place, since plans that place other pods have no common price. */
  readonly savesPerHour?: SavingRange;
  /** Pods without a place, as it is and without the constraint. */
  readonly pods: { readonly before: number; readonly after: number };
}

/**
 * The cheapest plan without the constraint is so much cheaper than the cheapest with it; for settings and the order of
 * pools, than the plan as it is. Nobody has to make use of a freedom, so it saves nothing rather than less.
 */
export interface SavingRange {
  readonly atLeast: number;
  readonly atMost: number;
}

/** Half a cent: less is called nothing. */
export const NOTHING_MICRO_USD_PER_HOUR = 5_000;

/** Each is an answer of the fluid programme, milliseconds for most inputs; beyond, a run would look as if it hung. */
const MAX_ESTIMATES = 300;

/**
 * `plan` is what `solveInput` makes of `input`. Settings are priced against it; everything else against a plan in which
 * nothing but the price of nodes counts, because the bounds speak of money alone.
 */
export function priceConstraints(
  input: ProvisioningInput,
  plan: ProvisioningPlan,
  solveInput: SolveInput,
  { most, shouldStop = () => false }: PricingOptions,
): ConstraintPrices {
  const settings = settingRelaxations(input);
  const asSet = baseOf(input, plan);
  const felt = settings.filter((setting) => isFelt(asSet.bound.compiled, setting));
  const bare = felt.length === 0 ? asSet : bareBaseOf(input, solveInput);
  const base = { ...betterOf(asSet, bare), input: bare.input };
  const hard = hardRelaxations(base);
  const estimates = [
    ...felt.map((setting) => estimateOfSetting(asSet, bare, setting)),
    ...untilStopped(hard.slice(0, MAX_ESTIMATES), shouldStop, (relaxation) => estimate(base, relaxation)),
  ];
  const open = estimates.filter((one) => one.pods > 0 || mostSaved(one) >= NOTHING_MICRO_USD_PER_HOUR);
  const chosen = open.sort(byPromise).slice(0, most);
  const prices = untilStopped(chosen, shouldStop, (one) => priceOf(one, solveInput));
  const free = settings.length - felt.length + estimates.length - open.length;
  return {
    prices: prices.sort(byPrice),
    free,
    notTried: settings.length + hard.length - free - prices.length,
  };
}

function bareBaseOf(input: ProvisioningInput, solveInput: SolveInput): Base {
  const bare = atMoneyAlone(input);
  return baseOf(bare, solveInput(bare));
}

/**
 * Of the plan as it is and the one for money alone: what the search lost in one of them must not count as gained by giving
 * a constraint up.
 */
function betterOf(asSet: Base, bare: Base): Base {
  const more = bare.unplaced.length - asSet.unplaced.length;
  const dearer = bare.plan.priceMicroUsdPerHour - asSet.plan.priceMicroUsdPerHour;
  return (more || dearer) > 0 ? asSet : bare;
}

/** Those first that bind more, by what their pods are worth: a cut leaves out the lesser ones. */
function hardRelaxations({ input, bound }: Base): Relaxation[] {
  const worth = worthAt(bound);
  return [...podRelaxations(input), ...poolRelaxations(input, worth)]
    .map((relaxation) => ({ relaxation, worth: worth.ofPods(relaxation.pods) }))
    .sort((a, b) => b.worth - a.worth || byConstraint(a.relaxation.constraint, b.relaxation.constraint))
    .map(({ relaxation }) => relaxation);
}

function untilStopped<T, R>(list: readonly T[], shouldStop: () => boolean, step: (entry: T) => R): R[] {
  const results: R[] = [];
  for (const entry of list) {
    if (shouldStop()) break;
    results.push(step(entry));
  }
  return results;
}

const mostSaved = ({ base, bound }: Estimate): number =>
  base.plan.priceMicroUsdPerHour - bound.lowerBoundPerHour;

function priceOf(estimated: Estimate, solveInput: SolveInput): ConstraintPrice {
  const { base, relaxation, bound } = estimated;
  const { constraint, relaxed } = relaxation;
  const plan = solveInput(relaxed(base.input));
  const before = base.unplaced.length;
  const won = podsWon(estimated, plan);
  if (won > 0) return { constraint, pods: { before, after: before - won } };
  // Nothing is learnt from a plan of other pods: what was possible with the constraint is so without.
  const isSame =
    plan.unschedulable.length === before && plan.unschedulable.every(({ pod }) => !base.placed.has(pod.uid));
  const without = isSame ? plan.priceMicroUsdPerHour : base.plan.priceMicroUsdPerHour;
  const proven = isSame ? provenBy(bound, plan) : bound.lowerBoundPerHour;
  const atMost = Math.max(0, base.plan.priceMicroUsdPerHour - proven);
  const atLeast = Math.max(0, leastWith(base, constraint, bound.isPlain) - without);
  return {
    constraint,
    savesPerHour: { atLeast: Math.min(atLeast, atMost), atMost },
    pods: { before, after: before },
  };
}

/**
 * Pods that get a place because of it: of those that it binds, and no more than the plan has more of in all. Where the try
 * of the pods without a place gained nothing, others were lucky.
 */
function podsWon({ base, relaxation, pods }: Estimate, { unschedulable }: ProvisioningPlan): number {
  if (pods === 0) return 0;
  const left = new Set(unschedulable.map(({ pod }) => pod.uid));
  const bound = relaxation.pods;
  const boundBefore = bound.filter(({ uid }) => !base.placed.has(uid)).length;
  const boundAfter = bound.filter(({ uid }) => left.has(uid)).length;
  return Math.max(0, Math.min(base.unplaced.length - left.size, boundBefore - boundAfter));
}

/**
 * What is paid at least with the constraint. Nothing forces a plan to keep preferences, the order of pools or a setting, so
 * for those it is what plans cost that keep preferences as this one does, and what this very plan costs.
 */
function leastWith(base: Base, { kind }: Constraint, isPlainWithout: boolean): number {
  if (kind === 'setting') return base.plan.priceMicroUsdPerHour;
  if (kind === 'weight')
    return isForMoneyAlone(base) ? base.plan.priceMicroUsdPerHour : base.lowerBoundPerHour;
  return kind === 'preferences'
    ? provenBy({ lowerBoundPerHour: base.lowerBoundPerHour, isPlain: isPlainWithout }, base.plan)
    : base.lowerBoundPerHour;
}

/** What a plan pays for settings is not paid for the order of pools. */
const isForMoneyAlone = ({ plan }: Base): boolean => plan.solver.terms.every(({ perHour }) => perHour === 0);

const gainOf = ({ pods }: ConstraintPrice): number => pods.before - pods.after;

const byPrice = (a: ConstraintPrice, b: ConstraintPrice): number =>
  gainOf(b) - gainOf(a) ||
  (b.savesPerHour?.atMost ?? 0) - (a.savesPerHour?.atMost ?? 0) ||
  (b.savesPerHour?.atLeast ?? 0) - (a.savesPerHour?.atLeast ?? 0) ||
  byConstraint(a.constraint, b.constraint);
