import { greedy } from './greedy.ts';
import { MONEY_ALONE, type Objective } from './objective.ts';
import { bestOf } from './optimal/best-of.ts';
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

export function solve(problem: Problem, options: SolveOptions): Outcome {
  const baseline = greedy(problem);
  const { solution, winner, iterations } =
    options.solver === 'greedy'
      ? { solution: baseline, winner: 'greedy', iterations: 0 }
      : bestOf(problem, baseline, options.iterations);
  return {
    solution,
    violations: verify(problem, solution),
    report: {
      solver: options.solver,
      pricePerHour: solution.pricePerHour,
      baselinePerHour: baseline.pricePerHour,
      baselineUnplaced: baseline.unplaced.length,
      terms: [],
      winner,
      iterations,
      decidedFirst: [],
    },
  };
}
