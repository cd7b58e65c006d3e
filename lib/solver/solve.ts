import { checkProblem } from './check.ts';
import { checkOptions } from './check-options.ts';
import { objectiveOf } from './evaluate.ts';
import { greedy } from './greedy.ts';
import { MONEY_ALONE, type Objective } from './objective.ts';
import { Budget } from './optimal/budget.ts';
import { decidedFirst } from './optimal/decided-first.ts';
import { optimise } from './optimal/optimise.ts';
import type { Problem } from './problem.ts';
import type { SolverReport } from './report.ts';
import type { Solution } from './solution.ts';
import { verify } from './verify.ts';
import type { Violation } from './violation.ts';

export interface SolveOptions {
  readonly solver: 'greedy' | 'optimal';
  readonly objective: Objective;
  /** How much may be tried; see `Budget`. */
  readonly iterations: number;
  /** Draws of the local search. The same seed gives the same plan. */
  readonly seed: number;
  /** Asked now and then; when true the best plan so far is the answer, at worst the greedy's. */
  readonly shouldStop?: () => boolean;
}

export const GREEDY: SolveOptions = { solver: 'greedy', objective: MONEY_ALONE, iterations: 0, seed: 1 };

export interface Outcome {
  readonly solution: Solution;
  /** What an independent check finds wrong with it: nothing, or the plan must not be acted on. */
  readonly violations: readonly Violation[];
  readonly report: SolverReport;
}

/**
 * The best plan found within the budget: never worse than Karpenter's greedy, first in the pods that it leaves out, those
 * of high priority before others, then in the objective. Throws `InvalidProblem` for what `checkProblem` or `checkOptions` refuses.
 */
export function solve(problem: Problem, options: SolveOptions): Outcome {
  checkProblem(problem);
  checkOptions(problem, options);
  const baseline = greedy(problem);
  const found = options.solver === 'greedy' ? undefined : optimised(problem, baseline, options);
  const { solution, ...how } = found ?? { solution: baseline, winner: 'greedy', iterations: 0 };
  return {
    solution,
    violations: verify(problem, solution),
    report: {
      solver: options.solver,
      pricePerHour: solution.pricePerHour,
      baselinePerHour: baseline.pricePerHour,
      baselineUnplaced: baseline.unplaced.length,
      terms: [],
      decidedFirst: [],
      ...how,
    },
  };
}

/** Small plans are soon as good as they get, and come every few seconds: more iterations than these are not done. */
const LEAST = 2_000;
const PER_POD = 40;

const podsIn = ({ items }: Problem): number => items.reduce((sum, { order }) => sum + order.length, 0);

type Found = { readonly solution: Solution } & Omit<
  SolverReport,
  'solver' | 'pricePerHour' | 'baselinePerHour' | 'baselineUnplaced'
>;

function optimised(problem: Problem, baseline: Solution, options: SolveOptions): Found {
  const { objective, iterations, seed, shouldStop } = options;
  const budget = new Budget(Math.min(iterations, LEAST + PER_POD * podsIn(problem)), shouldStop);
  const { solution, lowerBound, winner, prices, isCut, decidedBy } = optimise(
    problem,
    baseline,
    objective,
    seed,
    budget,
  );
  const atMostPerHour = Math.max(0, solution.pricePerHour - lowerBound);
  const cut = cutOf(budget, iterations, isCut);
  return {
    solution,
    lowerBoundPerHour: lowerBound,
    terms: objectiveOf(problem, objective, prices, solution).terms,
    winner,
    iterations: Math.round(budget.done),
    ...(cut !== undefined && { cut }),
    decidedFirst: decidedBy ? decidedFirst(problem, decidedBy).map((one) => ({ ...one, atMostPerHour })) : [],
  };
}

function cutOf({ stopped }: Budget, iterations: number, isCut: boolean): string | undefined {
  if (stopped) return 'it was stopped';
  return isCut ? `its ${iterations} iterations ended before every construction was tried` : undefined;
}
