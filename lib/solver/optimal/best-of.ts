/**
 * The portfolio: a dozen constructions that choose differently, of which the cheapest that the verifier accepts wins; the
 * greedy's plan where none is better.
 */
import type { Problem } from '../problem.ts';
import type { Solution } from '../solution.ts';
import { verify } from '../verify.ts';
import { fillBins } from './bins.ts';
import { Budget } from './budget.ts';
import { construct, type Variant } from './construct.ts';
import { decode } from './decode.ts';
import { isPlain } from './lots.ts';
import type { Packing } from './model.ts';
import { demandOf, modelOf } from './model-of.ts';

export interface Best {
  readonly solution: Solution;
  /** The variant's name, or `greedy`. */
  readonly winner: string;
  /** Fills of a node that were done. */
  readonly iterations: number;
}

const EVEN: Variant = { name: 'even', mix: 1, big: 0.06, waste: 0, sizeCap: 1, run: 0.02, looks: 16 };
const LOOSE: Variant = { ...EVEN, name: 'loose', mix: 1.5 };
const WIDE: Variant = { ...EVEN, name: 'wide', mix: 3, big: 1, run: 0.1 };
const FREE: Variant = { ...EVEN, name: 'free', mix: 6, big: 1, run: 0.1 };

/** In the order in which they are tried: the quick ones first, so that a short budget has had some. */
export const PORTFOLIO: readonly Variant[] = [
  WIDE,
  FREE,
  { ...LOOSE, name: 'loose, runs', mix: 2, run: 0.25 },
  { ...FREE, name: 'free, runs', run: 0.25 },
  { ...EVEN, name: 'even, runs', run: 0.25 },
  EVEN,
  LOOSE,
  { ...WIDE, name: 'wide, step by step', mix: 2, run: 0.02 },
  { ...EVEN, name: 'even, all sizes', big: 1, run: 0.1 },
  { ...FREE, name: 'no mix', mix: Number.POSITIVE_INFINITY },
  { ...EVEN, name: 'even, half the size', sizeCap: 0.5, run: 0.1 },
  { ...LOOSE, name: 'loose, waste as money', waste: 0.3, run: 0.1 },
];

/**
 * Never worse than `greedy`: it leaves no pod that the greedy places, and for the same pods costs no more.
 * `iterations` limits the fills. Problems with an item that is not plain keep the
 * greedy's plan.
 */
export function bestOf(problem: Problem, greedy: Solution, iterations: number): Best {
  const stay = (done: number): Best => ({ solution: greedy, winner: 'greedy', iterations: done });
  if (problem.items.length === 0 || !problem.items.every(isPlain)) return stay(0);
  const { model, reprice } = modelOf(problem);
  const bins = fillBins(model, reprice(demandOf(problem)));
  const budget = new Budget(iterations);
  const candidates: { variant: Variant; built: Packing }[] = [];
  for (const variant of PORTFOLIO) {
    if (budget.left <= 0) break;
    const built = construct(model, bins.remaining, reprice, variant, budget);
    if (built) candidates.push({ variant, built });
  }
  const { done } = budget;
  // The sort is stable, so the portfolio's order breaks ties.
  candidates.sort((a, b) => a.built.unplaced - b.built.unplaced || a.built.cost - b.built.cost);
  for (const { variant, built } of candidates) {
    const solution = decode(model, bins, built, greedy.unplaced);
    if (!solution || !isBetter(solution, greedy) || verify(problem, solution).length > 0) continue;
    return { solution, winner: variant.name, iterations: done };
  }
  return stay(done);
}

const isBetter = (one: Solution, other: Solution): boolean =>
  one.unplaced.length < other.unplaced.length ||
  (one.unplaced.length === other.unplaced.length && one.pricePerHour < other.pricePerHour);
