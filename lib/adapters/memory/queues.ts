import type { DrainRequest } from '../../messages/drain-request.ts';
import type { InstanceStateChanged } from '../../messages/instance-state-changed.ts';
import type { Launch } from '../../messages/launch.ts';
import type { ProvisionRequest } from '../../messages/provision-request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DrainQueue, LaunchQueue, ProvisionQueue } from '../../ports/queues.ts';
import type { SqsFifoQueue } from './sqs-fifo.ts';
import type { SqsStandardQueue } from './sqs-standard.ts';

/** Sends to `provision.fifo`; the request id deduplicates. */
export class MemoryProvisionQueue implements ProvisionQueue {
  readonly #queue: SqsFifoQueue<ProvisionRequest>;
  readonly #clock: Clock;

  constructor(options: { readonly queue: SqsFifoQueue<ProvisionRequest>; readonly clock: Clock }) {
    this.#queue = options.queue;
    this.#clock = options.clock;
  }

  async send(request: ProvisionRequest): Promise<void> {
    this.#queue.send(this.#clock.nowMs(), request, request.requestId);
  }
}

/** Sends to a standard queue. */
class MemoryStandardSender<Message> {
  readonly #queue: SqsStandardQueue<Message>;
  readonly #clock: Clock;

  constructor(options: { readonly queue: SqsStandardQueue<Message>; readonly clock: Clock }) {
    this.#queue = options.queue;
    this.#clock = options.clock;
  }

  async send(message: Message, delayMs = 0): Promise<void> {
    this.#queue.send(this.#clock.nowMs(), message, delayMs);
  }
}

export class MemoryLaunchQueue extends MemoryStandardSender<Launch> implements LaunchQueue {}

/** EventBridge feeds its raw events into the same queue. */
export type DrainMessage = DrainRequest | InstanceStateChanged;

export class MemoryDrainQueue extends MemoryStandardSender<DrainMessage> implements DrainQueue {}
