// What is told of a plan that was made: one event with how it was found, one for each pod without a place, and its cost.
import { counted } from '../model/counted.ts';
import type { CommittedPlan } from '../model/plan.ts';
import type { ProvisioningPlan } from '../planning/types.ts';
import type { ControlDeps } from './deps.ts';

export function tellPlan(
  deps: Pick<ControlDeps, 'events' | 'metrics'>,
  { id, requestIds }: Pick<CommittedPlan, 'id' | 'requestIds'>,
  plan: ProvisioningPlan,
): void {
  const pods = plan.nodes.reduce((sum, node) => sum + node.pods.length, 0);
  const price = (plan.priceMicroUsdPerHour / 1e6).toFixed(4);
  const nodes = plan.nodes.map(
    (node) =>
      `${node.instanceType} ${node.capacityType} ${node.zone} with ${counted(node.pods.length, 'pod')}`,
  );
  const placed = plan.existing.reduce((sum, { pods: here }) => sum + here.length, 0);
  const parts = [
    plan.nodes.length > 0
      ? `${counted(pods, 'pod')} on ${counted(plan.nodes.length, 'new node')} at $${price}/h: ${nodes.join('; ')}`
      : undefined,
    placed > 0 ? `${counted(placed, 'pod')} on nodes there or on their way` : undefined,
    plan.unschedulable.length > 0
      ? `${counted(plan.unschedulable.length, 'pod')} without a place`
      : undefined,
    plan.solver.cut === undefined ? undefined : `cut short: ${plan.solver.cut}`,
  ].filter((part) => part !== undefined);
  countCost(deps, plan);
  deps.events.emit({
    type: 'PlanMade',
    message: `plan: ${parts.join('; ') || 'nothing to do'}`,
    fields: {
      ...{ plan: id, requests: requestIds, pods, nodes: plan.nodes.length },
      priceMicroUsdPerHour: plan.priceMicroUsdPerHour,
      placedMore: plan.placedMore,
      solver: toldOf(plan.solver),
    },
  });
  for (const { pod, reasons } of plan.unschedulable) {
    deps.events.emit({
      type: 'FailedScheduling',
      message: `${pod.namespace}/${pod.name} has no place: ${reasons.join('; ')}`,
      fields: { plan: id, podUid: pod.uid, reasons },
    });
  }
}

/** The figures of a search; terms and what was decided first are in the committed plan. */
function toldOf({ solver, winner, iterations, ...report }: ProvisioningPlan['solver']) {
  const { pricePerHour, lowerBoundPerHour, baselinePerHour } = report;
  return { solver, pricePerHour, lowerBoundPerHour, baselinePerHour, winner, iterations };
}

/**
 * Sums over time show what the search saves: only prices for as many pods are held against each other, and a plan that
 * buys nothing saves all that Karpenter's algorithm would have bought.
 */
function countCost(
  { metrics }: Pick<ControlDeps, 'metrics'>,
  { solver, placedMore }: ProvisioningPlan,
): void {
  if (solver.cut !== undefined) metrics.count('PlansCutShort', 1);
  const { pricePerHour, baselinePerHour } = solver;
  if (placedMore !== 0 || (pricePerHour === 0 && baselinePerHour === 0)) return;
  metrics.observe('PlannedUsdPerHour', pricePerHour / 1e6);
  metrics.observe('KarpenterUsdPerHour', baselinePerHour / 1e6);
}
