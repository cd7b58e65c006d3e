/**
 * What a plan costs by an objective, term by term; what a node would cost as one or another of its alternatives; and which
 * of two plans places the more important pods.
 */
import { expectedAbove, isWanted, type Objective, surchargeOf, wantedOf } from './objective.ts';
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
  /** Per offering; made when the first spot node asks. */
  private wanted: Int32Array | undefined;

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

  /** What a node, launched as `ranked[place]`, is expected to cost above that offering's price. */
  inflexibility(ranked: Int32Array, place: number): number {
    const { flexibility } = this.objective;
    const { price, purchase } = this.problem.offerings;
    const at = ranked[place]!;
    if (purchase[at] !== SPOT || !isWanted(flexibility)) return 0;
    this.wanted ??= wantedOf(this.problem, flexibility);
    return expectedAbove(
      flexibility,
      this.wanted[at]!,
      price[at]!,
      (other) => price[ranked[place + other] ?? -1],
    );
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
}

const SPOT = 1;
