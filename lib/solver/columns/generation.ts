/**
 * Column generation after Gilmore and Gomory: the master says what a unit of each class is worth, the search looks for
 * patterns worth more than their node costs, until there is none. On the way every set of values gives a lower bound
 * (Farley's): scaled so that no node carries more worth than its cost, the demand's worth is below every plan's cost.
 */
import type { Budget } from '../optimal/budget.ts';
import { type Instance, mostAlone, type Pattern, worthwhileKinds } from './instance.ts';
import { Master, type Supply } from './master.ts';
import { PatternSearch } from './search.ts';

export interface Generated {
  /** No set of patterns that places the demand costs less. Not negative. */
  readonly bound: number;
  /** What the best mix of known patterns costs. */
  readonly cost: number;
  /** Known patterns and how often each is used. */
  readonly patterns: readonly Pattern[];
  readonly uses: Float64Array;
  readonly rounds: number;
}

/** The share of the best values so far in those that are priced next: smooth values need fewer rounds. */
const SMOOTHING = 0.5;
/** Within so much of the bound the patterns are good enough. */
const CLOSE = 1e-6;
/** A pattern must be worth so much more than it costs to be added. */
const GAIN = 1e-7;
/** How far above its cost a kind's patterns are searched for, as a share of the best excess so far. */
const LOOK_DOWN = 0.3;
const MOST_PIVOTS = 3_000;
/** Branches that count as one iteration of the budget. */
const BRANCHES_PER_ITERATION = 200;
/** Shares of room that the fluid knapsack looks at in one iteration of the budget. */
const SHARES_PER_ITERATION = 200_000;

/** The kinds in question with the search over them: made once for an instance, whatever the demand. */
export class Generator {
  private readonly instance: Instance;
  private readonly search: PatternSearch;
  /** Kinds without limit, and those of which there are only so many. */
  private readonly endless: readonly number[];
  private readonly supplies: readonly Supply[];
  /** Per class, the most of it alone on the kind where a unit comes cheapest. */
  private readonly singles: readonly Pattern[];
  private readonly budget: Budget;

  constructor(instance: Instance, budget: Budget) {
    const kinds = worthwhileKinds(instance);
    const isEndless = (kind: number) => instance.supply[kind] === Number.POSITIVE_INFINITY;
    this.instance = instance;
    this.search = new PatternSearch(instance);
    this.endless = kinds.filter(isEndless);
    this.supplies = kinds
      .filter((kind) => !isEndless(kind))
      .map((kind) => ({ kind, times: instance.supply[kind]! }));
    this.singles = singlesOf(instance, this.endless);
    this.budget = budget;
  }

  /** `demand` per class: not negative, and no more than the instance's. */
  run(demand: Float64Array, known: readonly Pattern[], mostRounds: number): Generated {
    const { instance, supplies, budget } = this;
    const master = new Master(demand, instance.cost, supplies, this.singles);
    for (const pattern of known) master.add(pattern);
    const seen = new Set(master.patterns.map(nameOf));
    let best: Priced = { bound: 0, values: new Float64Array(master.duals.length), patterns: [] };
    let rounds = 0;
    let smoothing = 0;
    for (; rounds < mostRounds; rounds++) {
      master.optimise(MOST_PIVOTS, budget);
      if (budget.left <= 0) break;
      const priced = this.price(demand, blend(best.values, certain(demand, master.duals), smoothing));
      if (priced.bound > best.bound) best = priced;
      if (best.bound >= master.objective * (1 - CLOSE)) break;
      const added = priced.patterns.filter(
        (pattern) =>
          master.reducedCost(pattern) < -GAIN * Math.max(1, instance.cost[pattern.kind]!) &&
          !seen.has(nameOf(pattern)),
      );
      for (const pattern of added) {
        seen.add(nameOf(pattern));
        master.add(pattern);
      }
      if (added.length > 0) smoothing = SMOOTHING;
      else if (smoothing > 0) smoothing = 0;
      else break;
    }
    master.optimise(MOST_PIVOTS, budget);
    const { objective, patterns } = master;
    return { bound: best.bound, cost: objective, patterns, uses: master.uses(), rounds };
  }

  /**
   * The bound that these values give, and the patterns worth more than they cost. Where the budget ends, kinds that were
   * not searched are worth what they are to a fluid at most; before that is known of all, there is no bound.
   */
  private price(demand: Float64Array, values: Float64Array): Priced {
    const { instance, search, budget } = this;
    const patterns: Pattern[] = [];
    search.value(values);
    const fluid = new Map<number, number>();
    for (const kind of this.endless) {
      if (budget.left <= 0) return { bound: 0, values, patterns };
      fluid.set(kind, this.spending(() => search.fluidWorth(kind)) / instance.cost[kind]!);
    }
    const order = [...this.endless].sort((a, b) => fluid.get(b)! - fluid.get(a)! || a - b);
    let [most, top] = [1, 1];
    for (const kind of order) {
      const cost = instance.cost[kind]!;
      const threshold = 1 + GAIN + (top - 1) * LOOK_DOWN;
      if (fluid.get(kind)! <= threshold || budget.left <= 0) {
        most = Math.max(most, fluid.get(kind)!);
        continue;
      }
      const found = this.searched(kind, threshold * cost);
      most = Math.max(most, search.upper / cost);
      top = Math.max(top, search.found / cost);
      if (found) patterns.push({ kind, ...found });
    }
    const limited = this.priceLimited(values, most, patterns);
    return { bound: worthOf(demand, values) / most - limited, values, patterns };
  }

  /** What nodes of limited kinds may carry beyond their cost, in values divided by `most`. */
  private priceLimited(values: Float64Array, most: number, patterns: Pattern[]): number {
    const { instance, search, supplies, budget } = this;
    let sum = 0;
    for (const [at, { kind, times }] of supplies.entries()) {
      if (budget.left <= 0) return Number.POSITIVE_INFINITY;
      const cost = instance.cost[kind]!;
      const found = this.searched(kind, Math.max(0, cost - values[instance.classes + at]!) * (1 + GAIN));
      if (found) patterns.push({ kind, ...found });
      sum += times * Math.max(0, search.upper / most - cost);
    }
    return sum;
  }

  private searched(kind: number, threshold: number): ReturnType<PatternSearch['search']> {
    this.budget.spend();
    return this.spending(() => this.search.search(kind, threshold));
  }

  /** What a look at a kind answers, whose work is spent. */
  private spending<T>(look: () => T): T {
    const { search, budget } = this;
    const [branches, shares] = [search.branches, search.shareLooks];
    const answer = look();
    budget.spend(
      (search.branches - branches) / BRANCHES_PER_ITERATION +
        (search.shareLooks - shares) / SHARES_PER_ITERATION,
    );
    return answer;
  }
}

function singlesOf(instance: Instance, endless: readonly number[]): Pattern[] {
  return Array.from({ length: instance.classes }, (_, c) => {
    let kind = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const one of endless) {
      const each = instance.cost[one]! / mostAlone(instance, one, c);
      if (each >= least) continue;
      kind = one;
      least = each;
    }
    return { kind, classes: [c], counts: [mostAlone(instance, kind, c)] };
  });
}

interface Priced {
  readonly bound: number;
  /** Per row of the master: of classes not below zero, of supplies not above. */
  readonly values: Float64Array;
  readonly patterns: readonly Pattern[];
}

/** The duals of classes with demand, without what rounding has brought to the wrong side of zero. */
function certain(demand: Float64Array, duals: Float64Array): Float64Array {
  return duals.map((dual, row) => {
    if (row >= demand.length) return Math.min(0, dual);
    return demand[row]! > 0 ? Math.max(0, dual) : 0;
  });
}

function worthOf(demand: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < demand.length; c++) sum += values[c]! * demand[c]!;
  return sum;
}

function blend(best: Float64Array, duals: Float64Array, smoothing: number): Float64Array {
  return duals.map((dual, at) => smoothing * best[at]! + (1 - smoothing) * dual);
}

const nameOf = ({ kind, classes, counts }: Pattern): string =>
  `${kind}:${classes.join(' ')}:${counts.join(' ')}`;
