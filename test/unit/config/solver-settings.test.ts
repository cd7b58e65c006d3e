import { describe, expect, it } from 'vitest';
import { problemsOfSolver, type SolverChoice } from '../../../functions/shared/solver-choice.ts';
import { solverSettingsSchema } from '../../../lib/config/solver-settings.ts';
import { DEFAULT_SOLVER_SETTINGS, MONEY_ALONE_SETTINGS } from '../../../lib/model/solver-settings.ts';

describe('settings of the solver', () => {
  it('have every default when nothing is written', () => {
    expect(solverSettingsSchema.parse({})).toEqual(DEFAULT_SOLVER_SETTINGS);
  });

  it('keep the defaults of what is not written, at every depth', () => {
    const written: SolverChoice = {
      seed: 7,
      objective: { nodeSize: { softMaxVcpu: 16 }, weights: { family: { m5: 1.1 } } },
    };
    const { objective } = DEFAULT_SOLVER_SETTINGS;
    expect(solverSettingsSchema.parse(written)).toEqual({
      ...DEFAULT_SOLVER_SETTINGS,
      seed: 7,
      objective: {
        ...objective,
        nodeSize: { ...objective.nodeSize, softMaxVcpu: 16 },
        weights: { family: { m5: 1.1 }, generation: {} },
      },
    });
  });

  it('can be money alone', () => {
    const written = { objective: MONEY_ALONE_SETTINGS };
    expect(solverSettingsSchema.parse(written).objective).toEqual(MONEY_ALONE_SETTINGS);
  });

  it('charge 20 GiB of gp3 for a node', () => {
    const monthly = (DEFAULT_SOLVER_SETTINGS.objective.nodeFeeMicroUsdPerHour * 730) / 1e6;
    expect(monthly).toBeCloseTo(1.6, 3);
  });

  it.each([
    [{ solver: 'fast' }, 'solver: want optimal or greedy, not "fast"'],
    [{ iterations: 1.5 }, 'iterations: want a whole number from 0 to 100000000'],
    [{ iterations: Number.NaN }, 'iterations: want a whole number from 0 to 100000000, not NaN'],
    [{ iterations: '10' }, 'iterations: want a whole number from 0 to 100000000, not "10"'],
    [{ seed: -1 }, 'seed: want a whole number from 0'],
    [{ objective: { nodeFeeMicroUsdPerHour: -1 } }, 'objective.nodeFeeMicroUsdPerHour: want a whole number'],
    [{ objective: { nodeSize: { share: Infinity } } }, 'objective.nodeSize.share: want a number from 0'],
    [{ objective: { flexibility: { share: 1 } } }, 'objective.flexibility.share: want a number from 0 up to'],
    [{ objective: { headroom: { share: 1 } } }, 'objective.headroom.share: want a number from 0 up to'],
    [{ objective: { headroom: { fullPods: 20 } } }, 'objective.headroom: fullPods must be below untilPods'],
    [
      { objective: { weights: { family: { m7i: 0.9 } } } },
      'objective.weights.family.m7i: want a number from 1 to 10: to prefer a family, weigh the others',
    ],
    [
      { objective: { weights: { family: 'm5' } } },
      'objective.weights.family: want an object of weights by name, such as {"m5":1.1}, not "m5"',
    ],
    [{ objective: { headrom: {} } }, 'objective: "headrom" is no setting; did you mean "headroom"?'],
    [
      { objective: { nodeSize: { vcpu: 1 } } },
      'objective.nodeSize: "vcpu" is no setting; want any of softMaxVcpu, share',
    ],
    [{ objective: 5 }, 'objective: want an object with any of nodeFeeMicroUsdPerHour, nodeSize'],
    ['greedy', 'want an object with any of solver, iterations, seed, objective, not "greedy"'],
    [[], 'want an object with any of solver, iterations, seed, objective, not []'],
  ])('refuse %o', (written, problem) => {
    expect(problemsOfSolver(written)).toEqual([expect.stringContaining(problem)]);
  });
});
