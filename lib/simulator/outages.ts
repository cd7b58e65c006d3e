// Times in which one service fails every call. `refused`: nothing is done. `lost`: it is done, but every answer is lost,
// which is how an outcome stays unknown for longer than a client token lives.
import type { ControlDeps } from '../control/deps.ts';
import type { FaultRates } from './faults.ts';
import type { RandomStream } from './random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Services with the ports that stand on them. */
export const SERVICES = {
  dynamodb: ['claims', 'plans', 'slots', 'unavailable', 'leases', 'documents'],
  sqs: ['provisionQueue', 'launchQueue', 'drainQueue'],
  s3: ['snapshots'],
  ec2: ['fleet'],
  kubernetes: ['cluster'],
} as const satisfies Record<string, readonly (keyof ControlDeps)[]>;

export type Service = keyof typeof SERVICES;
export const SERVICE_NAMES = Object.keys(SERVICES) as Service[];

/** `fromMs` and `untilMs` count from the start of the run. */
export interface Outage {
  readonly service: Service;
  readonly answers: 'refused' | 'lost';
  readonly fromMs: number;
  readonly untilMs: number;
}

const MINUTE_MS = 60_000;
const LASTS_MS = { min: 20_000, max: 7 * MINUTE_MS };

export interface OutagesOptions {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: RandomStream;
  readonly rates: FaultRates;
  readonly scheduled: readonly Outage[];
}

export class Outages {
  readonly #options: OutagesOptions;
  #drawn: Outage | undefined;

  constructor(options: OutagesOptions) {
    this.#options = options;
    if (options.rates.outage > 0) this.#everyMinute();
  }

  /** How calls of the port fail now, or undefined. */
  modeOf(port: string): Outage['answers'] | undefined {
    const { scheduled } = this.#options;
    const outages = this.#drawn === undefined ? scheduled : [...scheduled, this.#drawn];
    return outages.find((outage) => this.#isOn(outage) && portsOf(outage).includes(port))?.answers;
  }

  #isOn({ fromMs, untilMs }: Outage): boolean {
    const elapsedMs = this.#elapsedMs();
    return elapsedMs >= fromMs && elapsedMs < untilMs;
  }

  #elapsedMs(): number {
    const { time } = this.#options;
    return time.nowMs() - time.startMs;
  }

  /** At most one drawn outage at a time. */
  #everyMinute(): void {
    const { time, trace, random, rates } = this.#options;
    time.after(MINUTE_MS, () => {
      const over = this.#drawn === undefined || !this.#isOn(this.#drawn);
      const service = over && random.chance(rates.outage) ? random.pick(SERVICE_NAMES) : undefined;
      if (service !== undefined) {
        const answers = random.below(2) === 0 ? 'refused' : 'lost';
        const fromMs = this.#elapsedMs();
        const untilMs = fromMs + random.between(LASTS_MS.min, LASTS_MS.max);
        this.#drawn = { service, answers, fromMs, untilMs };
        trace.write('fault', { outage: service, answers, lastsMs: untilMs - fromMs });
      }
      this.#everyMinute();
    });
  }
}

const portsOf = ({ service }: Outage): readonly string[] => SERVICES[service];
