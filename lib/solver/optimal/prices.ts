import { solveCovering } from '../lp/covering.ts';
import type { Problem } from '../problem.ts';
import type { Reprice } from './construct.ts';
import { kindsOf } from './kinds.ts';

/** Resource prices from the fluid relaxation: no kind of node carries more worth than its price, some carry just that. */
export function fluidPrices(problem: Problem): Reprice {
  const kinds = kindsOf(problem, []);
  const covering = {
    rows: problem.resources,
    columns: kinds.count,
    cost: kinds.price,
    coefficients: kinds.room,
  };
  return (demand) => solveCovering({ ...covering, demand }).duals;
}
