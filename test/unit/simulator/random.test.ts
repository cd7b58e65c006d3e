import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../lib/simulator/random.ts';

const draws = (stream: RandomStream, count: number, bound: number): number[] =>
  Array.from({ length: count }, () => stream.below(bound));

describe('random streams', () => {
  it('give the same numbers for the same seed and name', () => {
    expect(draws(new RandomStream(7, 'boot'), 20, 1000)).toEqual(
      draws(new RandomStream(7, 'boot'), 20, 1000),
    );
  });

  it('differ by seed and by name', () => {
    const base = draws(new RandomStream(7, 'boot'), 20, 1000);
    expect(draws(new RandomStream(8, 'boot'), 20, 1000)).not.toEqual(base);
    expect(draws(new RandomStream(7, 'market'), 20, 1000)).not.toEqual(base);
  });

  it('draw every value of a range about equally often', () => {
    const stream = new RandomStream(1, 'uniform');
    const counts = new Array<number>(6).fill(0);
    for (const value of draws(stream, 60_000, 6)) counts[value] = (counts[value] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('include both ends of a range', () => {
    const stream = new RandomStream(1, 'ends');
    const values = new Set(Array.from({ length: 200 }, () => stream.between(3, 5)));
    expect([...values].sort()).toEqual([3, 4, 5]);
  });

  it('never meet a rate of zero and always one of ten thousand', () => {
    const stream = new RandomStream(1, 'rates');
    const hits = (rate: number): number =>
      Array.from({ length: 500 }, () => stream.chance(rate)).filter(Boolean).length;
    expect(hits(0)).toBe(0);
    expect(hits(10_000)).toBe(500);
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1])('refuse the bound %s', (bound) => {
    expect(() => new RandomStream(1, 'bounds').below(bound)).toThrow(RangeError);
  });
});
