import { greedy } from './greedy.ts';
import type { Problem } from './problem.ts';
import type { Solution } from './solution.ts';
import { verify } from './verify.ts';
import type { Violation } from './violation.ts';

/** The plan and what an independent check finds wrong with it: nothing, or the plan must not be acted on. */
export function solve(problem: Problem): { solution: Solution; violations: Violation[] } {
  const solution = greedy(problem);
  return { solution, violations: verify(problem, solution) };
}
