/**
 * The search for a better plan than the greedy's, phase by phase under one iteration budget: constructions on counters,
 * column generation where few pods fit a node, local search, a proof for tiny plans. What comes out is decoded and
 * completed; the best plan that keeps every rule wins, at worst the greedy's own.
 */
import { generate, paysOff } from '../columns/generate.ts';
import { patternBound } from '../columns/pattern-bound.ts';
import { comparePlaced, objectiveOf } from '../evaluate.ts';
import { proveSmall } from '../exact/prove-small.ts';
import { fluidBound } from '../lp/fluid-bound.ts';
import type { Objective } from '../objective.ts';
import type { Problem } from '../problem.ts';
import { rebuild } from '../rebuild/rebuild.ts';
import { improve } from '../search/improve.ts';
import type { Solution } from '../solution.ts';
import { verify } from '../verify.ts';
import { fillBins, type OnBins } from './bins.ts';
import type { Budget } from './budget.ts';
import { importantFirst, isRationed } from './by-priority.ts';
import { decidedProblem } from './decided.ts';
import { decode } from './decode.ts';
import { orderKeeper } from './in-queue-order.ts';
import { isPlain } from './lots.ts';
import type { Model, Packing } from './model.ts';
import { modelOf } from './model-of.ts';
import { type Candidate, portfolio } from './portfolio.ts';
import { type Tiers, tiersOf } from './tiers.ts';

export interface Optimised {
  readonly solution: Solution;
  /** Money: see `SolverReport.lowerBoundPerHour`. */
  readonly lowerBound: number;
  /** The phase and variant whose plan it is. */
  readonly winner: string;
  /** Worth per unit of each resource, by which the objective counts headroom. */
  readonly prices: Float64Array;
  /** The plan by which everything between nodes was decided; absent where nothing better can be than the greedy's. */
  readonly decidedBy?: Solution;
  /** Whether the budget ended before all constructions were tried. */
  readonly isCut: boolean;
}

/** Shares of what is left of the budget when a phase begins. The better bound has the rest. */
const CONSTRUCTIONS = 0.3;
const LEAST = 2_000;
const COLUMNS = 0.5;
const SEARCH = 0.7;
/** Packings that the local search starts from where the best one is farther than `FAR` from the bound. */
const STARTS = 2;
const FAR = 0.04;
const REBUILD = 0.5;
const PROOF = 0.5;
/** Closer to the bound than this, neither column generation nor a better bound is worth its time. */
const NEAR = 0.003;
/** Pods of a plan that is rebuilt. */
const MOST_REBUILT = 300;
/** Packings that are decoded and compared by what they really cost. */
const FINALISTS = 3;
/** Small plans are soon through. */
const MOVES_PER_NODE = 300;
/** A step of the proof is so many times cheaper than filling a node. */
const PROOF_STEPS = 50;

/** What every phase works on. */
interface Task {
  readonly problem: Problem;
  /** The plan by which everything between nodes is decided. */
  readonly decidedBy: Solution;
  readonly objective: Objective;
  readonly prices: Float64Array;
  readonly model: Model;
  /** Where limits bind. */
  readonly tiers?: Tiers;
  readonly onBins: OnBins;
  /** No packing that places all units has less cost than this. */
  readonly floor: number;
  readonly budget: Budget;
}

export function optimise(
  problem: Problem,
  baseline: Solution,
  objective: Objective,
  seed: number,
  budget: Budget,
): Optimised {
  const isScarce = isRationed(problem, baseline);
  const decidedBy = isScarce ? importantFirst(problem, baseline) : baseline;
  const decided = decidedProblem(problem, decidedBy);
  const { lowerBoundMicroUsdPerHour: lowerBound, prices } = fluidBound(decided);
  const winner = decidedBy === baseline ? 'greedy' : 'greedy by priority';
  const stay = { solution: decidedBy, lowerBound, winner, prices, isCut: false };
  if (isSettled(decidedBy, objective, lowerBound)) return stay;
  const model = modelOf(problem, decidedBy, objective, prices, isScarce);
  const tiers = isScarce ? tiersOf(model) : undefined;
  const onBins = fillBins(model, columnPrices(model, prices), tiers);
  // Headroom makes a kind cheaper by a share of what its room is worth, which is its price at most.
  const floor = lowerBound * (1 - objective.headroomShare);
  const task = {
    problem,
    decidedBy,
    objective,
    prices,
    model,
    ...(tiers && { tiers }),
    onBins,
    floor,
    budget,
  };
  const { packings, isCut } = searched(task, seed);
  const best = bestOf(task, { ...stay, decidedBy, isCut }, packings);
  return proven(task, rebuilt(task, best, seed), packings[0]?.packing);
}

/** Nothing is bought, or nothing cheaper can be and nothing but money counts. */
function isSettled({ nodes, unplaced, pricePerHour }: Solution, objective: Objective, bound: number) {
  if (unplaced.length > 0) return false;
  return nodes.length === 0 || (isMoneyAlone(objective) && pricePerHour <= bound);
}

const isMoneyAlone = ({ surcharges, flexibility, headroomShare }: Objective): boolean =>
  surcharges.length === 0 && flexibility.share === 0 && headroomShare === 0;

function columnPrices({ columns }: Model, prices: Float64Array): Float64Array {
  const padded = new Float64Array(columns);
  padded.set(prices);
  return padded;
}

/** The best packings, best first. */
function searched(task: Task, seed: number): { packings: Candidate[]; isCut: boolean } {
  const { model, tiers, onBins, floor, budget } = task;
  const { remaining } = onBins;
  // Without any construction there is nothing to search, so the first ones may take all of a small budget.
  const constructions = budget.part(Math.max(CONSTRUCTIONS, Math.min(1, LEAST / Math.max(1, budget.left))));
  let found: Candidate[] = [...portfolio(model, remaining, floor, constructions, tiers)];
  const isCut = constructions.left === 0;
  const distance = (found[0]?.packing.cost ?? Number.POSITIVE_INFINITY) / floor - 1;
  if (distance > NEAR) {
    const starts = found.map(({ packing }) => packing);
    const packing = generate(model, remaining, starts, budget.part(COLUMNS));
    if (packing) found = [...found, { packing, winner: 'column generation' }].sort(byCost);
  }
  found = [...improved(task, found, seed), ...found].sort(byCost);
  return { packings: found.slice(0, FINALISTS), isCut };
}

/** What the local search makes of the best packing; far from the bound, of others too, since where it ends depends on the start. */
function improved(
  { model, prices, floor, budget }: Task,
  found: readonly Candidate[],
  seed: number,
): Candidate[] {
  const [first] = found;
  if (!first || first.packing.cost <= floor) return [];
  const isFar = first.packing.cost > floor * (1 + FAR);
  return found.slice(0, isFar ? STARTS : 1).flatMap(({ packing: start, winner }) => {
    const moves = budget.part(isFar ? SEARCH / STARTS : SEARCH, 1, MOVES_PER_NODE * nodesOf(start));
    const packing = improve(model, start, columnPrices(model, prices), floor, seed, moves);
    return packing.cost < start.cost ? [{ packing, winner: `local search after ${winner}` }] : [];
  });
}

const nodesOf = ({ runs }: Packing): number => runs.reduce((sum, { times }) => sum + times, 0);

/** Sorting is stable: of equal ones the first stays first. */
const byCost = (a: Candidate, b: Candidate): number =>
  a.packing.unplaced - b.packing.unplaced || a.packing.cost - b.packing.cost;

/** The best valid plan among those of some packings and one that is known to be valid. */
function bestOf(task: Task, known: Optimised, packings: readonly Candidate[]): Optimised {
  const { problem, decidedBy, objective, prices, model, onBins } = task;
  const keepsOrder = orderKeeper(problem, decidedBy);
  let best = known;
  for (const { packing, winner } of packings) {
    const solution = decode(model, onBins, packing, decidedBy, objective, prices);
    if (!isBetter(task, solution, best.solution)) continue;
    if (verify(problem, solution).length === 0 && keepsOrder(solution)) {
      best = { ...best, solution, winner };
    }
  }
  return best;
}

function isBetter({ problem, objective, prices }: Task, one: Solution, other: Solution): boolean {
  const placed = comparePlaced(problem, one, other);
  if (placed !== 0) return placed < 0;
  const total = (solution: Solution) => objectiveOf(problem, objective, prices, solution).total;
  return total(one) < total(other);
}

/** Revises what the model held fixed, while whole plans are small enough to be packed again and again. */
function rebuilt(task: Task, found: Optimised, seed: number): Optimised {
  const { problem, objective, prices, floor, budget } = task;
  if (!isOpen(problem)) return found;
  const part = budget.part(REBUILD);
  const solution = rebuild(problem, found.solution, objective, prices, floor, seed, part);
  return solution === found.solution
    ? found
    : { ...found, solution, winner: `rebuilt after ${found.winner}` };
}

/** Whether anything was decided before the model was searched: rules between pods, bins, what limits are charged. */
function isOpen({ items, bins, pools, reservations }: Problem): boolean {
  if (items.reduce((sum, { order }) => sum + order.length, 0) > MOST_REBUILT) return false;
  const isLimited = pools.some(
    ({ limits, nodesLeft }) =>
      nodesLeft !== Number.POSITIVE_INFINITY || limits.some((limit) => limit !== Number.POSITIVE_INFINITY),
  );
  return isLimited || bins.length > 0 || reservations.length > 0 || !items.every(isPlain);
}

/** Raises the bound where that may pay, and takes the cheaper plan that a proof may find on its way. */
function proven(task: Task, found: Optimised, packing: Packing | undefined): Optimised {
  const { problem, decidedBy, model, onBins, budget } = task;
  const { solution } = found;
  const isAsDecided = hasSameLevels(solution, decidedBy);
  const decided = decidedProblem(problem, isAsDecided ? decidedBy : solution);
  let lowerBound = isAsDecided ? found.lowerBound : fluidBound(decided).lowerBoundMicroUsdPerHour;
  if (isAsDecided && solution.pricePerHour > lowerBound) {
    const { pricePerHour } = solution;
    const steps = budget.part(PROOF, PROOF_STEPS);
    const proof = proveSmall(decided, model, onBins.remaining, packing, pricePerHour, lowerBound, steps);
    lowerBound = proof.lowerBound;
    if (proof.packing) {
      const exact = [{ packing: proof.packing, winner: 'exact search' }];
      return { ...bestOf(task, found, exact), lowerBound };
    }
  }
  if (isNear(solution, lowerBound) || !packing || !paysOff(onBins.remaining, packing)) {
    return { ...found, lowerBound };
  }
  return { ...found, lowerBound: patternBound(decided, lowerBound, budget.part(1)) };
}

const isNear = ({ pricePerHour }: Solution, lowerBound: number): boolean =>
  pricePerHour <= lowerBound * (1 + NEAR);

/** Whether two plans place the same pods, each at the same relaxation level: what the bound is about. */
function hasSameLevels(one: Solution, other: Solution): boolean {
  if (one === other) return true;
  const levels = levelsOf(one);
  const others = levelsOf(other);
  if (levels.size !== others.size) return false;
  for (const [order, level] of levels) if (others.get(order) !== level) return false;
  return true;
}

function levelsOf({ nodes, onBins }: Solution): Map<number, number> {
  const levels = new Map<number, number>();
  for (const { placements } of nodes) for (const { order, level } of placements) levels.set(order, level);
  for (const { order, level } of onBins) levels.set(order, level);
  return levels;
}
