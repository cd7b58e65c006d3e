import { describe, expect, it } from 'vitest';
import {
  andInto,
  clearBit,
  countBits,
  createMask,
  fullMask,
  hasBit,
  intersects,
  isEmpty,
  isSubset,
  maskOf,
  nextBit,
  orInto,
  positionsOf,
} from '../../../lib/solver/index.ts';

describe('masks', () => {
  it.each([0, 1, 31, 32, 33, 64, 100])('are full with exactly %i positions', (size) => {
    const mask = fullMask(size);
    expect(countBits(mask)).toBe(size);
    expect(positionsOf(mask)).toEqual(Array.from({ length: size }, (_, at) => at));
  });

  it('remember the positions set, also the highest bit of a word', () => {
    const mask = maskOf(70, [0, 31, 32, 63, 69]);
    expect(positionsOf(mask)).toEqual([0, 31, 32, 63, 69]);
    expect(hasBit(mask, 31)).toBe(true);
    expect(hasBit(mask, 30)).toBe(false);
    clearBit(mask, 31);
    expect(positionsOf(mask)).toEqual([0, 32, 63, 69]);
  });

  it('have nothing beyond their size', () => {
    expect(hasBit(fullMask(10), 4_000)).toBe(false);
    expect(nextBit(fullMask(10), 4_000)).toBe(-1);
  });

  it('intersect into a target and say whether anything is left', () => {
    const target = createMask(40);
    expect(andInto(target, maskOf(40, [1, 2, 39]), maskOf(40, [2, 39]))).toBe(true);
    expect(positionsOf(target)).toEqual([2, 39]);
    expect(andInto(target, target, maskOf(40, [1]))).toBe(false);
    expect(isEmpty(target)).toBe(true);
  });

  it('join, overlap and contain one another', () => {
    const a = maskOf(40, [1, 35]);
    const b = maskOf(40, [35]);
    expect(intersects(a, b)).toBe(true);
    expect(isSubset(b, a)).toBe(true);
    expect(isSubset(a, b)).toBe(false);
    orInto(b, maskOf(40, [1]));
    expect(positionsOf(b)).toEqual([1, 35]);
  });

  it('walk from any position', () => {
    const mask = maskOf(100, [3, 64, 99]);
    expect([nextBit(mask, 0), nextBit(mask, 4), nextBit(mask, 65), nextBit(mask, 100)]).toEqual([
      3, 64, 99, -1,
    ]);
  });
});
