// Lambda's event source mapping for one queue: receives batches, invokes, deletes what succeeded. At-least-once is made
// here: a lost delete brings a message back, a postponed one comes late and out of order, a dead invocation's messages
// come back after their visibility.
import type { ReceivedMessage, SqsQueue } from '../../adapters/memory/sqs.ts';
import type { FaultRates } from '../faults.ts';
import type { RandomStream } from '../random.ts';
import type { Trace } from '../trace.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { Outcome } from './function-host.ts';

/** A handler shortens the visibility of what it failed on, so that a throttled call is repeated soon. */
const RETRY_MS = { min: 500, max: 5_000 };
/** From a message's arrival to its invocation. */
const PICK_UP_MS = { min: 5, max: 60 };

export interface QueueSourceOptions<Message> {
  readonly name: string;
  readonly queue: SqsQueue<Message>;
  readonly batchSize: number;
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: RandomStream;
  readonly rates: FaultRates;
  /** A postponed message comes at most this much later. */
  readonly maxDelayMs: number;
  readonly invoke: (bodies: readonly Message[], done: (outcome: Outcome) => void) => void;
}

export class QueueSource<Message> {
  readonly #options: QueueSourceOptions<Message>;
  #scheduledAtMs = Number.POSITIVE_INFINITY;

  constructor(options: QueueSourceOptions<Message>) {
    this.#options = options;
    options.queue.subscribe(() => this.#schedule());
  }

  #schedule(): void {
    const { queue, time, random } = this.#options;
    const nextMs = queue.nextReceiveAtMs(time.nowMs());
    if (nextMs === undefined || nextMs >= this.#scheduledAtMs) return;
    const atMs = nextMs + random.between(PICK_UP_MS.min, PICK_UP_MS.max);
    this.#scheduledAtMs = atMs;
    time.at(atMs, () => {
      if (this.#scheduledAtMs !== atMs) return;
      this.#scheduledAtMs = Number.POSITIVE_INFINITY;
      this.#receive();
      this.#schedule();
    });
  }

  #receive(): void {
    const { queue, time, batchSize } = this.#options;
    const received = queue.receive(time.nowMs(), batchSize);
    const batch = received.filter((message) => !this.#postponed(message));
    if (batch.length === 0) return;
    const bodies = batch.map((message) => message.body);
    this.#options.invoke(bodies, (outcome) => this.#finish(batch, outcome));
  }

  #postponed(message: ReceivedMessage<Message>): boolean {
    const { queue, time, random, rates, trace, name, maxDelayMs } = this.#options;
    if (!random.chance(rates.delay)) return false;
    const delayMs = random.between(1, maxDelayMs);
    trace.write('fault', { queue: name, message: message.messageId, postponedMs: delayMs });
    queue.release(message.receipt, delayMs, time.nowMs());
    return true;
  }

  #finish(batch: readonly ReceivedMessage<Message>[], outcome: Outcome): void {
    if (outcome.kind === 'died') {
      this.#schedule();
      return;
    }
    for (const message of batch) {
      if (outcome.kind === 'returned') this.#delete(message);
      else this.#retry(message);
    }
  }

  #delete(message: ReceivedMessage<Message>): void {
    const { queue, random, rates, trace, name } = this.#options;
    if (random.chance(rates.duplicate)) {
      trace.write('fault', { queue: name, message: message.messageId, deleteLost: true });
      this.#schedule();
    } else {
      queue.delete(message.receipt);
    }
  }

  #retry(message: ReceivedMessage<Message>): void {
    const { queue, random, time } = this.#options;
    queue.release(message.receipt, random.between(RETRY_MS.min, RETRY_MS.max), time.nowMs());
  }
}
