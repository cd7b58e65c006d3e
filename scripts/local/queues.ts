// Lambda's event source mapping for the queues of this process: receives batches, calls the function, deletes what it did
// not report as failed. What failed comes again after its visibility.
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { awsJson } from '../../lib/local/aws-json.ts';

/** As the stack has them. */
export const QUEUES = {
  provision: { name: 'provision.fifo', visibilitySeconds: 65, maxReceives: 5, batchSize: 10, parallel: 1 },
  launch: { name: 'launch', visibilitySeconds: 65, maxReceives: 5, batchSize: 1, parallel: 10 },
  drain: { name: 'drain', visibilitySeconds: 65, maxReceives: 5, batchSize: 1, parallel: 10 },
} as const;

export type QueueName = keyof typeof QUEUES;

const LONG_POLL_SECONDS = 1;
/** After a receive that failed. */
const PAUSE_MS = 500;

export interface EventSource {
  /** Receives no more; done when the last call has returned. */
  stop(): Promise<void>;
}

export interface EventSourceOptions {
  readonly queue: QueueName;
  /** Of the server. */
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly region: string;
  readonly invoke: (event: SQSEvent) => Promise<SQSBatchResponse>;
}

/** As many consumers as calls at a time. */
export function startEventSource(options: EventSourceOptions): EventSource {
  let stopped = false;
  const consumers = Array.from({ length: QUEUES[options.queue].parallel }, async () => {
    while (!stopped) await consume(options).catch(() => systemClock.sleep(PAUSE_MS));
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(consumers);
    },
  };
}

async function consume({ queue, endpoint, queueUrl, region, invoke }: EventSourceOptions): Promise<void> {
  const { Messages = [] } = (await awsJson(endpoint, 'AmazonSQS.ReceiveMessage', {
    QueueUrl: queueUrl,
    MaxNumberOfMessages: QUEUES[queue].batchSize,
    WaitTimeSeconds: LONG_POLL_SECONDS,
    MessageSystemAttributeNames: ['All'],
  })) as { readonly Messages?: readonly Message[] };
  if (Messages.length === 0) return;
  const arn = `arn:aws:sqs:${region}:000000000000:${QUEUES[queue].name}`;
  const { batchItemFailures } = await invoke({ Records: Messages.map((each) => record(each, arn, region)) });
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { MessageId, ReceiptHandle } of Messages) {
    if (failed.has(MessageId)) continue;
    await awsJson(endpoint, 'AmazonSQS.DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle });
  }
}

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: SQSRecord['attributes'];
}

const record = (message: Message, eventSourceARN: string, awsRegion: string): SQSRecord => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes,
  messageAttributes: {},
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  ...{ eventSourceARN, awsRegion },
});
