/**
 * The simulator's randomness: sfc32 (Chris Doty-Humphrey's small fast counter generator, 128 bits of state) on 32-bit
 * integers, so that every machine draws the same numbers. Streams are named: a component that draws once more does not
 * shift what another one draws.
 */
import { createHash } from 'node:crypto';
import type { Random } from '../ports/random.ts';

const TWO_TO_32 = 2 ** 32;

export class RandomStream implements Random {
  readonly #state: Uint32Array;

  /** Equal seed and name give equal numbers. */
  constructor(seed: number, name: string) {
    const digest = createHash('sha256').update(`${seed}/${name}`).digest();
    this.#state = Uint32Array.from([0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)));
  }

  below(bound: number): number {
    if (!Number.isInteger(bound) || bound <= 0 || bound > TWO_TO_32) {
      throw new RangeError(`bound ${bound} must be an integer from 1 to 2^32`);
    }
    // Draws at or above the largest multiple of the bound are thrown away, so that every value is equally likely.
    const limit = TWO_TO_32 - (TWO_TO_32 % bound);
    for (;;) {
      const draw = this.#next();
      if (draw < limit) return draw % bound;
    }
  }

  /** Uniform integer in `[min, max]`. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True in `perTenThousand` of 10,000 cases. A rate of zero draws nothing. */
  chance(perTenThousand: number): boolean {
    return perTenThousand > 0 && this.below(10_000) < perTenThousand;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.below(items.length)];
  }

  #next(): number {
    const state = this.#state;
    const [a, b, c, counter] = state as unknown as readonly [number, number, number, number];
    const result = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + result;
    state[3] = counter + 1;
    return result;
  }
}
