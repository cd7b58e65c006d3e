import { describe, expect, it } from 'vitest';
import { type Bucket, RequestRates, rateOf, takeToken } from '../../../lib/adapters/aws/ec2/token-bucket.ts';
import { ManualClock } from '../../support/memory-clock.ts';

const RATE = { capacity: 2, refillPerSecond: 4 };

/** Waits of tokens taken at these times. */
function waits(atMs: readonly number[]): number[] {
  let bucket: Bucket | undefined;
  return atMs.map((nowMs) => {
    const taken = takeToken(bucket, RATE, nowMs);
    bucket = taken.bucket;
    return taken.waitMs;
  });
}

describe("a cluster's share of EC2's request rates", () => {
  it('lets a full bucket go at once and then one token after the other', () => {
    expect(waits([0, 0, 0, 0])).toEqual([0, 0, 250, 500]);
  });

  it('refills with time, and never above its capacity', () => {
    expect(waits([0, 0, 250, 250])).toEqual([0, 0, 0, 250]);
    expect(waits([0, 60_000, 60_000, 60_000])).toEqual([0, 0, 0, 250]);
  });

  it('takes a clock that was set back for one that stands still', () => {
    expect(waits([1_000, 0, 0])).toEqual([0, 0, 250]);
  });

  it.each([
    ['CreateFleet', 50, 5],
    ['DescribeInstances', 100, 20],
    ['TerminateInstances', 100, 5],
    ['CreateTags', 100, 10],
    ['CreateLaunchTemplate', 50, 5],
  ])('knows what an account has for %s', (action, capacity, refillPerSecond) => {
    expect(rateOf(action, 1)).toEqual({ capacity, refillPerSecond });
    expect(rateOf(action, 0.5)).toEqual({ capacity: capacity / 2, refillPerSecond: refillPerSecond / 2 });
  });

  it('leaves the smallest share one token', () => {
    expect(rateOf('CreateFleet', 0.001).capacity).toBe(1);
  });

  it('holds callers back action by action', async () => {
    const clock = new ManualClock();
    const rates = new RequestRates({ clock, share: 0.02 });
    const passed: string[] = [];
    const pass = (action: string) => void rates.pass(action).then(() => passed.push(action));
    pass('CreateFleet');
    pass('CreateFleet');
    pass('DescribeInstances');
    await clock.advance(9_999);
    expect(passed.sort()).toEqual(['CreateFleet', 'DescribeInstances']);
    await clock.advance(1);
    expect(passed).toHaveLength(3);
  });
});
