import { describe, expect, it } from 'vitest';
import { SqsFifoQueue } from '../../../lib/adapters/memory/sqs-fifo.ts';
import { SqsStandardQueue } from '../../../lib/adapters/memory/sqs-standard.ts';

const options = { name: 'q', visibilityMs: 30_000, maxReceives: 2 };

describe('receipts', () => {
  it('of an earlier receive can neither delete nor release', () => {
    const queue = new SqsStandardQueue<string>(options);
    queue.send(0, 'a');
    const [first] = queue.receive(0, 10);
    const [second] = queue.receive(30_000, 10);
    expect([first?.receiveCount, second?.receiveCount]).toEqual([1, 2]);
    expect(queue.release(first?.receipt ?? '', 0, 30_000)).toBe('stale');
    expect(queue.delete(first?.receipt ?? '')).toBe('stale');
    expect(queue.delete(second?.receipt ?? '')).toBe('deleted');
    expect(queue.size).toBe(0);
  });
});

describe('the time of the next receive', () => {
  it('is none for an empty queue', () => {
    expect(new SqsStandardQueue<string>(options).nextReceiveAtMs(5)).toBeUndefined();
    expect(new SqsFifoQueue<string>(options).nextReceiveAtMs(5)).toBeUndefined();
  });

  it('is that of the first visible message of a standard queue', () => {
    const queue = new SqsStandardQueue<string>(options);
    queue.send(0, 'late', 10_000);
    queue.send(0, 'soon', 2_000);
    expect(queue.nextReceiveAtMs(0)).toBe(2_000);
    expect(queue.nextReceiveAtMs(3_000)).toBe(3_000);
  });

  it('is that of the last message in flight of a FIFO queue', () => {
    const queue = new SqsFifoQueue<string>(options);
    queue.send(0, 'a', 'a');
    queue.send(0, 'b', 'b');
    const [a] = queue.receive(0, 10);
    queue.release(a?.receipt ?? '', 1_000, 0);
    expect(queue.nextReceiveAtMs(2_000)).toBe(30_000);
    expect(queue.receive(29_999, 10)).toEqual([]);
    expect(queue.receive(30_000, 10).map((message) => message.body)).toEqual(['a', 'b']);
  });

  it('is announced whenever it may have changed', () => {
    const queue = new SqsStandardQueue<string>(options);
    let calls = 0;
    queue.subscribe(() => {
      calls += 1;
    });
    queue.send(0, 'a');
    const [a] = queue.receive(0, 10);
    queue.release(a?.receipt ?? '', 0, 0);
    queue.delete(a?.receipt ?? '');
    expect(calls).toBe(3);
  });
});

describe('messages', () => {
  it('are kept as they were sent', () => {
    const queue = new SqsStandardQueue<{ text: string }>(options);
    const body = { text: 'a' };
    queue.send(0, body);
    body.text = 'b';
    expect(queue.receive(0, 1)[0]?.body).toEqual({ text: 'a' });
  });

  it('that are exhausted count in the queue until someone looks, and are dead letters then', () => {
    const queue = new SqsFifoQueue<string>(options);
    queue.send(0, 'a', 'a');
    queue.receive(0, 1);
    queue.receive(30_000, 1);
    expect(queue.receive(59_999, 1)).toEqual([]);
    expect(queue.deadLetters).toEqual([]);
    expect(queue.receive(60_000, 1)).toEqual([]);
    expect(queue.deadLetters).toEqual(['a']);
    expect(queue.size).toBe(0);
  });
});
