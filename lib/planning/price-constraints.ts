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
import { atMoneyAlone, settingRelaxations } from './price-constraints/settings.ts';
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
  const bare = settings.length === 0 ? asSet : bareBaseOf(input, solveInput);
  const hard = hardRelaxations(bare);
  const estimates = [
    ...settings.map((relaxation) => estimateOfSetting(asSet, bare, relaxation)),
    ...untilStopped(hard.slice(0, MAX_ESTIMATES), shouldStop, (relaxation) => estimate(bare, relaxation)),
  ];
  const open = estimates.filter((one) => one.pods > 0 || mostSaved(one) >= NOTHING_MICRO_USD_PER_HOUR);
  const chosen = open.sort(byPromise).slice(0, most);
  const prices = untilStopped(chosen, shouldStop, (one) => priceOf(one, solveInput));
  const free = estimates.length - open.length;
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

function priceOf({ base, relaxation, bound }: Estimate, solveInput: SolveInput): ConstraintPrice {
  const { constraint, relaxed } = relaxation;
  const plan = solveInput(relaxed(base.input));
  const before = base.unplaced.length;
  const after = plan.unschedulable.length;
  if (after < before) return { constraint, pods: { before, after } };
  // A plan that loses pods was led astray, and what was possible with the constraint is so without.
  const isSame = plan.unschedulable.every(({ pod }) => !base.placed.has(pod.uid));
  const least = leastWith(base, constraint, bound.isPlain);
  const without = isSame ? plan.priceMicroUsdPerHour : base.plan.priceMicroUsdPerHour;
  const proven = isSame ? provenBy(bound, plan) : bound.lowerBoundPerHour;
  return {
    constraint,
    savesPerHour: {
      atLeast: Math.max(0, least - without),
      atMost: Math.max(0, base.plan.priceMicroUsdPerHour - proven),
    },
    pods: { before, after: before },
  };
}

/**
 * What is paid at least with the constraint. Nothing forces a plan to keep preferences, the order of pools or a setting, so
 * for those it is what plans cost that keep preferences as this one does, and what this very plan costs.
 */
function leastWith(base: Base, { kind }: Constraint, isPlainWithout: boolean): number {
  if (kind === 'weight' || kind === 'setting') return base.plan.priceMicroUsdPerHour;
  return kind === 'preferences'
    ? provenBy({ lowerBoundPerHour: base.lowerBoundPerHour, isPlain: isPlainWithout }, base.plan)
    : base.lowerBoundPerHour;
}

const gainOf = ({ pods }: ConstraintPrice): number => pods.before - pods.after;

const byPrice = (a: ConstraintPrice, b: ConstraintPrice): number =>
  gainOf(b) - gainOf(a) ||
  (b.savesPerHour?.atMost ?? 0) - (a.savesPerHour?.atMost ?? 0) ||
  (b.savesPerHour?.atLeast ?? 0) - (a.savesPerHour?.atLeast ?? 0) ||
  byConstraint(a.constraint, b.constraint);
