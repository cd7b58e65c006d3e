import { createMask, nextBit, setBit } from './mask.ts';
import type { Mask, Pool, Problem } from './problem.ts';

/** Whether a node of this pool may keep only these offerings. BestEffort pools accept fewer values than they ask for. */
export function minValuesMet(problem: Problem, pool: Pool, offerings: Mask): boolean {
  if (pool.minValuesPolicy === 'BestEffort') return true;
  return pool.minValues.every(({ key, min }) =>
    hasDistinct(problem.offerings.keyValue[key]!, offerings, min),
  );
}

function hasDistinct(values: Int32Array, offerings: Mask, min: number): boolean {
  let seen = createMask(64);
  let distinct = 0;
  for (let at = nextBit(offerings, 0); at >= 0 && distinct < min; at = nextBit(offerings, at + 1)) {
    const value = values[at]!;
    if (value < 0) continue;
    if (value >>> 5 >= seen.length) {
      const grown = createMask(2 * value + 32);
      grown.set(seen);
      seen = grown;
    }
    if (((seen[value >>> 5]! >>> (value & 31)) & 1) === 1) continue;
    setBit(seen, value);
    distinct++;
  }
  return distinct >= min;
}
