import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventHeap } from '../../../lib/simulator/event-heap.ts';
import { VirtualTime } from '../../../lib/simulator/virtual-time.ts';

describe('the event heap', () => {
  it('gives events by time, and those of one time in the order of pushing', () => {
    void fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const heap = new EventHeap();
        const order: number[] = [];
        for (const [index, timeMs] of times.entries()) heap.push({ timeMs, action: () => order.push(index) });
        for (let next = heap.pop(); next !== undefined; next = heap.pop()) next.action();
        const expected = times
          .map((timeMs, index) => ({ timeMs, index }))
          .sort((a, b) => a.timeMs - b.timeMs || a.index - b.index);
        expect(order).toEqual(expected.map(({ index }) => index));
      }),
    );
  });

  it('keeps its order when pushes and pops alternate', () => {
    void fc.assert(
      fc.property(fc.array(fc.option(fc.nat(9))), (steps) => {
        const heap = new EventHeap();
        const model: { timeMs: number; sequence: number }[] = [];
        for (const [sequence, timeMs] of steps.entries()) {
          if (timeMs !== null) {
            heap.push({ timeMs, action: () => undefined });
            model.push({ timeMs, sequence });
            continue;
          }
          model.sort((a, b) => a.timeMs - b.timeMs || a.sequence - b.sequence);
          expect(heap.pop()?.timeMs).toBe(model.shift()?.timeMs);
        }
        expect(heap.size).toBe(model.length);
      }),
    );
  });
});

describe('virtual time', () => {
  it('lets asynchronous code run as far as it can before the next event', async () => {
    const time = new VirtualTime(1_000);
    const seen: string[] = [];
    const work = async (name: string, steps: number): Promise<void> => {
      for (let step = 0; step < steps; step++) {
        await time.sleep(10);
        for (let turn = 0; turn < step * 5; turn++) await Promise.resolve();
        seen.push(`${name}${step}@${time.nowMs()}`);
      }
    };
    void work('a', 3);
    void work('b', 3);
    await time.run(2_000);
    expect(seen).toEqual(['a0@1010', 'b0@1010', 'a1@1020', 'b1@1020', 'a2@1030', 'b2@1030']);
    expect(time.nowMs()).toBe(2_000);
  });

  it('yields once even for a sleep of no time', async () => {
    const time = new VirtualTime(0);
    const seen: string[] = [];
    void time.sleep(-5).then(() => seen.push('slept'));
    seen.push('asked');
    await time.run(0);
    expect(seen).toEqual(['asked', 'slept']);
    expect(time.nowMs()).toBe(0);
  });

  it('lets asynchronous code run as far as it can after each of many events, across turns of the event loop', async () => {
    const time = new VirtualTime(0);
    const seen: string[] = [];
    for (let index = 0; index < 50; index++) {
      time.after(index, () => {
        seen.push(`event ${index}`);
        void (async () => {
          for (let turn = 0; turn < index; turn++) await Promise.resolve();
          seen.push(`after ${index}`);
        })();
      });
    }
    await time.run(100);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => `${at % 2 ? 'after' : 'event'} ${at >> 1}`));
  });

  it('stops at the very event after which it is done, and goes on from there', async () => {
    const time = new VirtualTime(0);
    let ran = 0;
    for (let index = 1; index <= 40; index++) time.after(index, () => void ran++);
    await time.run(100, () => ran === 3);
    await Promise.resolve();
    expect([ran, time.nowMs()]).toEqual([3, 3]);
    await time.run(39);
    expect([ran, time.nowMs()]).toEqual([39, 39]);
  });

  it('gives the error of an event and runs nothing after it', async () => {
    const time = new VirtualTime(0);
    let ran = 0;
    time.after(1, () => {
      throw new Error('broken');
    });
    time.after(2, () => void ran++);
    await expect(time.run(10)).rejects.toThrow('broken');
    expect([ran, time.nowMs()]).toEqual([0, 1]);
  });

  it('does not run what is due after its end', async () => {
    const time = new VirtualTime(0);
    let ran = 0;
    time.after(10, () => ran++);
    time.after(11, () => ran++);
    await time.run(10);
    expect(ran).toBe(1);
    await time.run(11);
    expect(ran).toBe(2);
  });
});
