import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortLikeGo } from '../../../lib/solver/unstable-sort.ts';

function sorted(keys: readonly number[]): number[] {
  const positions = Int32Array.from(keys.keys());
  sortLikeGo(positions, keys.length, Int32Array.from(keys));
  return Array.from(positions);
}

// What `sort.Slice` of Go 1.26 answers.
const ONE_THEN_ZEROS = [6, 12, 2, 3, 4, 5, 8, 13, 1, 9, 10, 11, 7, 0];

/** Length, number of distinct keys, and a digest of the order. Lists of 600 and more make bad pivots. */
const LONG_LISTS = [
  [30, 2, 366027],
  [49, 3, 526200],
  [60, 5, 578434],
  [200, 4, 287340],
  [600, 9, 127858],
  [900, 700, 338035],
  [1000, 2, 689030],
  [1000, 50, 932464],
] as const;

function longList(length: number, distinct: number): number[] {
  const isLow = (at: number) => length < 600 || at >= length - Math.floor(length / 10);
  return Array.from({ length }, (_, at) =>
    isLow(at) ? (at * at * 31 + at) % distinct : distinct + (at % 3),
  );
}

describe('sorting planned nodes as Go does', () => {
  it('keeps the order of equal keys in short lists', () => {
    expect(sorted([2, 1, 2, 1, 1])).toEqual([1, 3, 4, 0, 2]);
  });

  it('permutes equal keys of longer lists as sort.Slice does', () => {
    expect(sorted([1, ...Array.from({ length: 13 }, () => 0)])).toEqual(ONE_THEN_ZEROS);
  });

  it.each(LONG_LISTS)(
    'leaves %i entries with %i different keys in the order of sort.Slice',
    (length, distinct, digest) => {
      const order = sorted(longList(length, distinct));
      expect(order.reduce((sum, at) => (sum * 31 + at) % 1_000_003, 0)).toBe(digest);
    },
  );

  it('leaves a list in order alone', () => {
    const keys = Array.from({ length: 300 }, (_, at) => Math.floor(at / 7));
    expect(sorted(keys)).toEqual([...keys.keys()]);
  });

  it('orders every list by its keys and loses nothing', () => {
    void fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 }), (keys) => {
        const answer = sorted(keys);
        expect(answer.map((at) => keys[at])).toEqual([...keys].sort((a, b) => a - b));
        expect(new Set(answer).size).toBe(keys.length);
      }),
    );
  });
});
