/**
 * One invocation of a function, as a process that can die. Its ports are the real adapters behind a wrapper: every
 * call takes time and passes two await points, one before its effect and one after it. A process that dies at a point
 * never comes back from it: the promise stays pending, so that neither `catch` nor `finally` of the control code runs,
 * exactly as when Lambda's sandbox is gone.
 */
import { DovetailError } from '../model/errors.ts';
import type { FaultRates } from './faults.ts';
import type { Outage } from './outages.ts';
import type { RandomStream } from './random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Numbers the await points of a whole run, so that one of them can be told to kill its process. */
export class AwaitPoints {
  readonly #crashAt: number | undefined;
  #passed = 0;

  /** `crashAt` counts from 1; undefined never crashes. */
  constructor(crashAt?: number) {
    this.#crashAt = crashAt;
  }

  get passed(): number {
    return this.#passed;
  }

  /** Passes one point; true when the process must die there. */
  pass(): boolean {
    this.#passed += 1;
    return this.#passed === this.#crashAt;
  }
}

/** How long one way of a call takes, in milliseconds. */
export interface Latency {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface ProcessSettings {
  readonly name: string;
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly points: AwaitPoints;
  readonly random: RandomStream;
  readonly rates: FaultRates;
  /** Asked for each call. */
  readonly outageOf: (port: string) => Outage['answers'] | undefined;
  /** Called once, when the process dies. */
  readonly onDeath: (reason: string) => void;
}

export class Process {
  readonly name: string;
  readonly #settings: ProcessSettings;
  #alive = true;

  constructor(settings: ProcessSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(reason: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#settings.trace.write('fault', { process: this.name, died: reason });
    this.#settings.onDeath(reason);
  }

  /** The process has returned; what is still pending in it is thrown away. */
  end(): void {
    this.#alive = false;
  }

  /** The same port with latency, await points and faults. Every method of `port` must be asynchronous. */
  wrap<T extends object>(name: string, port: T, latency: Latency): T {
    return new Proxy(port, {
      get: (target, method) => {
        const member: unknown = Reflect.get(target, method);
        if (typeof member !== 'function' || typeof method !== 'string') return member;
        return (...args: unknown[]) =>
          this.#call(name, method, args, latency, () => Reflect.apply(member, target, args));
      },
    });
  }

  /** Sleeping is an await like any other, but it is never throttled. */
  async sleep(durationMs: number): Promise<void> {
    await this.#settings.time.sleep(durationMs);
    await this.#point({ minMs: 0, maxMs: 0 }, 'clock.sleep');
  }

  async #call(
    port: string,
    method: string,
    args: readonly unknown[],
    latency: Latency,
    effect: () => unknown,
  ): Promise<unknown> {
    const { random, rates, trace, outageOf } = this.#settings;
    const call = `${port}.${method}`;
    await this.#point(latency, `before ${call}`);
    if (random.chance(rates.throttleBefore) || outageOf(port) === 'refused') {
      this.#fault(call, 'refused');
      throw throttled(call);
    }
    let outcome: { readonly value: unknown } | { readonly error: unknown };
    try {
      outcome = { value: await effect() };
    } catch (error) {
      outcome = { error };
    }
    if (trace.enabled) trace.write('call', { process: this.name, call, args, ...outcomeRecord(outcome) });
    await this.#point(latency, `after ${call}`);
    if ('error' in outcome) throw outcome.error;
    if (random.chance(rates.throttleAfter) || outageOf(port) === 'lost') {
      this.#fault(call, 'answer lost');
      throw throttled(call);
    }
    return outcome.value;
  }

  #fault(call: string, fault: string): void {
    this.#settings.trace.write('fault', { process: this.name, call, fault });
  }

  /** Half of a call's way. A dead process stays here. */
  #point(latency: Latency, where: string): Promise<void> {
    const { time, random, rates, points } = this.#settings;
    return new Promise((resolve) => {
      time.after(random.between(latency.minMs, latency.maxMs), () => {
        if (!this.#alive) return;
        if (points.pass() || random.chance(rates.crash)) this.kill(`crash ${where}`);
        else resolve();
      });
    });
  }
}

const throttled = (call: string): DovetailError =>
  new DovetailError('ThrottlingException', `${call}: rate exceeded`, 'same-request');

const outcomeRecord = (outcome: { readonly value: unknown } | { readonly error: unknown }) =>
  'error' in outcome ? { error: String(outcome.error) } : { value: outcome.value };
