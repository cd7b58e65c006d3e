import type { RandomStream } from './random.ts';

/** How often things go wrong, each in cases per ten thousand of what its comment names. */
export interface FaultRates {
  /** Port calls refused before they did anything. */
  readonly throttleBefore: number;
  /** Port calls that did their work and whose answer was lost. */
  readonly throttleAfter: number;
  /** Await points at which the process dies. */
  readonly crash: number;
  /** Messages delivered twice. */
  readonly duplicate: number;
  /** Messages delivered up to `MAX_DELAY_MS` late, and so out of order. */
  readonly delay: number;
  /** EventBridge events that never arrive; queue messages are never lost. */
  readonly drop: number;
  /** Descriptions of EC2 that show the world as it was `STALE_MS` ago. */
  readonly stale: number;
  /** Offerings that have no capacity for a while. */
  readonly insufficient: number;
  /** Minutes in which a service begins to fail every call for a while. */
  readonly outage: number;
  /** Instances that run and never join the cluster. */
  readonly bootFailure: number;
  /** Instances that disappear some time after they started. */
  readonly instanceLoss: number;
}

export const NO_FAULTS: FaultRates = {
  throttleBefore: 0,
  throttleAfter: 0,
  crash: 0,
  duplicate: 0,
  delay: 0,
  drop: 0,
  stale: 0,
  insufficient: 0,
  outage: 0,
  bootFailure: 0,
  instanceLoss: 0,
};

/** A delayed message comes at most this much later: longer than a client token lives. */
export const MAX_DELAY_MS = 6 * 60_000;

/** The most of each fault that still lets work get done between two of them. */
const MAX_RATES: FaultRates = {
  throttleBefore: 300,
  throttleAfter: 200,
  crash: 15,
  duplicate: 2_000,
  delay: 1_500,
  drop: 5_000,
  stale: 2_000,
  insufficient: 4_000,
  outage: 600,
  bootFailure: 1_500,
  instanceLoss: 1_500,
};

/** A mix for one seed. Each fault is off in a third of the seeds, so that every one is also seen without the others. */
export function drawFaultRates(stream: RandomStream): FaultRates {
  const rates: Record<string, number> = {};
  for (const [fault, most] of Object.entries(MAX_RATES)) {
    rates[fault] = stream.below(3) === 0 ? 0 : stream.between(1, most);
  }
  return { ...NO_FAULTS, ...rates };
}

/** The same rates until `endsAtMs`, none after it: what the faults held up must then be made good. */
export function faultsUntil(rates: FaultRates, endsAtMs: number, nowMs: () => number): FaultRates {
  const names = Object.keys(rates) as (keyof FaultRates)[];
  const live = {};
  for (const name of names) {
    Object.defineProperty(live, name, {
      enumerable: true,
      get: () => (nowMs() < endsAtMs ? rates[name] : 0),
    });
  }
  return live as FaultRates;
}
