import { describe, expect, it } from 'vitest';
import { type Covering, solveCovering } from '../../../lib/solver/lp/covering.ts';

/** Columns as lists of coefficients with a cost. */
function aCovering(
  demand: readonly number[],
  columns: readonly (readonly [cost: number, ...coefficients: number[]])[],
): Covering {
  return {
    rows: demand.length,
    columns: columns.length,
    demand: Float64Array.from(demand),
    cost: Float64Array.from(columns, ([cost]) => cost),
    coefficients: Float64Array.from(columns.flatMap(([, ...coefficients]) => coefficients)),
  };
}

describe('covering programmes worked by hand', () => {
  it('takes the column with the most for its cost where there is one row', () => {
    const { objective, duals, uses, status } = solveCovering(
      aCovering(
        [12],
        [
          [5, 2],
          [6, 3],
        ],
      ),
    );
    expect(status).toBe('optimal');
    expect(objective).toBeCloseTo(24, 8);
    expect(duals[0]).toBeCloseTo(2, 8);
    expect([...uses]).toEqual([0, expect.closeTo(4, 8)]);
  });

  it('mixes columns where that is cheaper than either', () => {
    // One of each gives 3 and 3 for 2; three of either alone give as much for 3.
    const { objective, duals } = solveCovering(
      aCovering(
        [3, 3],
        [
          [1, 1, 2],
          [1, 2, 1],
        ],
      ),
    );
    expect(objective).toBeCloseTo(2, 8);
    expect([...duals]).toEqual([expect.closeTo(1 / 3, 8), expect.closeTo(1 / 3, 8)]);
  });

  it('gives no price to what comes along anyway', () => {
    const { objective, duals } = solveCovering(aCovering([10, 1], [[3, 1, 1]]));
    expect(objective).toBeCloseTo(30, 8);
    expect(duals[1]).toBe(0);
  });

  it('gives no price to what a column of no cost covers', () => {
    const { objective, duals } = solveCovering(
      aCovering(
        [10, 4],
        [
          [0, 1, 0],
          [3, 1, 1],
        ],
      ),
    );
    expect(objective).toBeCloseTo(12, 8);
    expect(duals[0]).toBe(0);
  });

  it('costs nothing where nothing is asked', () => {
    expect(solveCovering(aCovering([0, -5], [[3, 1, 1]]))).toMatchObject({ objective: 0, status: 'optimal' });
    expect(solveCovering(aCovering([], []))).toMatchObject({ objective: 0, status: 'optimal' });
  });

  it('says what no column covers', () => {
    expect(solveCovering(aCovering([1, 1], [[3, 1, 0]])).status).toBe('uncoverable');
    expect(solveCovering(aCovering([1], [])).status).toBe('uncoverable');
  });

  it('comes to an end where all columns tie', () => {
    const ties = Array.from({ length: 12 }, (_, at) => {
      const coefficients = Array.from({ length: 12 }, (_unused, row) =>
        row === at || row === (at + 1) % 12 ? 1 : 0,
      );
      return [1, ...coefficients] as const;
    });
    const { objective, status } = solveCovering(
      aCovering(
        Array.from({ length: 12 }, () => 1),
        ties,
      ),
    );
    expect(status).toBe('optimal');
    expect(objective).toBeCloseTo(6, 8);
  });

  it('solves amounts of bytes beside amounts of pods', () => {
    const gibibyte = 2 ** 30;
    const { objective } = solveCovering(
      aCovering(
        [3_000, 640 * gibibyte, 400],
        [
          [40_000, 16_000, 32 * gibibyte, 110],
          [50_000, 16_000, 64 * gibibyte, 110],
        ],
      ),
    );
    expect(objective).toBeCloseTo(500_000, 2);
  });
});
