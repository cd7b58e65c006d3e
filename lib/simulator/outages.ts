// Times in which one dependency fails every call. `before`: refused without effect. `after`: done, but every answer is
// lost, which is how an outcome stays unknown for longer than a client token lives.
import type { FaultRates } from './faults.ts';
import type { RandomStream } from './random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

const MINUTE_MS = 60_000;
const LASTS_MS = { min: 20_000, max: 7 * MINUTE_MS };

export type OutageMode = 'before' | 'after';

export interface OutagesOptions {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: RandomStream;
  readonly rates: FaultRates;
  /** Ports that fail together, because one service stands behind them. */
  readonly services: readonly (readonly string[])[];
}

export class Outages {
  readonly #options: OutagesOptions;
  #down:
    | { readonly ports: readonly string[]; readonly mode: OutageMode; readonly untilMs: number }
    | undefined;

  constructor(options: OutagesOptions) {
    this.#options = options;
    if (options.rates.outage > 0) this.#everyMinute();
  }

  /** How the port fails now, or undefined. */
  modeOf(port: string): OutageMode | undefined {
    const down = this.#down;
    if (down === undefined || this.#options.time.nowMs() >= down.untilMs) return undefined;
    return down.ports.includes(port) ? down.mode : undefined;
  }

  #everyMinute(): void {
    const { time, trace, random, rates, services } = this.#options;
    time.after(MINUTE_MS, () => {
      const over = this.#down === undefined || time.nowMs() >= this.#down.untilMs;
      const ports = over && random.chance(rates.outage) ? random.pick(services) : undefined;
      if (ports !== undefined) {
        const mode = random.below(2) === 0 ? 'before' : 'after';
        const untilMs = time.nowMs() + random.between(LASTS_MS.min, LASTS_MS.max);
        this.#down = { ports, mode, untilMs };
        trace.write('fault', { outage: ports, mode, lastsMs: untilMs - time.nowMs() });
      }
      this.#everyMinute();
    });
  }
}
