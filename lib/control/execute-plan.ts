import type { CommittedPlan } from '../model/plan.ts';
import type { ControlDeps } from './deps.ts';
import { PARALLEL_WRITES } from './limits.ts';
import { mapLimit } from './parallel.ts';

export type ExecuteDeps = Pick<
  ControlDeps,
  'clock' | 'claims' | 'slots' | 'plans' | 'launchQueue' | 'events' | 'metrics'
>;

/**
 * Carries a committed plan out: claims, then slots, then orders, then a launch message per order, each if absent, so
 * that any crash is mended by doing it again. A launch message always finds its order, an order its claims.
 */
export async function executePlan(deps: ExecuteDeps, plan: CommittedPlan): Promise<void> {
  await mapLimit(plan.claims, PARALLEL_WRITES, (claim) => deps.claims.putIfAbsent(claim));
  await mapLimit(plan.slots, PARALLEL_WRITES, (item) => deps.slots.putIfAbsent(item));
  await mapLimit(plan.orders, PARALLEL_WRITES, (order) => deps.plans.putOrderIfAbsent(order));
  await mapLimit(plan.orders, PARALLEL_WRITES, (order) =>
    deps.launchQueue.send({ schemaVersion: 1, orderId: order.id }),
  );
  await deps.plans.markExecuted(plan.id);
}
