import { describe, expect, it } from 'vitest';
import { Asks } from '../../../lib/control/asks.ts';

describe('asking for a pod again', () => {
  it('waits ten seconds, then twice as long each time, two minutes at most', () => {
    const asks = new Asks();
    const waits: number[] = [];
    let nowMs = 0;
    for (let round = 0; round < 6; round++) {
      expect(asks.due(['a'], nowMs)).toEqual(['a']);
      asks.record(['a'], nowMs);
      waits.push(asks.nextAtMs(['a']) - nowMs);
      nowMs = asks.nextAtMs(['a']);
      expect(asks.due(['a'], nowMs - 1)).toEqual([]);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
  });

  it('starts from the shortest wait for a pod that a claim covered in between', () => {
    const asks = new Asks();
    asks.record(['a'], 0);
    asks.record(['a'], 10_000);
    asks.forget(['a']);
    expect(asks.due(['a'], 10_001)).toEqual(['a']);
    asks.record(['a'], 10_001);
    expect(asks.nextAtMs(['a'])).toBe(20_001);
  });

  it('forgets pods that are no longer pending', () => {
    const asks = new Asks();
    asks.record(['a', 'b'], 0);
    asks.keepOnly(new Set(['b']));
    expect(asks.due(['a', 'b'], 1)).toEqual(['a']);
  });
});
