import { describe, expect, it } from 'vitest';
import { type FaultRates, NO_FAULTS } from '../../../lib/simulator/faults.ts';
import { AwaitPoints, Process } from '../../../lib/simulator/process.ts';
import { RandomStream } from '../../../lib/simulator/random.ts';
import { Trace } from '../../../lib/simulator/trace.ts';
import { VirtualTime } from '../../../lib/simulator/virtual-time.ts';

class Counter {
  value = 0;

  async add(amount: number): Promise<number> {
    this.value += amount;
    return this.value;
  }
}

function setUp(options: { crashAt?: number; rates?: Partial<FaultRates> } = {}) {
  const time = new VirtualTime(0);
  const deaths: string[] = [];
  const points = new AwaitPoints(options.crashAt);
  const process = new Process({
    name: 'p',
    time,
    trace: new Trace(time, undefined),
    points,
    random: new RandomStream(1, 'process'),
    rates: { ...NO_FAULTS, ...options.rates },
    outageOf: () => undefined,
    onDeath: (reason) => deaths.push(reason),
  });
  const counter = new Counter();
  const port = process.wrap('counter', counter, { minMs: 5, maxMs: 5 });
  return { time, points, deaths, counter, port, process };
}

/** Two calls, with everything that must not run in a process that died. */
async function twoCalls(port: Counter, log: string[]): Promise<void> {
  try {
    await port.add(1);
    log.push('first');
    await port.add(1);
    log.push('second');
  } finally {
    log.push('finally');
  }
}

describe('a process', () => {
  it('passes two await points per call and takes time for each', async () => {
    const { time, points, port, counter } = setUp();
    const log: string[] = [];
    void twoCalls(port, log);
    await time.run(1_000);
    expect(log).toEqual(['first', 'second', 'finally']);
    expect([points.passed, counter.value, time.events]).toEqual([4, 2, 4]);
  });

  it.each([
    [1, 0, [], 'crash before counter.add'],
    [2, 1, [], 'crash after counter.add'],
    [3, 1, ['first'], 'crash before counter.add'],
    [4, 2, ['first'], 'crash after counter.add'],
  ])(
    'that dies at point %i leaves %i effects and runs nothing more',
    async (crashAt, effects, seen, reason) => {
      const { time, port, counter, deaths } = setUp({ crashAt });
      const log: string[] = [];
      void twoCalls(port, log);
      await time.run(1_000);
      expect(log).toEqual(seen);
      expect(counter.value).toBe(effects);
      expect(deaths).toEqual([reason]);
    },
  );

  it('that is killed never comes back from a sleep or a call', async () => {
    const { time, port, process, counter } = setUp();
    const log: string[] = [];
    void process.sleep(100).then(() => log.push('slept'));
    time.after(50, () => process.kill('timeout'));
    await time.run(60);
    void port.add(1).then(() => log.push('added'));
    await time.run(1_000);
    expect([log, counter.value]).toEqual([[], 0]);
  });

  it('is refused before the effect, or loses the answer after it, with an error that may be retried', async () => {
    for (const [fault, effects] of [
      ['throttleBefore', 0],
      ['throttleAfter', 1],
    ] as const) {
      const { time, port, counter } = setUp({ rates: { [fault]: 10_000 } });
      const result = port.add(1).then(
        () => 'answered',
        (error: { retry: string }) => error.retry,
      );
      await time.run(1_000);
      await expect(result).resolves.toBe('same-request');
      expect(counter.value).toBe(effects);
    }
  });
});
