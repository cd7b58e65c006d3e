import { describe, expect, it } from 'vitest';
import type { ProvisionRequest } from '../../lib/messages/provision-request.ts';
import type { DrainQueue, LaunchQueue, ProvisionQueue } from '../../lib/ports/queues.ts';
import { START_MS } from '../support/memory-clock.ts';

/** How often a message is received before it is given up, and how long a received one stays hidden, in every harness. */
export const MAX_RECEIVES = 3;
export const VISIBILITY_MS = 30_000;

/** The consumer's end of one queue, and time. */
export interface Consumer {
  /** How many messages of one group a receive gives at most: SQS's 10, or what a server has in its place. */
  readonly groupBatch: number;
  receive(max: number): Promise<readonly { readonly body: unknown; readonly receipt: string }[]>;
  delete(receipt: string): Promise<void>;
  /** Hidden for `visibilityMs` more, counted from now. */
  release(receipt: string, visibilityMs: number): Promise<void>;
  deadLetters(): Promise<readonly unknown[]>;
  pass(durationMs: number): Promise<void>;
}

type Make<Queue> = () => Promise<{ readonly queue: Queue } & Consumer>;

const BATCH = 10;

const request = (requestId: string): ProvisionRequest => ({
  schemaVersion: 1,
  requestId,
  snapshotId: 'ab12',
  podUids: ['pod-1'],
  expiresAtMs: START_MS + 600_000,
});

const idsOf = (messages: readonly { readonly body: unknown }[]): string[] =>
  messages.map((message) => (message.body as ProvisionRequest).requestId);

export function describeProvisionQueueContract(name: string, make: Make<ProvisionQueue>): void {
  describe(`provision queue: ${name}`, () => {
    it('gives requests in the order sent, at most a batch of them', async () => {
      const { queue, receive, groupBatch } = await make();
      const ids = Array.from({ length: 12 }, (_, index) => `r${index}`);
      for (const id of ids) await queue.send(request(id));
      expect(idsOf(await receive(BATCH))).toEqual(ids.slice(0, groupBatch));
    });

    it('carries the largest request whole', async () => {
      const { queue, receive } = await make();
      const podUids = Array.from(
        { length: 2_000 },
        (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      );
      await queue.send({ ...request('r1'), podUids });
      expect((await receive(1)).map((message) => message.body)).toEqual([{ ...request('r1'), podUids }]);
    });

    it('gives nothing more while a batch is in flight', async () => {
      const { queue, receive, delete: remove, groupBatch } = await make();
      for (const id of ['r1', 'r2']) await queue.send(request(id));
      const [first] = await receive(1);
      await queue.send(request('r3'));
      expect(await receive(BATCH)).toEqual([]);
      await remove(first?.receipt ?? '');
      expect(idsOf(await receive(BATCH))).toEqual(['r2', 'r3'].slice(0, groupBatch));
    });

    it('gives a batch that was not deleted again, first and in the same order', async () => {
      const { queue, receive, pass, groupBatch } = await make();
      for (const id of ['r1', 'r2']) await queue.send(request(id));
      await receive(BATCH);
      await queue.send(request('r3'));
      await pass(VISIBILITY_MS - 1);
      expect(await receive(BATCH)).toEqual([]);
      await pass(1);
      expect(idsOf(await receive(BATCH))).toEqual(['r1', 'r2', 'r3'].slice(0, groupBatch));
    });

    it('gives a released batch again sooner', async () => {
      const { queue, receive, release, pass } = await make();
      await queue.send(request('r1'));
      for (const { receipt } of await receive(BATCH)) await release(receipt, 1_000);
      await pass(1_000);
      expect(idsOf(await receive(BATCH))).toEqual(['r1']);
    });

    it('drops a request sent again within five minutes, also after the first was deleted', async () => {
      const { queue, receive, delete: remove, pass } = await make();
      await queue.send(request('r1'));
      await queue.send(request('r1'));
      const received = await receive(BATCH);
      expect(idsOf(received)).toEqual(['r1']);
      for (const { receipt } of received) await remove(receipt);
      await pass(5 * 60_000 - 1);
      await queue.send(request('r1'));
      expect(await receive(BATCH)).toEqual([]);
      await pass(1);
      await queue.send(request('r1'));
      expect(idsOf(await receive(BATCH))).toEqual(['r1']);
    });

    it('gives a request up after the last receive and lets the next one through', async () => {
      const { queue, receive, deadLetters, pass } = await make();
      await queue.send(request('r1'));
      for (let receives = 0; receives < MAX_RECEIVES; receives += 1) {
        expect(idsOf(await receive(1))).toEqual(['r1']);
        await pass(VISIBILITY_MS);
      }
      await queue.send(request('r2'));
      expect(idsOf(await receive(1))).toEqual(['r2']);
      expect(await deadLetters()).toEqual([request('r1')]);
    });
  });
}

const launch = (orderId: string) => ({ schemaVersion: 1, orderId }) as const;
const drain = (claim: string) => ({ schemaVersion: 1, kind: 'DrainRequest', claim, hop: 0 }) as const;

export function describeLaunchQueueContract(name: string, make: Make<LaunchQueue>): void {
  describe(`launch queue: ${name}`, () => {
    standardQueue(make, launch);
  });
}

export function describeDrainQueueContract(name: string, make: Make<DrainQueue>): void {
  describe(`drain queue: ${name}`, () => {
    standardQueue(make, drain);
  });
}

function standardQueue<Message>(
  make: Make<{ send(message: Message, delayMs?: number): Promise<void> }>,
  message: (id: string) => Message,
): void {
  const bodies = (messages: readonly { readonly body: unknown }[]): unknown[] =>
    messages.map((each) => each.body);

  it('gives each message sent, the same one twice as well', async () => {
    const { queue, receive } = await make();
    for (const id of ['m1', 'm2', 'm1']) await queue.send(message(id));
    expect(bodies(await receive(BATCH))).toHaveLength(3);
  });

  it('gives other messages while some are in flight', async () => {
    const { queue, receive } = await make();
    await queue.send(message('m1'));
    await receive(BATCH);
    await queue.send(message('m2'));
    expect(bodies(await receive(BATCH))).toEqual([message('m2')]);
  });

  it('gives a message that was not deleted again, and one that was deleted never', async () => {
    const { queue, receive, delete: remove, pass } = await make();
    await queue.send(message('m1'));
    await receive(BATCH);
    await pass(VISIBILITY_MS - 1);
    expect(await receive(BATCH)).toEqual([]);
    await pass(1);
    const again = await receive(BATCH);
    expect(bodies(again)).toEqual([message('m1')]);
    for (const { receipt } of again) await remove(receipt);
    await pass(VISIBILITY_MS);
    expect(await receive(BATCH)).toEqual([]);
  });

  it('holds a delayed message back for its delay', async () => {
    const { queue, receive, pass } = await make();
    await queue.send(message('m1'), 14_001);
    await pass(14_000);
    expect(await receive(BATCH)).toEqual([]);
    await pass(1_000);
    expect(bodies(await receive(BATCH))).toEqual([message('m1')]);
  });

  it('refuses a delay of more than 15 minutes for good', async () => {
    const { queue } = await make();
    await expect(queue.send(message('m1'), 900_001)).rejects.toMatchObject({ retry: 'never' });
  });

  it('gives a released message again after the time asked for', async () => {
    const { queue, receive, release, pass } = await make();
    await queue.send(message('m1'));
    for (const { receipt } of await receive(BATCH)) await release(receipt, 60_000);
    await pass(VISIBILITY_MS);
    expect(await receive(BATCH)).toEqual([]);
    await pass(60_000 - VISIBILITY_MS);
    expect(bodies(await receive(BATCH))).toEqual([message('m1')]);
  });

  it('gives a message up after the last receive', async () => {
    const { queue, receive, deadLetters, pass } = await make();
    await queue.send(message('m1'));
    for (let receives = 0; receives < MAX_RECEIVES; receives += 1) {
      expect(await receive(BATCH)).toHaveLength(1);
      expect(await deadLetters()).toEqual([]);
      await pass(VISIBILITY_MS);
    }
    expect(await receive(BATCH)).toEqual([]);
    expect(await deadLetters()).toEqual([message('m1')]);
  });
}
