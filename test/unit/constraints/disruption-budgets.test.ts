import { describe, expect, it } from 'vitest';
import { allowedDisruptions } from '../../../lib/constraints/disruption-budgets.ts';
import type { DisruptionBudget } from '../../../lib/model/node-pool.ts';

const count = (value: number, rest: Partial<DisruptionBudget> = {}): DisruptionBudget => ({
  nodes: { kind: 'count', count: value },
  ...rest,
});
const percent = (value: number): DisruptionBudget => ({ nodes: { kind: 'percent', percent: value } });
const HOUR_MS = 3_600_000;
/** A Thursday, 09:30 UTC. */
const NOW_MS = Date.UTC(2026, 0, 1, 9, 30);

const allowed = (budgets: DisruptionBudget[], nodes = 10, disrupting = 0) =>
  allowedDisruptions(budgets, 'Empty', { nodes, disrupting }, NOW_MS);

describe('disruption budgets', () => {
  it('round percentages up', () => {
    expect([allowed([percent(10)], 19), allowed([percent(10)], 1), allowed([percent(0)], 19)]).toEqual([
      2, 1, 0,
    ]);
  });

  it('allow the least of all that are active, less what is disrupted already', () => {
    expect(allowed([count(5), percent(40), count(9)])).toBe(4);
    expect(allowed([count(5)], 10, 3)).toBe(2);
    expect(allowed([count(5)], 10, 8)).toBe(0);
  });

  it('count only when they are about the reason', () => {
    expect(allowed([count(1, { reasons: ['Drifted'] }), count(7)])).toBe(7);
    expect(allowed([count(1, { reasons: ['Drifted', 'Empty'] }), count(7)])).toBe(1);
  });

  it('bind nothing when none is active', () => {
    expect(allowed([])).toBe(Number.POSITIVE_INFINITY);
    expect(allowed([count(0, { schedule: '0 18 * * *', durationMs: HOUR_MS })])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('are active from a hit of their schedule, in UTC, for their duration', () => {
    const at = (schedule: string, durationMs: number) => allowed([count(0, { schedule, durationMs })]) === 0;
    expect(at('0 9 * * *', HOUR_MS)).toBe(true);
    expect(at('0 9 * * mon-fri', HOUR_MS)).toBe(true);
    expect(at('0 9 * * sat,sun', HOUR_MS)).toBe(false);
    expect(at('@daily', 9 * HOUR_MS)).toBe(false);
    expect(at('@daily', 10 * HOUR_MS)).toBe(true);
    // Active in (hit, hit + duration]: a hit exactly one duration ago is over, one right now has begun.
    expect(at('30 8 * * *', HOUR_MS)).toBe(false);
    expect(at('30 9 * * *', HOUR_MS)).toBe(true);
  });

  it('join the two day fields with "or" when neither is a star, with "and" when one is', () => {
    // 1 January 2026 is a Thursday: day 4 of the week.
    const at = (schedule: string) => allowed([count(0, { schedule, durationMs: HOUR_MS })]) === 0;
    expect([at('0 9 1 * 2'), at('0 9 2 * 4'), at('0 9 2 * 2')]).toEqual([true, true, false]);
    expect([at('0 9 1 * *'), at('0 9 * * 4'), at('0 9 * * 2')]).toEqual([true, true, false]);
    expect([at('0 9 */2 * 2'), at('0 9 2 * */4')]).toEqual([true, true]);
  });

  it('of no reason at all bind nothing', () => {
    expect(allowed([count(1, { reasons: [] }), count(7)])).toBe(7);
  });

  it('allow nothing when the schedule cannot be read', () => {
    expect(allowed([count(5, { schedule: 'every day', durationMs: HOUR_MS })])).toBe(0);
    expect(allowed([count(5, { schedule: '0 0 9 * * *', durationMs: HOUR_MS })])).toBe(0);
    expect(allowed([count(5, { schedule: '0 9 * * *' })])).toBe(0);
  });
});
