/** Refuses options that nothing can be counted or compared with. */
import {
  A_LIMIT,
  A_PRICE,
  AN_AMOUNT,
  isAmount,
  isLimit,
  isPrice,
  lengthOf,
  type Place,
  refuse,
} from './defect.ts';
import type { Flexibility, Objective } from './objective.ts';
import type { Problem } from './problem.ts';

interface Options {
  readonly objective: Objective;
  readonly iterations: number;
  readonly seed: number;
}

const place = (field: string): Place => ({ kind: 'options', index: -1, field });

/** Throws `InvalidProblem`, of the kind `options`, for the first thing that is wrong. */
export function checkOptions({ offerings }: Problem, { objective, iterations, seed }: Options): void {
  if (!isAmount(iterations)) refuse(place('iterations'), iterations, AN_AMOUNT);
  if (!isAmount(seed)) refuse(place('seed'), seed, AN_AMOUNT);
  const { surcharges, flexibility, headroomShare } = objective;
  for (const { name, perOffering } of surcharges) {
    lengthOf(perOffering, offerings.count, place(`surcharge ${name}`));
    for (const value of perOffering) if (!isPrice(value)) refuse(place(`surcharge ${name}`), value, A_PRICE);
  }
  checkFlexibility(flexibility);
  if (!(headroomShare >= 0 && headroomShare < 1))
    refuse(place('headroomShare'), headroomShare, 'a share from 0 up to, but not including, 1');
}

function checkFlexibility({ alternatives, within, share }: Flexibility): void {
  if (!isAmount(alternatives)) refuse(place('flexibility.alternatives'), alternatives, AN_AMOUNT);
  if (!isLimit(within)) refuse(place('flexibility.within'), within, A_LIMIT);
  if (!isPrice(share)) refuse(place('flexibility.share'), share, A_PRICE);
}
