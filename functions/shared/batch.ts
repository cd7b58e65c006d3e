// A batch of SQS messages: which are acknowledged, and which come again.
//
// Acknowledged: what was done, what nobody can read (it stays unreadable), and what failed for good: control code has said
// so, and the rule that owns the work asks again if it is still wanted. Redelivered: everything else, which the queue bounds
// by its receive count before the dead letters.
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { decisionOf } from '../../lib/adapters/aws/events.ts';
import type { Metrics } from '../../lib/ports/metrics.ts';

export interface BatchDeps {
  readonly metrics: Metrics;
  readonly logger: { error(message: string, extra: Readonly<Record<string, unknown>>): void };
  /** Shows the message again after so many seconds. It may fail: the message then comes after its visibility. */
  readonly redeliverIn: (record: SQSRecord, delaySeconds: number) => Promise<void>;
}

interface Read<Message> {
  readonly record: SQSRecord;
  readonly message: Message;
}

/** Doubles with each receive. */
const MAX_REDELIVERY_SECONDS = 60;

/** Each message on its own. */
export async function eachMessage<Message>(
  deps: BatchDeps,
  records: readonly SQSRecord[],
  parse: (body: unknown) => Message,
  work: (message: Message) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failed: SQSRecord[] = [];
  for (const { record, message } of readable(deps, records, parse)) {
    if (!(await done(deps, [message], () => work(message)))) failed.push(record);
  }
  return redelivered(deps, failed);
}

/** All messages as one piece of work: they succeed or come again together. */
export async function wholeBatch<Message>(
  deps: BatchDeps,
  records: readonly SQSRecord[],
  parse: (body: unknown) => Message,
  work: (messages: readonly Message[]) => Promise<void>,
): Promise<SQSBatchResponse> {
  const read = readable(deps, records, parse);
  if (read.length === 0) return redelivered(deps, []);
  const messages = read.map(({ message }) => message);
  const isDone = await done(deps, messages, () => work(messages));
  return redelivered(deps, isDone ? [] : read.map(({ record }) => record));
}

function readable<Message>(
  { metrics, logger }: BatchDeps,
  records: readonly SQSRecord[],
  parse: (body: unknown) => Message,
): Read<Message>[] {
  return records.flatMap((record) => {
    try {
      return [{ record, message: parse(JSON.parse(record.body)) }];
    } catch (error) {
      metrics.count('MessagesUnreadable', 1);
      const { messageId, eventSourceARN: queue } = record;
      logger.error('message cannot be read and is left out', { messageId, queue, error: String(error) });
      return [];
    }
  });
}

/** False when the work has to be done again. */
async function done(
  { metrics, logger }: BatchDeps,
  messages: readonly unknown[],
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const { retry, code = 'Unknown' } = error as { readonly retry?: unknown; readonly code?: string };
    const refused = retry === 'never' || retry === 'other-offering';
    metrics.count(refused ? 'MessagesRefused' : 'MessagesRetried', 1, { code });
    const text =
      error instanceof Error ? (refused || retry !== undefined ? error.message : error.stack) : error;
    logger.error(refused ? 'message failed for good' : 'message comes again', {
      ...idsOf(messages),
      ...{ code, error: String(text) },
    });
    return refused;
  }
}

/** What the messages are about, as events name it. */
function idsOf(messages: readonly unknown[]): Readonly<Record<string, unknown>> {
  const read = messages as readonly { readonly [member: string]: unknown }[];
  const [{ orderId: order, claim } = {}] = read;
  const requests = read.flatMap(({ requestId }) => (requestId === undefined ? [] : [requestId]));
  const decision = decisionOf({ order, claim });
  return {
    ...(order === undefined ? {} : { order }),
    ...(claim === undefined ? {} : { claim }),
    ...(requests.length === 0 ? {} : { requests }),
    ...(decision === undefined ? {} : { decision }),
  };
}

async function redelivered(deps: BatchDeps, failed: readonly SQSRecord[]): Promise<SQSBatchResponse> {
  for (const record of failed) {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const delaySeconds = Math.min(2 ** receives, MAX_REDELIVERY_SECONDS);
    await deps.redeliverIn(record, delaySeconds).catch((error: unknown) => {
      deps.logger.error('visibility could not be changed', { error: String(error) });
    });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
