import type { Mask } from './problem.ts';

/** An empty bitset for positions 0 … size − 1. */
export function createMask(size: number): Mask {
  return new Uint32Array((size + 31) >>> 5);
}

/** A bitset with every position 0 … size − 1. */
export function fullMask(size: number): Mask {
  const mask = createMask(size).fill(0xffffffff);
  if ((size & 31) !== 0) mask[mask.length - 1] = 0xffffffff >>> (32 - (size & 31));
  return mask;
}

export function maskOf(size: number, positions: Iterable<number>): Mask {
  const mask = createMask(size);
  for (const position of positions) setBit(mask, position);
  return mask;
}

export function setBit(mask: Mask, position: number): void {
  mask[position >>> 5]! |= 1 << (position & 31);
}

export function clearBit(mask: Mask, position: number): void {
  mask[position >>> 5]! &= ~(1 << (position & 31));
}

/** False for positions beyond the mask's size. */
export function hasBit(mask: Mask, position: number): boolean {
  return (((mask[position >>> 5] ?? 0) >>> (position & 31)) & 1) === 1;
}

/** Writes `a ∩ b` to `target`, which may be one of them, and says whether anything is in it. */
export function andInto(target: Mask, a: Mask, b: Mask): boolean {
  let any = 0;
  for (let word = 0; word < target.length; word++) {
    const both = a[word]! & b[word]!;
    target[word] = both;
    any |= both;
  }
  return any !== 0;
}

/** Adds the positions of `other` to `target`. */
export function orInto(target: Mask, other: Mask): void {
  for (let word = 0; word < target.length; word++) target[word]! |= other[word]!;
}

export function intersects(a: Mask, b: Mask): boolean {
  for (let word = 0; word < a.length; word++) if ((a[word]! & b[word]!) !== 0) return true;
  return false;
}

/** Whether every position of `a` is in `b`. */
export function isSubset(a: Mask, b: Mask): boolean {
  for (let word = 0; word < a.length; word++) if ((a[word]! & ~b[word]!) !== 0) return false;
  return true;
}

export function isSame(a: Mask, b: Mask): boolean {
  for (let word = 0; word < a.length; word++) if (a[word] !== b[word]) return false;
  return true;
}

export function isEmpty(mask: Mask): boolean {
  for (let word = 0; word < mask.length; word++) if (mask[word] !== 0) return false;
  return true;
}

/** Equal masks have equal hashes. */
export function hashOf(mask: Mask): number {
  let hash = mask.length;
  for (let word = 0; word < mask.length; word++)
    hash = Math.imul(hash ^ mask[word]!, 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}

export function countBits(mask: Mask): number {
  let count = 0;
  for (let word = 0; word < mask.length; word++) {
    for (let rest = mask[word]!; rest !== 0; rest &= rest - 1) count++;
  }
  return count;
}

/** The first position at or after `from`, or -1. `for (let i = nextBit(m, 0); i >= 0; i = nextBit(m, i + 1))` walks a mask. */
export function nextBit(mask: Mask, from: number): number {
  let word = from >>> 5;
  if (word >= mask.length) return -1;
  let rest = mask[word]! & (0xffffffff << (from & 31));
  while (rest === 0) {
    if (++word >= mask.length) return -1;
    rest = mask[word]!;
  }
  return (word << 5) + 31 - Math.clz32(rest & -rest);
}

/** Every position, ascending. For cold code: it builds an array. */
export function positionsOf(mask: Mask): number[] {
  const positions: number[] = [];
  for (let at = nextBit(mask, 0); at >= 0; at = nextBit(mask, at + 1)) positions.push(at);
  return positions;
}
