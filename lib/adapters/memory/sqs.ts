import { frozenCopy } from './frozen.ts';

/** What SQS keeps of one message. */
export interface StoredMessage<Message> {
  readonly messageId: string;
  readonly body: Message;
  readonly sentAtMs: number;
  readonly sequence: number;
  visibleAtMs: number;
  receiveCount: number;
  /** Of the last receive; only this one can delete or release. */
  receipt: string | undefined;
}

export interface ReceivedMessage<Message> {
  readonly messageId: string;
  readonly body: Message;
  readonly receipt: string;
  /** 1 at the first delivery. */
  readonly receiveCount: number;
  readonly sentAtMs: number;
}

export interface SqsOptions {
  readonly name: string;
  /** How long a received message stays hidden before it is delivered again. */
  readonly visibilityMs: number;
  /** A message received this often without being deleted goes to the dead letters instead of being received again. */
  readonly maxReceives: number;
}

/** What standard and FIFO queues share: messages, receipts, visibility and dead letters. Time is always passed in. */
export abstract class SqsQueue<Message> {
  protected readonly messages: StoredMessage<Message>[] = [];
  readonly #options: SqsOptions;
  readonly #deadLetters: Message[] = [];
  readonly #listeners = new Set<() => void>();
  #sequence = 0;

  constructor(options: SqsOptions) {
    this.#options = options;
  }

  /** Messages given up, in the order in which they were. */
  get deadLetters(): readonly Message[] {
    return this.#deadLetters;
  }

  /** Messages neither deleted nor dead, in flight and delayed ones included. */
  get size(): number {
    return this.messages.length;
  }

  /** Called at once whenever `nextReceiveAtMs` may have become earlier. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** At most `max` messages (SQS: 10), hidden from others until `visibilityMs` from now. */
  receive(nowMs: number, max: number): readonly ReceivedMessage<Message>[] {
    this.#buryExhausted(nowMs);
    return this.receivable(nowMs)
      .slice(0, max)
      .map((message) => this.#take(message, nowMs));
  }

  /** `stale`: the message is gone, or was received again since. */
  delete(receipt: string): 'deleted' | 'stale' {
    const index = this.messages.findIndex((message) => message.receipt === receipt);
    if (index < 0) return 'stale';
    this.messages.splice(index, 1);
    this.changed();
    return 'deleted';
  }

  /** Changes how long the message stays hidden, counted from now; zero gives it back at once. */
  release(receipt: string, visibilityMs: number, nowMs: number): 'released' | 'stale' {
    const message = this.messages.find((one) => one.receipt === receipt);
    if (message === undefined) return 'stale';
    message.visibleAtMs = nowMs + visibilityMs;
    this.changed();
    return 'released';
  }

  /** The earliest time, not before `nowMs`, at which `receive` has something to do; undefined when nothing is queued. */
  abstract nextReceiveAtMs(nowMs: number): number | undefined;

  /** Messages that may be received now, in the order of delivery. */
  protected abstract receivable(nowMs: number): readonly StoredMessage<Message>[];

  protected enqueue(nowMs: number, body: Message, delayMs: number): void {
    this.#sequence += 1;
    this.messages.push({
      messageId: `${this.#options.name}-${this.#sequence}`,
      body: frozenCopy(body),
      sentAtMs: nowMs,
      sequence: this.#sequence,
      visibleAtMs: nowMs + delayMs,
      receiveCount: 0,
      receipt: undefined,
    });
    this.changed();
  }

  protected changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #take(message: StoredMessage<Message>, nowMs: number): ReceivedMessage<Message> {
    message.receiveCount += 1;
    message.visibleAtMs = nowMs + this.#options.visibilityMs;
    const receipt = `${message.messageId}/${message.receiveCount}`;
    message.receipt = receipt;
    const { messageId, body, receiveCount, sentAtMs } = message;
    return { messageId, body, receipt, receiveCount, sentAtMs };
  }

  #buryExhausted(nowMs: number): void {
    const exhausted = this.messages.filter(
      (message) => message.receiveCount >= this.#options.maxReceives && message.visibleAtMs <= nowMs,
    );
    for (const message of exhausted) {
      this.messages.splice(this.messages.indexOf(message), 1);
      this.#deadLetters.push(message.body);
    }
  }
}
