import { describe, expect, it } from 'vitest';
import { PlanRecord } from '../../../lib/simulator/plan-record.ts';

const planMade = (
  pricePerHour: number,
  baselinePerHour: number,
  lowerBoundPerHour?: number,
  placedMore = 0,
) => ({
  type: 'PlanMade',
  message: '',
  fields: { placedMore, solver: { pricePerHour, baselinePerHour, lowerBoundPerHour } },
});

describe('the record of plans', () => {
  it('adds up those that buy nodes', () => {
    const record = new PlanRecord();
    for (const event of [planMade(100, 120), planMade(0, 0), planMade(50, 50)]) record.see(event);
    record.see({ type: 'NodeOpened', message: '', fields: {} });
    expect(record.figures()).toEqual({ plans: 2, pricePerHour: 150, baselinePerHour: 170 });
  });

  it('keeps the worst gap, and the bounds of those that have one', () => {
    const record = new PlanRecord();
    for (const event of [planMade(110, 120, 100), planMade(204, 210, 200), planMade(50, 50)]) {
      record.see(event);
    }
    const { proven } = record.figures();
    expect(proven).toMatchObject({ plans: 2, pricePerHour: 314, boundPerHour: 300 });
    expect(proven?.worstGap).toBeCloseTo(0.1, 10);
  });

  it('counts what Karpenter would have bought where a plan needs nothing', () => {
    const record = new PlanRecord();
    for (const event of [planMade(100, 120), planMade(0, 50), planMade(0, 0)]) record.see(event);
    expect(record.figures()).toEqual({ plans: 1, pricePerHour: 100, baselinePerHour: 170, withoutNodes: 1 });
  });

  it.each([2, -2])('compares no prices of a plan that places %d more pods', (placedMore) => {
    const record = new PlanRecord();
    for (const event of [planMade(100, 120, 100), planMade(110, 60, 100, placedMore)]) record.see(event);
    expect(record.figures()).toMatchObject({ plans: 2, pricePerHour: 100, baselinePerHour: 120 });
    expect(record.figures()).toMatchObject({ notCompared: 1, proven: { plans: 2, pricePerHour: 210 } });
  });
});
