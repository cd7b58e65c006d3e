import type { Clock } from '../../lib/ports/clock.ts';
import { START_MS } from './memory-clock.ts';

/** A clock on which sleeping takes no time: it moves on at once. */
export function skippingClock(): Clock {
  let nowMs = START_MS;
  return {
    nowMs: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
  };
}
