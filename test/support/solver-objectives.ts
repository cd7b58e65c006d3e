/** Random objectives: every soft term on its own and with the others. */

import type { GeneratorValue } from 'fast-check';
import * as fc from 'fast-check';
import type { Objective, Problem } from '../../lib/solver/index.ts';

export function randomObjective(gen: GeneratorValue, { offerings }: Problem): Objective {
  const int = (min: number, max: number) => gen(fc.integer, { min, max });
  const chance = (percent: number) => int(1, 100) <= percent;
  const surcharges = Array.from({ length: int(0, 2) }, (_, at) => ({
    name: `surcharge ${at}`,
    perOffering: Float64Array.from({ length: offerings.count }, () => int(0, 10)),
  }));
  return {
    surcharges,
    flexibility: {
      alternatives: int(0, 5),
      within: int(0, 100) / 100,
      share: chance(60) ? int(0, 50) / 100 : 0,
    },
    headroomShare: chance(50) ? int(0, 95) / 100 : 0,
  };
}
