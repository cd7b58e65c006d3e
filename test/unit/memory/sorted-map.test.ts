import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedMap } from '../../../lib/adapters/memory/sorted-map.ts';
import { compareText } from '../../../lib/model/stable-json.ts';

const key = fc.string({ unit: fc.constantFrom('a', 'b', '#', ' '), maxLength: 3 });
const operation = fc.record({ key, value: fc.option(fc.integer(), { nil: undefined }) });

describe('a sorted map', () => {
  it('lists what a map holds, by key, whatever was put, replaced and deleted', () => {
    fc.assert(
      fc.property(fc.array(operation), key, (operations, prefix) => {
        const sorted = new SortedMap<number>();
        const plain = new Map<string, number>();
        for (const { key: at, value } of operations) {
          sorted.list(prefix);
          if (value === undefined) {
            sorted.delete(at);
            plain.delete(at);
          } else {
            sorted.set(at, value);
            plain.set(at, value);
          }
        }
        const expected = [...plain]
          .filter(([at]) => at.startsWith(prefix))
          .sort(([a], [b]) => compareText(a, b))
          .map(([, value]) => value);
        expect(sorted.list(prefix)).toEqual(expected);
        expect(sorted.size).toBe(plain.size);
      }),
    );
  });

  it('gives the very same frozen list until something changes', () => {
    const sorted = new SortedMap<number>();
    sorted.set('a', 1);
    const first = sorted.list();
    expect(sorted.list()).toBe(first);
    expect(() => (first as number[]).push(2)).toThrow(TypeError);
    sorted.set('b', 2);
    expect(sorted.list()).toEqual([1, 2]);
    expect(first).toEqual([1]);
  });

  it('makes copies that change on their own', () => {
    const sorted = new SortedMap<number>();
    sorted.set('a', 1);
    const copy = sorted.copy();
    copy.set('b', 2);
    sorted.delete('a');
    expect([sorted.list(), copy.list()]).toEqual([[], [1, 2]]);
  });
});
