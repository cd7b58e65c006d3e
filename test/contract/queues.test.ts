import {
  type DrainMessage,
  MemoryDrainQueue,
  MemoryLaunchQueue,
  MemoryProvisionQueue,
} from '../../lib/adapters/memory/queues.ts';
import type { SqsQueue } from '../../lib/adapters/memory/sqs.ts';
import { SqsFifoQueue } from '../../lib/adapters/memory/sqs-fifo.ts';
import { SqsStandardQueue } from '../../lib/adapters/memory/sqs-standard.ts';
import type { Launch } from '../../lib/messages/launch.ts';
import type { ProvisionRequest } from '../../lib/messages/provision-request.ts';
import { ManualClock } from '../support/memory-clock.ts';
import {
  type Consumer,
  describeDrainQueueContract,
  describeLaunchQueueContract,
  describeProvisionQueueContract,
  MAX_RECEIVES,
  VISIBILITY_MS,
} from './queues.contract.ts';

const options = (name: string) => ({ name, visibilityMs: VISIBILITY_MS, maxReceives: MAX_RECEIVES });

const consumer = <Message>(queue: SqsQueue<Message>, clock: ManualClock): Consumer => ({
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
  return { queue: new MemoryProvisionQueue({ queue, clock }), ...consumer(queue, clock) };
});

describeLaunchQueueContract('memory', async () => {
  const clock = new ManualClock();
  const queue = new SqsStandardQueue<Launch>(options('launch'));
  return { queue: new MemoryLaunchQueue({ queue, clock }), ...consumer(queue, clock) };
});

describeDrainQueueContract('memory', async () => {
  const clock = new ManualClock();
  const queue = new SqsStandardQueue<DrainMessage>(options('drain'));
  return { queue: new MemoryDrainQueue({ queue, clock }), ...consumer(queue, clock) };
});
