import type { Clock } from '../../lib/ports/clock.ts';
import type { Random } from '../../lib/ports/random.ts';

export const START_MS = 1_760_000_000_000;

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to move, and then wakes sleepers one after the other in their order. */
export class ManualClock implements Clock {
  #nowMs = START_MS;
  #sleepers: Sleeper[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ wakeAtMs: this.#nowMs + Math.max(0, durationMs), wake });
    });
  }

  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (let next = this.#earliest(untilMs); next !== undefined; next = this.#earliest(untilMs)) {
      const due = next;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== due);
      this.#nowMs = Math.max(this.#nowMs, due.wakeAtMs);
      due.wake();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** Of equal times the one that began to sleep first. */
  #earliest(untilMs: number): Sleeper | undefined {
    return this.#sleepers
      .filter((sleeper) => sleeper.wakeAtMs <= untilMs)
      .reduce<Sleeper | undefined>(
        (best, one) => (best === undefined || one.wakeAtMs < best.wakeAtMs ? one : best),
        undefined,
      );
  }
}

/** Lets everything that is able to go on do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A short linear congruential generator: enough to spread times, the same on every run. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below: (bound) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    },
  };
}
