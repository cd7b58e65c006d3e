import { describe, expect, it } from 'vitest';
import { TIMEOUT_SECONDS } from '../../../infra/settings.ts';
import { SEARCH_MAX_MS } from '../../../lib/control/limits.ts';
import { tellPlan } from '../../../lib/control/tell-plan.ts';
import { planId } from '../../../lib/model/ids.ts';
import type { DovetailEvent } from '../../../lib/ports/events.ts';
import type { SolverReport } from '../../../lib/solver/index.ts';
import { aPod } from '../../support/builders.ts';
import { aReport } from '../../support/reports.ts';

function told(report: Partial<SolverReport>, placedMore = 0) {
  const figures: Record<string, number> = {};
  const events: DovetailEvent[] = [];
  const keep = (name: string, value: number): void => {
    figures[name] = value;
  };
  const solver = aReport({ solver: 'optimal', ...report });
  tellPlan(
    { metrics: { count: keep, observe: keep }, events: { emit: (event) => void events.push(event) } },
    { id: planId('p1'), requestIds: [] },
    {
      ...{ nodes: [], existing: [], notes: [], placedMore, solver },
      unschedulable: [{ pod: aPod({ name: 'huge' }), reasons: ['too large'] }],
      priceMicroUsdPerHour: solver.pricePerHour,
    },
  );
  return { figures, events };
}

describe('what is told of a plan', () => {
  it('is its cost, and what Karpenter would have bought', () => {
    const { figures, events } = told({ pricePerHour: 12_310_000, baselinePerHour: 14_020_000 });
    expect(figures).toEqual({ PlannedUsdPerHour: 12.31, KarpenterUsdPerHour: 14.02 });
    expect(events[0]?.fields).toMatchObject({ plan: 'p1', solver: { baselinePerHour: 14_020_000 } });
  });

  it('is no cost where nobody buys anything', () => {
    expect(told({}).figures).toEqual({});
  });

  it('is a cost of nothing where Karpenter alone would have bought nodes', () => {
    expect(told({ baselinePerHour: 50_000 }).figures).toEqual({
      PlannedUsdPerHour: 0,
      KarpenterUsdPerHour: 0.05,
    });
  });

  it.each([1, -1])('holds no prices against each other when it places %d more pods', (placedMore) => {
    const { figures, events } = told({ pricePerHour: 12_310_000, baselinePerHour: 9_000_000 }, placedMore);
    expect(figures).toEqual({});
    expect(events[0]?.fields).toMatchObject({ placedMore });
  });

  it('is that it was cut short, and why', () => {
    const { figures, events } = told({ cut: 'no time was left' });
    expect(figures).toEqual({ PlansCutShort: 1 });
    expect(events[0]?.message).toBe('plan: 1 pod without a place; cut short: no time was left');
  });

  it('has an event for each pod without a place', () => {
    const { events } = told({});
    expect(events.slice(1).map(({ type, message }) => [type, message])).toEqual([
      ['FailedScheduling', 'default/huge has no place: too large'],
    ]);
  });
});

describe('the time that plans are searched for', () => {
  it('leaves the provisioner more than half of its time for all the rest', () => {
    expect(SEARCH_MAX_MS).toBeLessThan((TIMEOUT_SECONDS.provisioner * 1_000) / 2);
  });
});
