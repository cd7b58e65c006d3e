// How many nodes of a NodePool may be disrupted now. Source: karpenter `pkg/apis/v1/nodepool.go` (budgets) and
// `controllers/disruption/helpers.go` (what counts).
import { Cron } from 'croner';
import type { DisruptionBudget, DisruptionReason } from '../model/node-pool.ts';

export interface DisruptionTotals {
  /** Managed, initialized nodes of the pool. */
  readonly nodes: number;
  /** Those of them that are not ready or on their way out, whatever the reason. */
  readonly disrupting: number;
}

/**
 * Nodes that may begin to leave for this reason: the least of all budgets that are active and about the reason, less what
 * is already disrupted. Percentages round up. Without an active budget there is no bound. A schedule that cannot be read
 * allows nothing: a budget is a promise, and a typo must not lift it.
 */
export function allowedDisruptions(
  budgets: readonly DisruptionBudget[],
  reason: DisruptionReason,
  totals: DisruptionTotals,
  nowMs: number,
): number {
  let allowed = Number.POSITIVE_INFINITY;
  for (const budget of budgets) {
    if (budget.reasons !== undefined && !budget.reasons.includes(reason)) continue;
    allowed = Math.min(allowed, allowedByBudget(budget, totals.nodes, nowMs));
  }
  return Math.max(0, allowed - totals.disrupting);
}

function allowedByBudget(budget: DisruptionBudget, nodes: number, nowMs: number): number {
  const activity = scheduleActivity(budget, nowMs);
  if (activity === 'inactive') return Number.POSITIVE_INFINITY;
  if (activity === 'unreadable') return 0;
  if (budget.nodes.kind === 'count') return budget.nodes.count;
  // 100 parts first, so that the division is the only rounding.
  return Math.ceil((nodes * budget.nodes.percent) / 100);
}

/** Active when a hit of the schedule lies in (now − duration, now]. Schedule and duration come together or not at all. */
function scheduleActivity(budget: DisruptionBudget, nowMs: number): 'active' | 'inactive' | 'unreadable' {
  const { schedule, durationMs } = budget;
  if (schedule === undefined && durationMs === undefined) return 'active';
  if (schedule === undefined || durationMs === undefined) return 'unreadable';
  try {
    const cron = new Cron(schedule, { timezone: 'UTC', mode: '5-part' });
    const next = cron.nextRun(new Date(nowMs - durationMs));
    return next !== null && next.getTime() <= nowMs ? 'active' : 'inactive';
  } catch {
    return 'unreadable';
  }
}
