import type { Clock } from '../../ports/clock.ts';
import type { Stop, StopSwitch } from '../../ports/stop-switch.ts';
import type { SsmParameters } from './ssm.ts';

/** Every launch and every step of a drain asks; a person who stops them waits this long at most. */
const CACHE_MS = 5_000;

/** The kill switch as an SSM parameter. Who wrote what we do not know wanted something stopped: that stops all. */
export class StopParameter implements StopSwitch {
  readonly #options: { readonly parameters: SsmParameters; readonly name: string; readonly clock: Clock };
  #read: { readonly stop: Stop; readonly atMs: number } | undefined;

  constructor(options: { readonly parameters: SsmParameters; readonly name: string; readonly clock: Clock }) {
    this.#options = options;
  }

  async read(): Promise<Stop> {
    const { parameters, name, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#read === undefined || nowMs - this.#read.atMs >= CACHE_MS) {
      this.#read = { stop: stopOf((await parameters.get(name))?.value), atMs: nowMs };
    }
    return this.#read.stop;
  }
}

function stopOf(value = 'none'): Stop {
  const text = value.trim().toLowerCase();
  return text === 'none' || text === 'launches' ? text : 'all';
}
