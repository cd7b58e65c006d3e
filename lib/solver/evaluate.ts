/**
 * What a plan costs by an objective, term by term; what a node would cost as one or another of its alternatives; and which
 * of two plans places the more important pods.
 */
import { type Objective, surchargeOf } from './objective.ts';
import type { Problem } from './problem.ts';
import type { SolverReport } from './report.ts';
import type { NewNode, Solution } from './solution.ts';

/** Micro-USD per hour of new nodes. */
export interface Evaluation {
  readonly money: number;
  /** Those that the objective asks for; they and the money make up the total. */
  readonly terms: SolverReport['terms'];
  readonly total: number;
}

/** `prices` are what a unit of each resource is worth, at least one entry per column of the problem. */
export function objectiveOf(
  problem: Problem,
  objective: Objective,
  prices: Float64Array,
  { nodes, pricePerHour: money }: Solution,
): Evaluation {
  const tariff = new Tariff(problem, objective, prices);
  const { surcharges, flexibility, headroomShare } = objective;
  const sum = (of: (node: NewNode) => number) => nodes.reduce((total, node) => total + of(node), 0);
  const terms = surcharges.map(({ name, perOffering }) => ({
    name,
    perHour: sum(({ ranked }) => perOffering[ranked[0]!]!),
  }));
  if (flexibility.share > 0) {
    terms.push({ name: 'flexibility', perHour: sum(({ ranked }) => tariff.inflexibility(ranked, 0)) });
  }
  if (headroomShare > 0) {
    const worth = sum(({ ranked, requests }) => tariff.headroom(ranked[0]!, requests));
    terms.push({ name: 'headroom', perHour: 0 - worth });
  }
  return { money, terms, total: terms.reduce((total, { perHour }) => total + perHour, money) };
}

/**
 * Below zero where `a` places more of the important pods: at the highest priority at which they leave different numbers of
 * pods without a place. Zero where there is none.
 */
export function comparePlaced({ items }: Problem, a: Solution, b: Solution): number {
  const difference = new Map<number, number>();
  const count = ({ unplaced }: Solution, sign: number) => {
    for (const { item } of unplaced) {
      const { priority } = items[item]!;
      difference.set(priority, (difference.get(priority) ?? 0) + sign);
    }
  };
  count(a, 1);
  count(b, -1);
  const priorities = [...difference.keys()].filter((priority) => difference.get(priority) !== 0);
  if (priorities.length === 0) return 0;
  return difference.get(priorities.reduce((highest, priority) => Math.max(highest, priority)))!;
}

/** What nodes cost by an objective. */
export class Tariff {
  private readonly problem: Problem;
  private readonly objective: Objective;
  private readonly prices: Float64Array;
  private readonly surcharge: Float64Array;
  /** Per pool and variant, the prices of its spot offerings, ascending. */
  private readonly spotPrices = new Map<string, Float64Array>();

  constructor(problem: Problem, objective: Objective, prices: Float64Array) {
    this.problem = problem;
    this.objective = objective;
    this.prices = prices;
    this.surcharge = surchargeOf(problem, objective);
  }

  /** The objective of a node launched as `ranked[place]`. `used` are R amounts: its pods alone. */
  costOf(ranked: Int32Array, place: number, used: Float64Array): number {
    const { offerings, overheadGroups } = this.problem;
    const at = ranked[place]!;
    const overhead = overheadGroups[offerings.overheadGroup[at]!]!.requests;
    const cost = offerings.price[at]! + this.surcharge[at]! + this.inflexibility(ranked, place);
    return cost - this.headroom(at, used) + this.worthOf(overhead);
  }

  /** What a node costs for having fewer alternatives than it should, were it launched as `ranked[place]`. */
  inflexibility(ranked: Int32Array, place: number): number {
    const { alternatives, within, share } = this.objective.flexibility;
    const { price, purchase } = this.problem.offerings;
    const at = ranked[place]!;
    if (purchase[at] !== SPOT || share === 0 || alternatives < 2) return 0;
    const most = price[at]! * (1 + within);
    const wanted = Math.min(alternatives, this.spotOfferings(at, most));
    let present = 0;
    for (let next = place; next < ranked.length && present < wanted; next++, present++) {
      if (price[ranked[next]!]! > most) break;
    }
    return (share * price[at]! * (wanted - present)) / (alternatives - 1);
  }

  /** What the room is worth that an offering leaves beside R amounts. */
  headroom(at: number, requests: Float64Array): number {
    const { shapes, offerings } = this.problem;
    const from = offerings.shape[at]! * requests.length;
    const room = shapes.allocatable.subarray(from, from + requests.length);
    return this.worthOf(room) - this.worthOf(requests);
  }

  private worthOf(amounts: Float64Array): number {
    const { headroomShare } = this.objective;
    if (headroomShare === 0) return 0;
    let worth = 0;
    for (let column = 0; column < amounts.length; column++) worth += this.prices[column]! * amounts[column]!;
    return headroomShare * worth;
  }

  /** Spot offerings of the same pool and variant, at this one's price up to `most`. */
  private spotOfferings(at: number, most: number): number {
    const { price, pool, variant } = this.problem.offerings;
    const name = `${pool[at]}/${variant[at]}`;
    const prices = this.spotPrices.get(name) ?? this.spotPricesLike(at);
    this.spotPrices.set(name, prices);
    return countBelow(prices, most, true) - countBelow(prices, price[at]!, false);
  }

  private spotPricesLike(at: number): Float64Array {
    const { price, pool, variant, purchase } = this.problem.offerings;
    return price
      .filter(
        (_, other) => purchase[other] === SPOT && pool[other] === pool[at] && variant[other] === variant[at],
      )
      .sort();
  }
}

const SPOT = 1;

/** How many of ascending values are below a limit, or at it where that counts. */
function countBelow(values: Float64Array, limit: number, atLimit: boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < limit || (atLimit && values[middle] === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}
