import { DovetailError } from '../../model/errors.ts';
import { SqsQueue, type StoredMessage } from './sqs.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
const MAX_DELAY_MS = 15 * 60_000;

/** An SQS standard queue: at least once, any order (here: by the time of becoming visible), a delay per message. */
export class SqsStandardQueue<Message> extends SqsQueue<Message> {
  /** Throws `InvalidParameterValue` for a delay that SQS does not take. */
  send(nowMs: number, body: Message, delayMs = 0): void {
    if (delayMs < 0 || delayMs > MAX_DELAY_MS) {
      throw new DovetailError(
        'InvalidParameterValue',
        `message delay of ${delayMs} ms: want 0 to ${MAX_DELAY_MS} ms`,
        'never',
      );
    }
    this.enqueue(nowMs, body, delayMs);
  }

  override nextReceiveAtMs(nowMs: number): number | undefined {
    if (this.messages.length === 0) return undefined;
    return Math.max(nowMs, Math.min(...this.messages.map((message) => message.visibleAtMs)));
  }

  protected override receivable(nowMs: number): readonly StoredMessage<Message>[] {
    return this.messages
      .filter((message) => message.visibleAtMs <= nowMs)
      .sort((a, b) => a.visibleAtMs - b.visibleAtMs || a.sequence - b.sequence);
  }
}
