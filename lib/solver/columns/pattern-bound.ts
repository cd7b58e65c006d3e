/**
 * The least that any valid plan can cost where nodes may be bought in parts but pods on a node are whole: stronger than
 * the fluid bound where few pods fit a node.
 */
import type { Budget } from '../optimal/budget.ts';
import type { Problem } from '../problem.ts';
import { Generator } from './generation.ts';
import { instanceOfProblem } from './of-problem.ts';

/** Classes of pods and kinds of free room; with more, the master programme takes longer than it is worth. */
const MOST_ROWS = 300;
const MOST_ROUNDS = 400;
/** Far above the rounding of the sums that the bound is made of, far below what money is rounded to. */
const SAFETY = 1e-10;

/**
 * Micro-USD per hour, `least` or more: no plan that `verify` accepts costs less if it places every pod that an empty new
 * node could take. `least` is a bound that is known; it is the answer where the problem is too large or the budget used up.
 */
export function patternBound(problem: Problem, least: number, budget: Budget): number {
  if (budget.left <= 0) return least;
  const instance = instanceOfProblem(problem, MOST_ROWS);
  if (instance === undefined) return least;
  const bound = new Generator(instance, budget).run(instance.demand, [], MOST_ROUNDS).bound * (1 - SAFETY);
  const isWhole = problem.offerings.price.every(Number.isInteger);
  return Math.max(least, isWhole ? Math.ceil(bound) : bound);
}
