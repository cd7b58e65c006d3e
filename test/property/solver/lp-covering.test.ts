import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Covering, solveCovering } from '../../../lib/solver/lp/covering.ts';

const loadHighs = createRequire(import.meta.url)('highs') as typeof import('highs').default;

const RUNS = { numRuns: 200 };

/** Rows of very different units, some coefficients missing, some columns free, costs that tie often. */
const coverings: fc.Arbitrary<Covering> = fc
  .record({ rows: fc.integer({ min: 1, max: 8 }), columns: fc.integer({ min: 1, max: 30 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      units: fc.array(fc.constantFrom(1, 1_000, 1_000_000), { minLength: rows, maxLength: rows }),
      cost: floats(columns, 0, 40),
      coefficients: floats(rows * columns, 0, 12),
      demand: floats(rows, 0, 500),
    }),
  )
  .map(({ units, rows, columns, cost, coefficients, demand }) => ({
    rows,
    columns,
    cost,
    coefficients: coefficients.map((value, at) => value * (units[at % rows] ?? 1)),
    demand: demand.map((value, row) => value * (units[row] ?? 1)),
  }));

function floats(length: number, min: number, max: number): fc.Arbitrary<Float64Array> {
  return fc
    .array(fc.integer({ min, max }), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values));
}

/** The programme in the text format of highs; every row has at least a term of zero. */
function textOf({ rows, columns, cost, coefficients, demand }: Covering): string {
  const sum = (of: (column: number) => number | undefined) =>
    Array.from({ length: columns }, (_, column) => `${of(column) ?? 0} y${column}`).join(' + ');
  const lines = Array.from(
    { length: rows },
    (_, row) => ` r${row}: ${sum((column) => coefficients[column * rows + row])} >= ${demand[row]}`,
  );
  return ['Minimize', ` cost: ${sum((column) => cost[column])}`, 'Subject To', ...lines, 'End'].join('\n');
}

describe('covering programmes against an exact solver', () => {
  let highs: Awaited<ReturnType<typeof loadHighs>>;
  beforeAll(async () => {
    highs = await loadHighs();
  });

  it('finds the same optimum, and knows what cannot be covered', () => {
    void fc.assert(
      fc.property(coverings, (covering) => {
        const exact = highs.solve(textOf(covering));
        const { objective, status } = solveCovering(covering);
        if (exact.Status === 'Infeasible') expect(status).toBe('uncoverable');
        else {
          expect(status).toBe('optimal');
          expect(Math.abs(objective - exact.ObjectiveValue)).toBeLessThanOrEqual(
            1e-6 * Math.max(1, exact.ObjectiveValue),
          );
        }
      }),
      RUNS,
    );
  });
});

describe('the certificate of a covering programme', () => {
  it('keeps the value of every column within its cost', () => {
    void fc.assert(
      fc.property(coverings, (covering) => {
        const { duals } = solveCovering(covering);
        for (let column = 0; column < covering.columns; column++) {
          const value = duals.reduce(
            (sum, dual, row) => sum + dual * (covering.coefficients[column * covering.rows + row] ?? 0),
            0,
          );
          expect(value).toBeLessThanOrEqual(covering.cost[column] ?? 0);
        }
        expect(duals.every((dual) => dual >= 0)).toBe(true);
      }),
      RUNS,
    );
  });

  it('comes with uses that cover the demand at the cost of the objective', () => {
    void fc.assert(
      fc.property(coverings, (covering) => {
        const { status, uses, objective } = solveCovering(covering);
        fc.pre(status === 'optimal');
        for (let row = 0; row < covering.rows; row++) {
          // A row that a free column covers costs nothing to cover, so the programme leaves it aside.
          const isFree = covering.cost.some(
            (cost, column) => cost === 0 && (covering.coefficients[column * covering.rows + row] ?? 0) > 0,
          );
          if (isFree) continue;
          const supply = uses.reduce(
            (sum, use, column) => sum + use * (covering.coefficients[column * covering.rows + row] ?? 0),
            0,
          );
          expect(supply).toBeGreaterThanOrEqual((covering.demand[row] ?? 0) * (1 - 1e-6));
        }
        const cost = uses.reduce((sum, use, column) => sum + use * (covering.cost[column] ?? 0), 0);
        expect(cost).toBeCloseTo(objective, 5);
      }),
      RUNS,
    );
  });
});
