// Which constraints are worth a solve of their own. Nothing is packed here: the fluid programme says how far the price
// could fall at most, and a greedy try of the pods without a place says who would get one.
import type { PodUid } from '../../model/ids.ts';
import type { Pod } from '../../model/pod.ts';
import { addResources, type ResourceList } from '../../model/resources.ts';
import { compareText } from '../../model/stable-json.ts';
import { GREEDY, solve } from '../../solver/index.ts';
import { planProvisioning } from '../plan-provisioning.ts';
import type { ProvisioningInput, ProvisioningPlan } from '../types.ts';
import { type Bound, boundOf, provenBy } from './bounds.ts';
import type { Constraint, ConstraintKind, Relaxation } from './relaxation.ts';
import { worthAt } from './worth.ts';

/** The plan as it is, with what is proven about it. */
export interface Base {
  readonly input: ProvisioningInput;
  readonly plan: ProvisioningPlan;
  readonly placed: ReadonlySet<PodUid>;
  readonly unplaced: readonly Pod[];
  readonly bound: Bound;
  /** Micro-USD per hour: no plan of the same input that places the same pods is cheaper. */
  readonly lowerBoundPerHour: number;
}

export interface Estimate {
  readonly base: Base;
  readonly relaxation: Relaxation;
  readonly bound: Pick<Bound, 'lowerBoundPerHour' | 'isPlain'>;
  /** Pods that have no place and might get one. */
  readonly pods: number;
  /** Micro-USD per hour that it seems to save: for the order of solves, proves nothing. */
  readonly promisePerHour: number;
}

export function baseOf(input: ProvisioningInput, plan: ProvisioningPlan): Base {
  const without = new Set(plan.unschedulable.map(({ pod }) => pod.uid));
  const placed = new Set(input.pods.map(({ uid }) => uid).filter((uid) => !without.has(uid)));
  const bound = boundOf(input, placed);
  return {
    input,
    plan,
    placed,
    unplaced: input.pods.filter(({ uid }) => without.has(uid)),
    bound,
    lowerBoundPerHour: provenBy(bound, plan),
  };
}

/** What the fluid programme does not see, so that its bound stays where it is when one of them is given up. */
const UNSEEN: ReadonlySet<ConstraintKind> = new Set([
  'topologySpread',
  'podAffinity',
  'podAntiAffinity',
  'preferences',
  'hostPorts',
  'minValues',
  'limit',
  'weight',
]);

export function estimate(base: Base, relaxation: Relaxation): Estimate {
  const input = relaxation.relaxed(base.input);
  const { lowerBoundPerHour, isPlain } = boundOf(input, base.placed);
  const gap = base.plan.priceMicroUsdPerHour - base.lowerBoundPerHour;
  const unseen = UNSEEN.has(relaxation.constraint.kind)
    ? Math.min(gap, worthAt(base.bound).ofPods(relaxation.pods))
    : 0;
  return {
    base,
    relaxation,
    bound: { lowerBoundPerHour, isPlain },
    pods: podsGained(base, relaxation, input),
    promisePerHour: base.bound.lowerBoundPerHour - lowerBoundPerHour + unseen,
  };
}

/**
 * A setting changes what is chosen, not what is possible: with it and without, plans that give up no more preferences than
 * this one keep to the solver's bound. `bare` is the plan in which none counts.
 */
export const estimateOfSetting = (base: Base, bare: Base, relaxation: Relaxation): Estimate => ({
  base,
  relaxation,
  bound: {
    lowerBoundPerHour: Math.max(base.lowerBoundPerHour, base.plan.solver.lowerBoundPerHour ?? 0),
    isPlain: base.bound.isPlain,
  },
  pods: 0,
  promisePerHour: base.plan.priceMicroUsdPerHour - bare.plan.priceMicroUsdPerHour,
});

export const byPromise = (a: Estimate, b: Estimate): number =>
  b.pods - a.pods ||
  b.promisePerHour - a.promisePerHour ||
  byConstraint(a.relaxation.constraint, b.relaxation.constraint);

export const byConstraint = (a: Constraint, b: Constraint): number =>
  compareText(a.object, b.object) || compareText(a.kind, b.kind) || compareText(a.detail, b.detail);

/** More pods without a place have a common cause, and a few of them show it. */
const MAX_TRIED_PODS = 100;

function podsGained(base: Base, { pods }: Relaxation, relaxed: ProvisioningInput): number {
  if (base.unplaced.length === 0) return 0;
  if (pods.length < base.input.pods.length) {
    return pods.filter(({ uid }) => !base.placed.has(uid)).length;
  }
  const tried = new Set(base.unplaced.slice(0, MAX_TRIED_PODS).map(({ uid }) => uid));
  const usage = usageAfter(base);
  const left = planProvisioning(
    { ...relaxed, pods: relaxed.pods.filter(({ uid }) => tried.has(uid)), nodes: [], usage },
    () => false,
    ({ problem }) => solve(problem, GREEDY),
  );
  return tried.size - left.unschedulable.length;
}

/** Limits count the nodes of the plan, too. */
function usageAfter({ input, plan }: Base): Record<string, ResourceList> {
  const usage: Record<string, ResourceList> = { ...input.usage };
  for (const { nodePool, maxCapacity } of plan.nodes) {
    usage[nodePool.name] = addResources(usage[nodePool.name] ?? {}, { ...maxCapacity, nodes: 1 });
  }
  return usage;
}
