import { describe, expect, it } from 'vitest';
import { InvalidProblem, MONEY_ALONE, type SolveOptions, solve } from '../../../lib/solver/index.ts';
import { aProblem } from '../../support/solver-builders.ts';

const FINE: SolveOptions = { solver: 'optimal', objective: MONEY_ALONE, iterations: 100, seed: 1 };

function defectOf(options: Partial<SolveOptions>) {
  try {
    solve(aProblem(), { ...FINE, ...options });
  } catch (error) {
    if (error instanceof InvalidProblem) return error.defect;
    throw error;
  }
  return undefined;
}

const objective = (part: Partial<SolveOptions['objective']>) => ({ objective: { ...MONEY_ALONE, ...part } });
const surcharge = (...amounts: number[]) =>
  objective({ surcharges: [{ name: 'fee', perOffering: Float64Array.from(amounts) }] });
const flexibility = (part: object) =>
  objective({ flexibility: { alternatives: 2, within: 0.1, share: 0.1, ...part } });

describe('options of the solver', () => {
  it('are let through when nothing is wrong with them', () => {
    expect(defectOf({})).toBeUndefined();
    expect(defectOf({ iterations: 0, seed: 0 })).toBeUndefined();
    expect(defectOf(surcharge(5))).toBeUndefined();
    expect(defectOf(flexibility({}))).toBeUndefined();
    expect(defectOf(objective({ headroomShare: 0.99 }))).toBeUndefined();
  });

  it.each<[string, Partial<SolveOptions>]>([
    ['iterations', { iterations: Number.NaN }],
    ['iterations', { iterations: Number.POSITIVE_INFINITY }],
    ['iterations', { iterations: -1 }],
    ['seed', { seed: -1.5 }],
    ['seed', { seed: Number.NaN }],
    ['surcharge fee.length', surcharge()],
    ['surcharge fee', surcharge(Number.NaN)],
    ['surcharge fee', surcharge(-500)],
    ['flexibility.alternatives', flexibility({ alternatives: 1.5 })],
    ['flexibility.within', flexibility({ within: Number.NaN })],
    ['flexibility.share', flexibility({ share: Number.NaN })],
    ['headroomShare', objective({ headroomShare: 1 })],
    ['headroomShare', objective({ headroomShare: Number.NaN })],
    ['headroomShare', objective({ headroomShare: -0.1 })],
  ])('are refused for a wrong %s: %o', (field, options) => {
    expect(defectOf(options)).toMatchObject({ kind: 'options', field });
  });
});
