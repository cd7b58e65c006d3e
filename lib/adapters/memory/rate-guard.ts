import type { Clock } from '../../ports/clock.ts';
import type { RateGuard } from '../../ports/rate-guard.ts';

const HOUR_MS = 3_600_000;

export class MemoryRateGuard implements RateGuard {
  readonly #clock: Clock;
  #taken: readonly { readonly key: string; readonly amount: number; readonly atMs: number }[] = [];

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  async take(key: string, amount: number, max: number): Promise<'taken' | 'refused'> {
    const nowMs = this.#clock.nowMs();
    this.#taken = this.#taken.filter(({ atMs }) => nowMs - atMs < HOUR_MS);
    if (this.#taken.some((each) => each.key === key)) return 'taken';
    const used = this.#taken.reduce((sum, each) => sum + each.amount, 0);
    if (used + amount > max) return 'refused';
    this.#taken = [...this.#taken, { key, amount, atMs: nowMs }];
    return 'taken';
  }
}
