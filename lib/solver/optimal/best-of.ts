/**
 * The best plan of the portfolio that the verifier accepts; the greedy's where none is better.
 */
import { comparePlaced } from '../evaluate.ts';
import { fluidBound } from '../lp/fluid-bound.ts';
import { MONEY_ALONE } from '../objective.ts';
import type { Problem } from '../problem.ts';
import type { Solution } from '../solution.ts';
import { verify } from '../verify.ts';
import { fillBins } from './bins.ts';
import { Budget } from './budget.ts';
import { decode } from './decode.ts';
import { isPlain } from './lots.ts';
import { modelOf } from './model-of.ts';
import { portfolio } from './portfolio.ts';

export interface Best {
  readonly solution: Solution;
  /** The variant's name, or `greedy`. */
  readonly winner: string;
  /** Fills of a node that were done. */
  readonly iterations: number;
}

/**
 * Never worse than `greedy`: it places as many pods, those of high priority first, and where it
 * places no more it costs no more.
 * `iterations` limits the fills. Problems with an item that is not plain keep the
 * greedy's plan.
 */
export function bestOf(problem: Problem, greedy: Solution, iterations: number): Best {
  const stay = (done: number): Best => ({ solution: greedy, winner: 'greedy', iterations: done });
  if (problem.items.length === 0 || !problem.items.every(isPlain)) return stay(0);
  const { prices, lowerBoundMicroUsdPerHour } = fluidBound(problem);
  const model = modelOf(problem, greedy, MONEY_ALONE, prices);
  const bins = fillBins(model, prices);
  const budget = new Budget(iterations);
  if (budget.left <= 0) return stay(0);
  const entries = portfolio(model, bins.remaining, lowerBoundMicroUsdPerHour, budget);
  const { done } = budget;
  for (const { packing, winner } of entries) {
    const solution = decode(model, bins, packing, greedy, MONEY_ALONE, prices);
    if (!isBetter(problem, solution, greedy) || verify(problem, solution).length > 0) continue;
    return { solution, winner, iterations: done };
  }
  return stay(done);
}

function isBetter(problem: Problem, one: Solution, other: Solution): boolean {
  const placed = comparePlaced(problem, one, other);
  return placed < 0 || (placed === 0 && one.pricePerHour < other.pricePerHour);
}
