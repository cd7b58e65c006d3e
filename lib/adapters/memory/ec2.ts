import { DovetailError } from '../../model/errors.ts';
import { type InstanceId, instanceId } from '../../model/ids.ts';
import type { FleetError, FleetRequest } from '../../model/plan.ts';
import { stableHash, stableJson } from '../../model/stable-json.ts';
import type { Clock } from '../../ports/clock.ts';
import { type FleetAnswer, type Instance, TOKEN_LIFE_MS } from '../../ports/fleet.ts';
import type { Random } from '../../ports/random.ts';
import type { BillingRecord } from './billing.ts';
import { frozenCopy } from './frozen.ts';
import type { Allocation, Market } from './market.ts';
import { SortedMap } from './sorted-map.ts';

/**
 * What may go wrong with one CreateFleet call. `throttled`: refused, nothing started · `throttled-inside`: half of the
 * capacity started, the rest is an error entry · `answer-lost`: done and remembered, but the caller gets an error ·
 * `request-lost`: nothing was done, and the caller gets the same error.
 */
export type LaunchFault = 'throttled' | 'throttled-inside' | 'answer-lost' | 'request-lost';

export type Ec2Event =
  | { readonly kind: 'state'; readonly instance: Instance; readonly atMs: number }
  | { readonly kind: 'interruption-warning'; readonly instance: Instance; readonly atMs: number };

/** Uniform in whole milliseconds, both ends included. */
export interface RangeMs {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface Ec2Timing {
  readonly pending: RangeMs;
  readonly shuttingDown: RangeMs;
  /** From the launch until `describe…` show the instance. */
  readonly describeLag: RangeMs;
}

export interface Ec2Options {
  /** The world's clock: its sleepers must outlive any one function. */
  readonly clock: Clock;
  readonly random: Random;
  readonly market: Market;
  readonly timing?: Partial<Ec2Timing>;
  /** Asked once per call that is not a repeat. */
  readonly launchFault?: (request: FleetRequest) => LaunchFault | undefined;
}

interface Row {
  instance: Instance;
  readonly allocation: Allocation;
  readonly visibleAtMs: number;
  startedAtMs?: number;
  endedAtMs?: number;
  terminatedAtMs?: number;
}

interface RememberedCall {
  readonly request: string;
  readonly atMs: number;
  readonly answer: FleetAnswer;
}

const DEFAULT_TIMING: Ec2Timing = {
  pending: { minMs: 4_000, maxMs: 12_000 },
  shuttingDown: { minMs: 20_000, maxMs: 60_000 },
  describeLag: { minMs: 0, maxMs: 3_000 },
};

/** EC2 shows ended instances for about an hour. */
const TERMINATED_VISIBLE_MS = 60 * 60_000;
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const INTERRUPTION_NOTICE_MS = 2 * 60_000;

/**
 * EC2 as a state machine: CreateFleet of type `instant` over a `Market`, and the life of instances in virtual time.
 * `MemoryFleet` is what our code sees of it; the simulator interrupts and kills, listens, and reads the bill.
 */
export class Ec2 {
  readonly #options: Ec2Options;
  readonly #timing: Ec2Timing;
  readonly #rows = new SortedMap<Row>();
  /** As they really are now, ended ones included. */
  readonly #instances = new SortedMap<Instance>();
  readonly #calls = new Map<string, RememberedCall>();
  readonly #listeners = new Set<(event: Ec2Event) => void>();

  constructor(options: Ec2Options) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
  }

  /** Called at once on every change of state and interruption warning, in the order of subscription. */
  subscribe(listener: (event: Ec2Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Errors: `IdempotentParameterMismatch` (never), `InvalidParameterValue` (never), `RequestLimitExceeded` and
   * `UnknownOutcome` (same request). Only calls that were carried out are remembered by their token.
   */
  createFleet(request: FleetRequest): FleetAnswer {
    const remembered = this.#remembered(request);
    if (remembered !== undefined) return remembered;
    refuseSenseless(request);
    const fault = this.#options.launchFault?.(request);
    if (fault === 'throttled') throw throttled();
    if (fault === 'request-lost') throw unknownOutcome();
    const answer = frozenCopy(
      fault === 'throttled-inside'
        ? this.#launchHalf(request)
        : this.#launch(request, request.targetCapacity),
    );
    const atMs = this.#options.clock.nowMs();
    this.#calls.set(request.clientToken, { request: stableJson(request), atMs, answer });
    if (fault === 'answer-lost') throw unknownOutcome();
    return answer;
  }

  /** All that EC2 shows now, sorted by id: recent launches may be missing, long ended instances are. */
  describe(): readonly Instance[] {
    const nowMs = this.#options.clock.nowMs();
    return this.#rows
      .list()
      .filter((row) => row.visibleAtMs <= nowMs)
      .filter((row) => nowMs - (row.terminatedAtMs ?? nowMs) < TERMINATED_VISIBLE_MS)
      .map((row) => row.instance);
  }

  /** Every instance that ever was, as it really is now, sorted by id. */
  instances(): readonly Instance[] {
    return this.#instances.list();
  }

  instance(id: InstanceId): Instance | undefined {
    return this.#rows.get(id)?.instance;
  }

  /** Charged instances, sorted by id; one that never ran cost nothing and is left out. */
  billing(): readonly BillingRecord[] {
    return this.#rows.list().flatMap(({ instance, allocation, startedAtMs, endedAtMs }) => {
      if (startedAtMs === undefined) return [];
      const { instanceId, instanceType, zone, capacityType } = instance;
      const { priceMicroUsdPerHour } = allocation.pool;
      const record = { instanceId, instanceType, zone, capacityType, priceMicroUsdPerHour, startedAtMs };
      return [endedAtMs === undefined ? record : { ...record, endedAtMs }];
    });
  }

  /** Begins an instance's end; one that is unknown or ending already is left alone. */
  terminate(id: InstanceId): void {
    const row = this.#rows.get(id);
    if (row === undefined || isEnding(row)) return;
    this.#setState(row, 'shutting-down');
    this.#after(this.#drawMs(this.#timing.shuttingDown), () => this.#end(row));
  }

  tag(id: InstanceId, tags: Readonly<Record<string, string>>): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#show(row, { ...row.instance, tags: { ...row.instance.tags, ...tags } });
  }

  /** A spot interruption: the warning now, the end two minutes later, unless it ended before. */
  interrupt(id: InstanceId): void {
    const row = this.#rows.get(id);
    if (row === undefined || isEnding(row)) return;
    this.#emit({ kind: 'interruption-warning', instance: row.instance, atMs: this.#options.clock.nowMs() });
    this.#after(INTERRUPTION_NOTICE_MS, () => this.terminate(id));
  }

  /** The instance is gone at once, without a warning, as when its hardware fails. */
  kill(id: InstanceId): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#end(row);
  }

  #remembered(request: FleetRequest): FleetAnswer | undefined {
    const call = this.#calls.get(request.clientToken);
    if (call === undefined || this.#options.clock.nowMs() - call.atMs > TOKEN_LIFE_MS) return undefined;
    if (call.request !== stableJson(request)) {
      throw new DovetailError(
        'IdempotentParameterMismatch',
        `client token "${request.clientToken}" was used with another request: send the stored request, or take a new token`,
        'never',
      );
    }
    return call.answer;
  }

  #launchHalf(request: FleetRequest): FleetAnswer {
    const answer = this.#launch(request, Math.floor(request.targetCapacity / 2));
    const refused: FleetError = { code: 'RequestLimitExceeded', message: 'request limit exceeded' };
    return { ...answer, errors: [...answer.errors, refused] };
  }

  #launch(request: FleetRequest, targetCapacity: number): FleetAnswer {
    const { allocations, errors } = this.#options.market.allocate({ ...request, targetCapacity });
    const rows = allocations.map((allocation) => this.#start(allocation, request.tags));
    const instances = rows.map(({ instance }) => {
      const { instanceId, instanceType, zone, capacityType, imageId } = instance;
      return { instanceId, instanceType, zone, capacityType, imageId };
    });
    return { instances, errors };
  }

  #start(allocation: Allocation, tags: Readonly<Record<string, string>>): Row {
    const { pool, override } = allocation;
    const nowMs = this.#options.clock.nowMs();
    const id = instanceId(`i-${stableHash(['instance', this.#rows.size], 17)}`);
    const instance: Instance = frozenCopy<Instance>({
      instanceId: id,
      instanceType: pool.instanceType,
      zone: pool.zone,
      capacityType: pool.capacityType,
      imageId: override.imageId,
      state: 'pending',
      launchedAtMs: nowMs,
      tags,
    });
    const row: Row = { instance, allocation, visibleAtMs: nowMs + this.#drawMs(this.#timing.describeLag) };
    this.#rows.set(id, row);
    this.#show(row, instance);
    this.#emit({ kind: 'state', instance, atMs: nowMs });
    this.#after(this.#drawMs(this.#timing.pending), () => this.#run(row));
    return row;
  }

  #run(row: Row): void {
    if (row.instance.state !== 'pending') return;
    row.startedAtMs = this.#options.clock.nowMs();
    this.#setState(row, 'running');
  }

  #end(row: Row): void {
    if (row.terminatedAtMs !== undefined) return;
    row.terminatedAtMs = this.#options.clock.nowMs();
    this.#options.market.release(row.allocation);
    this.#setState(row, 'terminated');
  }

  #setState(row: Row, state: 'running' | 'shutting-down' | 'terminated'): void {
    const atMs = this.#options.clock.nowMs();
    if (state !== 'running') row.endedAtMs ??= atMs;
    this.#show(row, { ...row.instance, state });
    this.#emit({ kind: 'state', instance: row.instance, atMs });
  }

  #show(row: Row, instance: Instance): void {
    row.instance = frozenCopy(instance);
    this.#instances.set(instance.instanceId, row.instance);
  }

  #emit(event: Ec2Event): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #after(durationMs: number, then: () => void): void {
    void this.#options.clock.sleep(durationMs).then(then);
  }

  #drawMs({ minMs, maxMs }: RangeMs): number {
    return minMs + this.#options.random.below(maxMs - minMs + 1);
  }
}

const isEnding = (row: Row): boolean =>
  row.instance.state === 'shutting-down' || row.instance.state === 'terminated';

function refuseSenseless(request: FleetRequest): void {
  if (request.targetCapacity >= 1 && request.overrides.length > 0) return;
  throw new DovetailError(
    'InvalidParameterValue',
    `target capacity ${request.targetCapacity} with ${request.overrides.length} overrides: both must be at least 1`,
    'never',
  );
}

const throttled = (): DovetailError =>
  new DovetailError('RequestLimitExceeded', 'request limit exceeded: send again later', 'same-request');

const unknownOutcome = (): DovetailError =>
  new DovetailError(
    'UnknownOutcome',
    'the connection was lost: send the same request again, or look for its instances',
    'same-request',
  );
