/**
 * The least that any valid plan can cost, from a relaxation in which pods are a fluid and nodes may be bought in parts.
 * Pool limits, topology over zones and minValues only ever make plans dearer and are left out, but for what they exclude
 * outright; the rules that `rows.ts` knows are put back. The solver's report measures plans against it.
 */
import type { Problem } from '../problem.ts';
import { type CoveringSolution, solveCovering } from './covering.ts';
import { joined, type Places, placesOf } from './crew.ts';
import { mixedBound } from './mixed-bound.ts';
import { type Candidate, candidateRows, type Row, resourcesOf, roomRow } from './rows.ts';

export interface FluidBound {
  /**
   * No plan that `verify` accepts costs less if it places every pod that an empty new node could take. For a plan that
   * leaves some of those out, ask about the problem without them. Pods that only bins could take need not be placed.
   */
  readonly lowerBoundMicroUsdPerHour: number;
  /**
   * R prices, micro-USD per unit: no new node carries pods worth more than its own price, but for those of reservations
   * that cost next to nothing. Zero for what the other resources bring along anyway.
   */
  readonly prices: Float64Array;
}

/** More rows than this are not needed at any optimum seen, and each costs a share of the time. */
const MAX_ROWS = 24;
const ROWS_PER_ROUND = 6;
const MAX_ROUNDS = 8;
/** By how much of its demand a row must be short to be worth adding. */
const SHORT = 1e-6;

export function fluidBound(problem: Problem): FluidBound {
  const prices = new Float64Array(problem.resources);
  const places = placesOf(problem);
  if (places.items.length === 0) return { lowerBoundMicroUsdPerHour: 0, prices };
  const all = joined(places.parts);
  const resources = resourcesOf(all);
  const base = resources.map((of) => roomRow(places, all, of));
  const fluid = solveRows(places, base);
  for (const [row, of] of resources.entries()) prices[of] = fluid.duals[row]!;
  const bound = Math.max(tightened(places, base, fluid), mixedBound(places, prices));
  return { lowerBoundMicroUsdPerHour: roundedUp(places, bound), prices };
}

/**
 * Adds the rows that the last answer is shortest of and solves again; when the rows become too many, those that do not
 * bind go. Each answer is a bound of its own, so the best one counts.
 */
function tightened(places: Places, base: readonly Row[], fluid: CoveringSolution): number {
  const candidates = candidateRows(places);
  let [rows, answer, best] = [base, fluid, fluid.objective];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (rows.length + ROWS_PER_ROUND > MAX_ROWS) {
      const { duals } = answer;
      rows = rows.filter((_, row) => duals[row]! > 0);
    }
    const added = shortest(places, candidates, answer.uses, Math.min(ROWS_PER_ROUND, MAX_ROWS - rows.length));
    if (added.length === 0) break;
    rows = [...rows, ...added];
    answer = solveRows(places, rows);
    best = Math.max(best, answer.objective);
  }
  return best;
}

/** The rows that these uses leave short, those first that it costs most to make up for; of equal ones the first. */
function shortest(places: Places, candidates: readonly Candidate[], uses: Float64Array, most: number): Row[] {
  const used = [...uses.keys()].filter((column) => uses[column]! > 0);
  const short = candidates
    .map((row, index) => {
      const supply = used.reduce((sum, column) => sum + uses[column]! * row.coefficient(column), 0);
      return { row, index, short: 1 - supply / row.demand };
    })
    .filter((one) => one.short > SHORT)
    .sort((a, b) => b.short * b.row.cost - a.short * a.row.cost || a.index - b.index);
  const chosen: Candidate[] = [];
  for (const { row } of short) {
    if (chosen.length >= most) break;
    if (!chosen.some((other) => isSameRow(places, row, other))) chosen.push(row);
  }
  return chosen;
}

function isSameRow({ columns }: Places, a: Candidate, b: Candidate): boolean {
  if (a.cost !== b.cost) return false;
  for (let column = 0; column < columns.count; column++) {
    if (a.coefficient(column) * b.demand !== b.coefficient(column) * a.demand) return false;
  }
  return true;
}

function solveRows({ columns }: Places, rows: readonly Row[]): CoveringSolution {
  const coefficients = new Float64Array(columns.count * rows.length);
  for (let column = 0, at = 0; column < columns.count; column++) {
    for (const { coefficient } of rows) coefficients[at++] = coefficient(column);
  }
  return solveCovering({
    rows: rows.length,
    columns: columns.count,
    cost: columns.price,
    coefficients,
    demand: Float64Array.from(rows, ({ demand }) => demand),
  });
}

/** Prices in whole micro-USD make every plan cost whole micro-USD. */
function roundedUp({ columns }: Places, bound: number): number {
  return columns.price.every((price) => Number.isInteger(price)) ? Math.ceil(bound) : bound;
}
