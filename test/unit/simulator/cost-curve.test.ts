import { describe, expect, it } from 'vitest';
import type { BillingRecord } from '../../../lib/adapters/memory/billing.ts';
import type { InstanceId } from '../../../lib/model/ids.ts';
import { chargesOf, costCurve } from '../../../lib/simulator/cost-curve.ts';

const MINUTE_MS = 60_000;

/** A micro-dollar a second. */
const ran = (fromMinute: number, toMinute: number | undefined): BillingRecord => ({
  instanceId: 'i-1' as InstanceId,
  instanceType: 'm7i.large',
  zone: 'us-east-1a',
  capacityType: 'spot',
  priceMicroUsdPerHour: 3_600,
  startedAtMs: fromMinute * MINUTE_MS,
  ...(toMinute === undefined ? {} : { endedAtMs: toMinute * MINUTE_MS }),
});

const run = (minutes: number) => ({ startMs: 0, endMs: minutes * MINUTE_MS });

describe('the cost of a run over time', () => {
  it('gives each step the part of an instance that ran in it', () => {
    const { stepMs, microUsd } = costCurve([ran(1, 5)], run(7), 30 * MINUTE_MS);
    expect(stepMs).toBe(2 * MINUTE_MS);
    expect(microUsd).toEqual([60, 120, 60, 0]);
  });

  it('counts what still runs until the end', () => {
    expect(costCurve([ran(3, undefined)], run(4), 30 * MINUTE_MS).microUsd).toEqual([0, 60]);
  });

  it('has the same steps for runs that may last equally long, whenever they end, and never more than twenty', () => {
    for (const minutes of [1, 20, 21, 90, 300, 36 * 60, 20 * 24 * 60]) {
      const longest = costCurve([], run(minutes), minutes * MINUTE_MS);
      expect(longest.microUsd.length).toBeLessThanOrEqual(20);
      expect(costCurve([], run(minutes / 2), minutes * MINUTE_MS).stepMs).toBe(longest.stepMs);
    }
  });

  it('adds up to the bill', () => {
    const bill = [ran(0, 61), ran(2, 3), ran(59, 240), ran(100, undefined)];
    const charges = chargesOf(bill, run(300), 7 * MINUTE_MS);
    const sum = charges.reduce((total, { costMicroUsd }) => total + costMicroUsd, 0);
    expect(sum).toBeCloseTo((61 + 1 + 181 + 200) * 60, 6);
  });
});
