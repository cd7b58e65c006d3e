import { SqsQueue, type StoredMessage } from './sqs.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const DEDUPLICATION_MS = 5 * 60_000;

/**
 * An SQS FIFO queue with one message group: in order, and while any message is in flight none is received. A message
 * whose deduplication id was sent within the last 5 minutes is accepted and dropped, also after the first was deleted.
 */
export class SqsFifoQueue<Message> extends SqsQueue<Message> {
  readonly #sentAtMs = new Map<string, number>();

  send(nowMs: number, body: Message, deduplicationId: string): void {
    const sentAtMs = this.#sentAtMs.get(deduplicationId);
    if (sentAtMs !== undefined && nowMs - sentAtMs < DEDUPLICATION_MS) return;
    this.#sentAtMs.set(deduplicationId, nowMs);
    this.enqueue(nowMs, body, 0);
  }

  /** The whole group waits for the last message in flight. */
  override nextReceiveAtMs(nowMs: number): number | undefined {
    if (this.messages.length === 0) return undefined;
    return Math.max(nowMs, ...this.messages.map((message) => message.visibleAtMs));
  }

  protected override receivable(nowMs: number): readonly StoredMessage<Message>[] {
    return this.messages.some((message) => message.visibleAtMs > nowMs) ? [] : [...this.messages];
  }
}
