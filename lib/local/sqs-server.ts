/**
 * An SQS-compatible server on 127.0.0.1 with the three queues and their dead letters. It differs from SQS in one thing:
 * of a FIFO group it gives one message at a time.
 */
import { buildApp } from 'fauxqs';
import { awsJson } from './aws-json.ts';

export interface SqsServerOptions {
  /** Absent takes a free one. */
  readonly port?: number;
}

export interface QueueSettings {
  /** Ends in `.fifo` for a FIFO queue. */
  readonly name: string;
  readonly visibilitySeconds: number;
  /** A message received this often goes to the dead letters. */
  readonly maxReceives: number;
}

export interface SqsServer {
  readonly url: string;
  /** Makes the queue and its dead letters; gives the URLs of both. */
  createQueue(settings: QueueSettings): Promise<{ readonly url: string; readonly deadLettersUrl: string }>;
  stop(): Promise<void>;
}

export async function startSqsServer({ port = 0 }: SqsServerOptions = {}): Promise<SqsServer> {
  const app = buildApp({ logger: false });
  const url = await app.listen({ port, host: '127.0.0.1' });
  return {
    url,
    createQueue: (settings) => createQueue(url, settings),
    stop: () => app.close(),
  };
}

async function createQueue(url: string, { name, visibilitySeconds, maxReceives }: QueueSettings) {
  const deadLettersUrl = await create(url, name.replace(/(\.fifo)?$/, '-dead$1'), {});
  const deadLetters = await awsJson(url, 'AmazonSQS.GetQueueAttributes', {
    QueueUrl: deadLettersUrl,
    AttributeNames: ['QueueArn'],
  });
  const { QueueArn } = deadLetters['Attributes'] as { readonly QueueArn: string };
  const queueUrl = await create(url, name, {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: maxReceives }),
  });
  return { url: queueUrl, deadLettersUrl };
}

async function create(url: string, name: string, attributes: Readonly<Record<string, string>>) {
  const kind = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const answer = await awsJson(url, 'AmazonSQS.CreateQueue', {
    QueueName: name,
    Attributes: { ...kind, ...attributes },
  });
  return String(answer['QueueUrl']);
}
