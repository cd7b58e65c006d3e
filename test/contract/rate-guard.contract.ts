import { describe, expect, it } from 'vitest';
import type { RateGuard } from '../../lib/ports/rate-guard.ts';
import type { ManualClock } from '../support/memory-clock.ts';

export interface RateGuardHarness {
  readonly clock: ManualClock;
  /** Another one is the same guard in another process. */
  guard(): RateGuard;
}

const HOUR_MS = 3_600_000;

export function describeRateGuardContract(name: string, makeHarness: () => Promise<RateGuardHarness>): void {
  describe(`rate guard: ${name}`, () => {
    it('gives up to its limit and then refuses, whoever asks', async () => {
      const { guard } = await makeHarness();
      expect(await guard().take('a', 2, 3)).toBe('taken');
      expect(await guard().take('b', 1, 3)).toBe('taken');
      expect(await guard().take('c', 1, 3)).toBe('refused');
    });

    it('takes nothing when it refuses', async () => {
      const { guard } = await makeHarness();
      expect(await guard().take('big', 5, 3)).toBe('refused');
      expect(await guard().take('small', 3, 3)).toBe('taken');
    });

    it('counts a repeated key once', async () => {
      const { guard } = await makeHarness();
      await guard().take('a', 3, 3);
      expect(await guard().take('a', 3, 3)).toBe('taken');
      expect(await guard().take('b', 1, 3)).toBe('refused');
    });

    it('forgets what was taken an hour ago', async () => {
      const { guard, clock } = await makeHarness();
      await guard().take('a', 3, 3);
      await clock.advance(HOUR_MS - 1);
      expect(await guard().take('b', 1, 3)).toBe('refused');
      await clock.advance(1);
      expect(await guard().take('b', 1, 3)).toBe('taken');
    });

    it('never gives more than its limit to those who ask at once', async () => {
      const { guard } = await makeHarness();
      const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((key) => guard().take(key, 1, 2)));
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(2);
    });
  });
}
