import type { Clock } from '../../lib/ports/clock.ts';

/** The machine's own time, for what has real sockets. */
export const realClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs) =>
    new Promise((resolve) => {
      setTimeout(resolve, Math.max(0, durationMs));
    }),
};
