// Runs control code as Lambda does: each invocation is a process of its own with wrapped ports, a time limit, and an
// outcome that the caller learns: it returned, it threw, or it died.
import type { ControlDeps } from '../../control/deps.ts';
import type { FaultRates } from '../faults.ts';
import { type Outage, Outages } from '../outages.ts';
import { type AwaitPoints, type Latency, Process } from '../process.ts';
import type { RandomStream } from '../random.ts';
import type { Trace } from '../trace.ts';
import type { VirtualTime } from '../virtual-time.ts';

export type Outcome =
  | { readonly kind: 'returned' }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'died'; readonly reason: string };

export interface FunctionSettings {
  readonly name: 'poller' | 'provisioner' | 'launcher' | 'drainer' | 'reconciler';
  readonly timeoutMs: number;
}

export interface HostSettings {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly points: AwaitPoints;
  readonly random: (name: string) => RandomStream;
  readonly rates: FaultRates;
  readonly outages: readonly Outage[];
  /** Adapters shared by all invocations. */
  readonly ports: ControlDeps;
  /** Takes errors that control code threw and that no retry explains: always a defect. */
  readonly onFailure: (error: unknown) => void;
}

/** One way of a call to each port: assumed for a function in the cluster's region, not measured. */
const LATENCY: Readonly<Record<WrappedPort, Latency>> = {
  cluster: { minMs: 3, maxMs: 25 },
  fleet: { minMs: 80, maxMs: 600 },
  claims: { minMs: 1, maxMs: 6 },
  plans: { minMs: 1, maxMs: 6 },
  slots: { minMs: 1, maxMs: 6 },
  unavailable: { minMs: 1, maxMs: 6 },
  leases: { minMs: 1, maxMs: 6 },
  snapshots: { minMs: 8, maxMs: 40 },
  documents: { minMs: 1, maxMs: 6 },
  provisionQueue: { minMs: 3, maxMs: 15 },
  launchQueue: { minMs: 3, maxMs: 15 },
  drainQueue: { minMs: 3, maxMs: 15 },
};

type WrappedPort = Exclude<
  keyof ControlDeps,
  'installation' | 'policies' | 'clock' | 'catalog' | 'events' | 'metrics'
>;

export class FunctionHost {
  readonly #settings: HostSettings;
  readonly #outages: Outages;
  readonly #invocations = new Map<string, number>();

  constructor(settings: HostSettings) {
    this.#settings = settings;
    const { time, trace, random, rates, outages } = settings;
    this.#outages = new Outages({ time, trace, rates, random: random('outages'), scheduled: outages });
  }

  invoke(
    settings: FunctionSettings,
    work: (deps: ControlDeps, invocation: string) => Promise<void>,
    done: (outcome: Outcome) => void,
  ): void {
    const { time, trace, points, random, rates } = this.#settings;
    const count = (this.#invocations.get(settings.name) ?? 0) + 1;
    this.#invocations.set(settings.name, count);
    const name = `${settings.name}-${count}`;
    const process = new Process({
      name,
      time,
      trace,
      points,
      rates,
      outageOf: (port) => this.#outages.modeOf(port),
      random: random(`process/${name}`),
      onDeath: (reason) => done({ kind: 'died', reason }),
    });
    const finish = (outcome: Outcome): void => {
      if (!process.alive) return;
      process.end();
      if (outcome.kind === 'threw') this.#note(name, outcome.error);
      done(outcome);
    };
    time.after(settings.timeoutMs, () => process.kill('timeout'));
    work(this.#depsOf(process), name).then(
      () => finish({ kind: 'returned' }),
      (error: unknown) => finish({ kind: 'threw', error }),
    );
  }

  #note(name: string, error: unknown): void {
    this.#settings.trace.write('fault', { process: name, threw: String(error) });
    const retry = (error as { readonly retry?: unknown }).retry;
    if (retry !== 'same-request') this.#settings.onFailure(error);
  }

  /** The catalogue is part of a function's own code and has no latency; events and metrics never fail. */
  #depsOf(process: Process): ControlDeps {
    const { ports, time } = this.#settings;
    const wrapped = Object.fromEntries(
      (Object.keys(LATENCY) as WrappedPort[]).map((name) => [
        name,
        process.wrap(name, ports[name], LATENCY[name]),
      ]),
    ) as Pick<ControlDeps, WrappedPort>;
    const clock = {
      nowMs: () => time.nowMs(),
      sleep: (durationMs: number) => process.sleep(durationMs),
    };
    return { ...ports, ...wrapped, clock };
  }
}
