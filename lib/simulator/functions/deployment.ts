// The deployed system: queues with their event source mappings, the scheduler's ticks, EventBridge's EC2 events, and the
// functions behind them. Only the control code's entry points are called from here.
import * as z from 'zod';
import type { Ec2 } from '../../adapters/memory/ec2.ts';
import type { DrainMessage } from '../../adapters/memory/queues.ts';
import type { SqsQueue } from '../../adapters/memory/sqs.ts';
import { SqsFifoQueue } from '../../adapters/memory/sqs-fifo.ts';
import { SqsStandardQueue } from '../../adapters/memory/sqs-standard.ts';
import type { ControlDeps } from '../../control/deps.ts';
import { drain, instanceStateChanged } from '../../control/drain.ts';
import { launch } from '../../control/launch.ts';
import { poll } from '../../control/poll.ts';
import { provision } from '../../control/provision.ts';
import { reconcile } from '../../control/reconcile.ts';
import { drainRequestSchema } from '../../messages/drain-request.ts';
import {
  type InstanceStateChanged,
  instanceStateChangedSchema,
} from '../../messages/instance-state-changed.ts';
import { type Launch, launchSchema } from '../../messages/launch.ts';
import { type ProvisionRequest, provisionRequestSchema } from '../../messages/provision-request.ts';
import type { Instance } from '../../ports/fleet.ts';
import type { StopSwitch } from '../../ports/stop-switch.ts';
import { MAX_DELAY_MS } from '../faults.ts';
import type { FunctionHost, FunctionSettings, HostSettings, Outcome } from './function-host.ts';
import { QueueSource } from './queue-source.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const POLLER: FunctionSettings = { name: 'poller', timeoutMs: 15 * MINUTE_MS };
const PROVISIONER: FunctionSettings = { name: 'provisioner', timeoutMs: MINUTE_MS };
const LAUNCHER: FunctionSettings = { name: 'launcher', timeoutMs: MINUTE_MS };
const DRAINER: FunctionSettings = { name: 'drainer', timeoutMs: MINUTE_MS };
const RECONCILER: FunctionSettings = { name: 'reconciler', timeoutMs: MINUTE_MS };

/** A poller watches for this long and leaves the rest of its 15 minutes to end in. */
const WATCH_MS = 14 * MINUTE_MS;
/** Visibility is the function's timeout and a little more, so that a message is never handled twice at once by chance. */
const VISIBILITY_MS = MINUTE_MS + 5 * SECOND_MS;
const MAX_RECEIVES = 8;
/** A message group waits for its first message, so a FIFO queue is never late for long. */
const MAX_FIFO_DELAY_MS = 30 * SECOND_MS;
/** From an instance's change to EventBridge's delivery. */
const EVENT_MS = { min: 200, max: 2_000 };

/** Nobody stops a simulated deployment. */
const NEVER: StopSwitch = { read: async () => 'none' };

export interface Queues {
  readonly provision: SqsFifoQueue<ProvisionRequest>;
  readonly launch: SqsStandardQueue<Launch>;
  readonly drain: SqsStandardQueue<DrainMessage>;
}

export function makeQueues(): Queues {
  const options = { visibilityMs: VISIBILITY_MS, maxReceives: MAX_RECEIVES };
  return {
    provision: new SqsFifoQueue({ name: 'provision', ...options }),
    launch: new SqsStandardQueue({ name: 'launch', ...options }),
    drain: new SqsStandardQueue({ name: 'drain', ...options }),
  };
}

export class Deployment {
  readonly #host: FunctionHost;
  readonly #settings: HostSettings;
  readonly #queues: Queues;

  constructor(host: FunctionHost, settings: HostSettings, queues: Queues, ec2: Ec2) {
    this.#host = host;
    this.#settings = settings;
    this.#queues = queues;
    this.#source('provision', queues.provision, 10, PROVISIONER, (deps, batch) =>
      provision(deps, batch.map(asReceived(provisionRequestSchema))),
    );
    this.#source('launch', queues.launch, 1, LAUNCHER, (deps, batch) =>
      eachOf(batch, asReceived(launchSchema), (message) => launch(deps, message)),
    );
    this.#source('drain', queues.drain, 1, DRAINER, (deps, batch) =>
      eachOf(batch, asReceived(drainMessageSchema), (message) =>
        isStateChange(message) ? instanceStateChanged(deps, message) : drain(deps, message),
      ),
    );
    this.#connectEvents(ec2);
    this.#tick();
  }

  /** Nothing is queued, delayed or in flight. */
  get idle(): boolean {
    return this.#queues.provision.size + this.#queues.launch.size + this.#queues.drain.size === 0;
  }

  #tick(): void {
    const { time } = this.#settings;
    this.#host.invoke(
      POLLER,
      (deps, holder) => poll({ ...deps, stop: NEVER }, { holder, deadlineMs: time.nowMs() + WATCH_MS }),
      ignore,
    );
    this.#host.invoke(RECONCILER, (deps) => reconcile(deps), ignore);
    time.after(MINUTE_MS, () => this.#tick());
  }

  #source<Message>(
    name: string,
    queue: SqsQueue<Message>,
    batchSize: number,
    settings: FunctionSettings,
    work: (deps: ControlDeps, bodies: readonly Message[]) => Promise<void>,
  ): void {
    const { time, trace, random, rates } = this.#settings;
    new QueueSource({
      name,
      queue,
      batchSize,
      time,
      trace,
      rates,
      maxDelayMs: queue instanceof SqsFifoQueue ? MAX_FIFO_DELAY_MS : MAX_DELAY_MS,
      random: random(`queue/${name}`),
      invoke: (bodies, done: (outcome: Outcome) => void) =>
        this.#host.invoke(settings, (deps) => work(deps, bodies), done),
    });
  }

  /** EventBridge: best effort, so an event may come late, twice or not at all. */
  #connectEvents(ec2: Ec2): void {
    const { time, trace, random, rates } = this.#settings;
    const events = random('eventbridge');
    ec2.subscribe((event) => {
      if (event.kind !== 'state') return;
      const { instance } = event;
      if (events.chance(rates.drop)) {
        trace.write('fault', { event: instance.state, instance: instance.instanceId, dropped: true });
        return;
      }
      const copies = events.chance(rates.duplicate) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const lateMs = events.chance(rates.delay) ? events.below(MAX_DELAY_MS) : 0;
        time.after(events.between(EVENT_MS.min, EVENT_MS.max) + lateMs, () =>
          this.#queues.drain.send(time.nowMs(), stateChange(instance)),
        );
      }
    });
  }
}

/** The drain queue holds our own requests and EventBridge's raw events. */
const drainMessageSchema = z.union([drainRequestSchema, instanceStateChangedSchema]);

const isStateChange = (message: DrainMessage): message is InstanceStateChanged => 'detail-type' in message;

/** A body as a function receives it: text that was parsed and checked. */
const asReceived =
  <Message>(schema: z.ZodType<Message>) =>
  (body: unknown): Message =>
    schema.parse(JSON.parse(JSON.stringify(body)));

async function eachOf<Message>(
  bodies: readonly unknown[],
  receive: (body: unknown) => Message,
  work: (message: Message) => Promise<void>,
): Promise<void> {
  for (const body of bodies) await work(receive(body));
}

const stateChange = ({ instanceId, state }: Instance): DrainMessage => ({
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  detail: { 'instance-id': instanceId, state },
});

/** Ticks have no retries: the next one comes in a minute. */
const ignore = (): void => undefined;
