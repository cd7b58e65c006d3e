import { solveCovering } from '../lp/covering.ts';
import type { Reprice } from './construct.ts';
import type { Kinds } from './kinds.ts';

/** Resource prices from the fluid relaxation: no kind of node carries more worth than its cost, some carry just that. */
export function fluidPrices({ count, cost, room }: Kinds): Reprice {
  const covering = {
    rows: count === 0 ? 0 : room.length / count,
    columns: count,
    cost,
    coefficients: room,
  };
  return (demand) =>
    count === 0 ? new Float64Array(demand.length) : solveCovering({ ...covering, demand }).duals;
}
