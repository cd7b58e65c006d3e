import { afterAll, afterEach, beforeAll, beforeEach, describe, vi } from 'vitest';
import { sqsClient } from '../../lib/adapters/aws/clients/sqs.ts';
import { SqsDrainQueue, SqsLaunchQueue, SqsProvisionQueue } from '../../lib/adapters/aws/queues.ts';
import {
  type DrainMessage,
  MemoryDrainQueue,
  MemoryLaunchQueue,
  MemoryProvisionQueue,
} from '../../lib/adapters/memory/queues.ts';
import type { SqsQueue } from '../../lib/adapters/memory/sqs.ts';
import { SqsFifoQueue } from '../../lib/adapters/memory/sqs-fifo.ts';
import { SqsStandardQueue } from '../../lib/adapters/memory/sqs-standard.ts';
import { awsJson } from '../../lib/local/aws-json.ts';
import { type SqsServer, startSqsServer } from '../../lib/local/sqs-server.ts';
import type { Launch } from '../../lib/messages/launch.ts';
import type { ProvisionRequest } from '../../lib/messages/provision-request.ts';
import { localOptions } from '../support/aws-wire.ts';
import { ManualClock, START_MS } from '../support/memory-clock.ts';
import {
  type Consumer,
  describeDrainQueueContract,
  describeLaunchQueueContract,
  describeProvisionQueueContract,
  MAX_RECEIVES,
  VISIBILITY_MS,
} from './queues.contract.ts';

const options = (name: string) => ({ name, visibilityMs: VISIBILITY_MS, maxReceives: MAX_RECEIVES });

const memoryConsumer = <Message>(queue: SqsQueue<Message>, clock: ManualClock): Consumer => ({
  groupBatch: 10,
  receive: async (max) => queue.receive(clock.nowMs(), max),
  delete: async (receipt) => {
    queue.delete(receipt);
  },
  release: async (receipt, visibilityMs) => {
    queue.release(receipt, visibilityMs, clock.nowMs());
  },
  deadLetters: async () => queue.deadLetters,
  pass: (durationMs) => clock.advance(durationMs),
});

describeProvisionQueueContract('memory', async () => {
  const clock = new ManualClock();
  const queue = new SqsFifoQueue<ProvisionRequest>(options('provision'));
  return { queue: new MemoryProvisionQueue({ queue, clock }), ...memoryConsumer(queue, clock) };
});

describeLaunchQueueContract('memory', async () => {
  const clock = new ManualClock();
  const queue = new SqsStandardQueue<Launch>(options('launch'));
  return { queue: new MemoryLaunchQueue({ queue, clock }), ...memoryConsumer(queue, clock) };
});

describeDrainQueueContract('memory', async () => {
  const clock = new ManualClock();
  const queue = new SqsStandardQueue<DrainMessage>(options('drain'));
  return { queue: new MemoryDrainQueue({ queue, clock }), ...memoryConsumer(queue, clock) };
});

/** The server reads the time as everybody does, so its hours pass by setting the clock that this process shares with it. */
describe('on the wire', () => {
  let server: SqsServer;
  let client: ReturnType<typeof sqsClient>;
  let queues = 0;
  beforeAll(async () => {
    server = await startSqsServer();
    client = sqsClient(localOptions(server.url));
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: START_MS });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const makeQueue = async (ending: string) => {
    queues += 1;
    const name = `queue-${queues}${ending}`;
    const settings = { name, visibilitySeconds: VISIBILITY_MS / 1_000, maxReceives: MAX_RECEIVES };
    const { url, deadLettersUrl } = await server.createQueue(settings);
    return { options: { client, url }, consumer: wireConsumer(server.url, url, deadLettersUrl) };
  };

  describeProvisionQueueContract('SQS', async () => {
    const { options, consumer } = await makeQueue('.fifo');
    return { queue: new SqsProvisionQueue(options), ...consumer };
  });

  describeLaunchQueueContract('SQS', async () => {
    const { options, consumer } = await makeQueue('');
    return { queue: new SqsLaunchQueue(options), ...consumer };
  });

  describeDrainQueueContract('SQS', async () => {
    const { options, consumer } = await makeQueue('');
    return { queue: new SqsDrainQueue(options), ...consumer };
  });
});

function wireConsumer(serverUrl: string, QueueUrl: string, deadLettersUrl: string): Consumer {
  const call = (action: string, body: object) => awsJson(serverUrl, `AmazonSQS.${action}`, body);
  const receive = async (url: string, max: number) => {
    const { Messages = [] } = await call('ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: max });
    return (Messages as { Body: string; ReceiptHandle: string }[]).map(({ Body, ReceiptHandle }) => ({
      body: JSON.parse(Body),
      receipt: ReceiptHandle,
    }));
  };
  return {
    groupBatch: 1,
    receive: (max) => receive(QueueUrl, max),
    delete: async (ReceiptHandle) => {
      await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    },
    release: async (ReceiptHandle, visibilityMs) => {
      const VisibilityTimeout = visibilityMs / 1_000;
      await call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout });
    },
    deadLetters: async () => (await receive(deadLettersUrl, 10)).map((message) => message.body),
    pass: async (durationMs) => {
      vi.setSystemTime(Date.now() + durationMs);
    },
  };
}
