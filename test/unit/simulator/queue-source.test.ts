import { describe, expect, it } from 'vitest';
import { SqsFifoQueue } from '../../../lib/adapters/memory/sqs-fifo.ts';
import { SqsStandardQueue } from '../../../lib/adapters/memory/sqs-standard.ts';
import { type FaultRates, NO_FAULTS } from '../../../lib/simulator/faults.ts';
import type { Outcome } from '../../../lib/simulator/functions/function-host.ts';
import { QueueSource } from '../../../lib/simulator/functions/queue-source.ts';
import { RandomStream } from '../../../lib/simulator/random.ts';
import { Trace } from '../../../lib/simulator/trace.ts';
import { VirtualTime } from '../../../lib/simulator/virtual-time.ts';

const VISIBILITY_MS = 65_000;
const QUEUE = { name: 'q', visibilityMs: VISIBILITY_MS, maxReceives: 3 };

/** A queue whose function ends each invocation with the next of `outcomes`, then returns. */
function setUp(options: { fifo?: boolean; outcomes?: Outcome[]; rates?: Partial<FaultRates> } = {}) {
  const time = new VirtualTime(0);
  const fifo = new SqsFifoQueue<string>(QUEUE);
  const standard = new SqsStandardQueue<string>(QUEUE);
  const outcomes = [...(options.outcomes ?? [])];
  const seen: { readonly atMs: number; readonly bodies: readonly string[] }[] = [];
  new QueueSource<string>({
    name: 'q',
    queue: options.fifo === true ? fifo : standard,
    batchSize: 10,
    time,
    trace: new Trace(time, undefined),
    random: new RandomStream(1, 'queue'),
    rates: { ...NO_FAULTS, ...options.rates },
    maxDelayMs: 30_000,
    invoke: (bodies, done) => {
      seen.push({ atMs: time.nowMs(), bodies });
      done(outcomes.shift() ?? { kind: 'returned' });
    },
  });
  return { time, fifo, standard, seen };
}

const died: Outcome = { kind: 'died', reason: 'crash' };

describe('an event source', () => {
  it('delivers a batch and deletes it when the function returned', async () => {
    const { time, standard, seen } = setUp();
    standard.send(0, 'a');
    standard.send(0, 'b');
    await time.run(10 * VISIBILITY_MS);
    expect(seen.map(({ bodies }) => bodies)).toEqual([['a', 'b']]);
    expect(standard.size).toBe(0);
  });

  it('brings a message back after its visibility when the function died', async () => {
    const { time, standard, seen } = setUp({ outcomes: [died] });
    standard.send(0, 'a');
    await time.run(10 * VISIBILITY_MS);
    expect(seen).toHaveLength(2);
    const [first, second] = seen.map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(VISIBILITY_MS);
  });

  it('brings a message back soon when the function threw', async () => {
    const { time, standard, seen } = setUp({ outcomes: [{ kind: 'threw', error: new Error('busy') }] });
    standard.send(0, 'a');
    await time.run(10_000);
    expect(seen).toHaveLength(2);
    expect(standard.size).toBe(0);
  });

  it('gives up after the most receives and keeps the message as a dead letter', async () => {
    const { time, standard, seen } = setUp({ outcomes: [died, died, died, died] });
    standard.send(0, 'a');
    await time.run(20 * VISIBILITY_MS);
    expect(seen).toHaveLength(3);
    expect(standard.deadLetters).toEqual(['a']);
  });

  it('delivers twice when the delete is lost', async () => {
    const { time, standard, seen } = setUp({ rates: { duplicate: 10_000 } });
    standard.send(0, 'a');
    await time.run(1.5 * VISIBILITY_MS);
    expect(seen.map(({ bodies }) => bodies)).toEqual([['a'], ['a']]);
  });

  it('holds a FIFO group back while one of its messages is in flight', async () => {
    const { time, fifo, seen } = setUp({ fifo: true, outcomes: [died] });
    fifo.send(0, 'a', 'a');
    time.after(1_000, () => fifo.send(time.nowMs(), 'b', 'b'));
    await time.run(10 * VISIBILITY_MS);
    expect(seen.map(({ bodies }) => bodies)).toEqual([['a'], ['a', 'b']]);
  });
});
