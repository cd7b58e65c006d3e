import { randomInt } from 'node:crypto';
import type { Random } from '../../ports/random.ts';

export const systemRandom: Random = { below: (bound) => randomInt(bound) };
