/**
 * One packing by counters: again and again the kind of node whose filling wastes least of its price is opened and filled,
 * several equal nodes at once, while the prices of resources follow the demand that is left.
 */
import type { Budget } from './budget.ts';
import { Filler } from './filler.ts';
import type { Kinds } from './kinds.ts';
import type { Classes, Model, Packing, Run } from './model.ts';
import { Openings } from './openings.ts';

/** What one unit of each resource is worth while this much is asked for (R amounts each). */
export type Reprice = (demand: Float64Array) => Float64Array;

/** How one construction chooses. */
export interface Variant {
  readonly name: string;
  /** How much of the remaining mix, times its even share, a node may take of a class. */
  readonly mix: number;
  /** Pods worth this share of a node are not held back by the mix. */
  readonly big: number;
  /** 0: waste counts per price; 1: waste counts as money, which favours small nodes. */
  readonly waste: number;
  /** Kinds dearer than this share of the dearest are left out while cheaper ones do. */
  readonly sizeCap: number;
  /** The share of the remaining demand that is packed before anything is chosen again. */
  readonly run: number;
  /** Kinds that are filled before one is chosen. */
  readonly looks: number;
}

/** Prices are worked out again when the demand is worth this much of what it was. */
const REPRICE_AT = 0.9;

/** More than this counts no further. */
const MOST_LATE = 4;

/** `remaining` are the units per class that bins leave. Undefined where the budget ends it. */
export function construct(
  model: Model,
  remaining: Int32Array,
  reprice: Reprice,
  variant: Variant,
  budget: Budget,
): Packing | undefined {
  const builder = new Builder(model, remaining.slice(), reprice, variant, budget);
  while (builder.step()) if (budget.left <= 0) return undefined;
  return builder.result();
}

class Builder {
  private readonly classes: Classes;
  private readonly kinds: Kinds;
  private readonly remaining: Int32Array;
  private readonly reprice: Reprice;
  private readonly variant: Variant;
  private readonly budget: Budget;
  private readonly openings: Openings;
  private readonly filler: Filler;
  private readonly runs: Run[] = [];
  private cost = 0;
  private prices: Float64Array;
  private readonly demand: Float64Array;
  private worth: number;
  /** The worth of the demand when prices were last worked out. */
  private pricedWorth: number;
  /** The kinds that promise most, best first. */
  private readonly shortlist: Int32Array;
  private readonly promises: Float64Array;
  /** The best filling of the last choice, and its worth. */
  private readonly chosen: Int32Array;
  private chosenWorth = 0;
  /** Per class, the pods at the start; and how far it is behind the mix, 1 being even. */
  private readonly all: Int32Array;
  private readonly late: Float64Array;
  private readonly allWorth: number;
  private readonly meanPrice: number;
  private readonly cap: number;

  constructor(model: Model, remaining: Int32Array, reprice: Reprice, variant: Variant, budget: Budget) {
    const { classes, kinds } = model;
    const { cost, count } = kinds;
    this.classes = classes;
    this.kinds = kinds;
    this.remaining = remaining;
    this.reprice = reprice;
    this.variant = variant;
    this.budget = budget;
    this.openings = new Openings(model);
    this.shortlist = new Int32Array(variant.looks);
    this.promises = new Float64Array(variant.looks);
    this.chosen = new Int32Array(classes.count);
    this.all = remaining.slice();
    this.late = new Float64Array(classes.count).fill(1);
    this.meanPrice = cost.reduce((sum, each) => sum + each, 0) / Math.max(1, count);
    this.cap = variant.sizeCap * (cost[count - 1] ?? 0);
    this.demand = new Float64Array(model.columns);
    this.countDemand();
    this.prices = reprice(this.demand);
    this.worth = this.worthOf(this.demand);
    this.pricedWorth = this.worth;
    this.allWorth = this.worth;
    this.filler = new Filler(model, this.prices);
  }

  result(): Packing {
    return { runs: this.runs, cost: this.cost, unplaced: this.remaining.reduce((sum, n) => sum + n, 0) };
  }

  /** Opens some equal nodes; false when no pod is left that a new node could take. */
  step(): boolean {
    this.countDemand();
    this.worth = this.worthOf(this.demand);
    if (this.worth < REPRICE_AT * this.pricedWorth) {
      this.prices = this.reprice(this.demand);
      this.worth = this.worthOf(this.demand);
      this.pricedWorth = this.worth;
    }
    this.findLate();
    const kind = this.choose(this.cap) ?? this.choose(Number.POSITIVE_INFINITY);
    if (kind === undefined) return this.openings.goOn(this.remaining);
    if (!this.closeWithOne(kind)) this.open(kind);
    return true;
  }

  private findLate(): void {
    const even = this.worth > 0 && this.allWorth > 0 ? this.worth / this.allWorth : 1;
    for (let c = 0; c < this.late.length; c++) {
      this.late[c] = Math.min(MOST_LATE, this.remaining[c]! / Math.max(1, this.all[c]!) / even);
    }
  }

  private countDemand(): void {
    const { demand, remaining } = this;
    const { requests } = this.classes;
    const R = demand.length;
    demand.fill(0);
    for (let c = 0; c < remaining.length; c++) {
      for (let r = 0; r < R; r++) demand[r]! += requests[c * R + r]! * remaining[c]!;
    }
  }

  private worthOf(amounts: Float64Array): number {
    let sum = 0;
    for (let r = 0; r < amounts.length; r++) sum += amounts[r]! * this.prices[r]!;
    return sum;
  }

  /** The waste of a price for a worth, weighed as the variant wants it: less is better. */
  private regret(price: number, worth: number): number {
    const { waste } = this.variant;
    // Free offerings would divide by zero.
    return (price - worth) / ((1 - waste) * price + waste * this.meanPrice + 1e-9);
  }

  /** The kind to open next, its filling in `chosen`. */
  private choose(mostPrice: number): number | undefined {
    const { kinds } = this;
    const { openings, filler } = this;
    const looks = this.listPromising(mostPrice);
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < looks && this.promises[place]! < least; place++) {
      const kind = this.shortlist[place]!;
      const worth = this.fill(kind);
      if (worth < 0) continue;
      const kindToOpen = openings.cheapest(filler.taken, filler.used, kind, kinds.template[kind]) ?? kind;
      const regret = this.regret(kinds.cost[kindToOpen]!, worth);
      if (regret >= least) continue;
      least = regret;
      best = kindToOpen;
      this.chosen.set(filler.taken);
      this.chosenWorth = worth;
    }
    return best;
  }

  /** Orders the kinds by the least waste they could have; answers how many are listed. */
  private listPromising(mostPrice: number): number {
    const { kinds } = this;
    const { shortlist, promises, prices, openings, demand } = this;
    const R = prices.length;
    let length = 0;
    for (let kind = 0; kind < kinds.count && kinds.cost[kind]! <= mostPrice; kind++) {
      let worth = 0;
      for (let r = 0; r < R; r++) worth += prices[r]! * Math.min(kinds.room[kind * R + r]!, demand[r]!);
      const promise = this.regret(kinds.cost[kind]!, worth);
      if (length === shortlist.length && promise >= promises[length - 1]!) continue;
      if (!openings.isWanted(kind, this.remaining)) continue;
      let place = length < shortlist.length ? length++ : length - 1;
      for (; place > 0 && promises[place - 1]! > promise; place--) {
        promises[place] = promises[place - 1]!;
        shortlist[place] = shortlist[place - 1]!;
      }
      promises[place] = promise;
      shortlist[place] = kind;
    }
    return length;
  }

  private fill(kind: number): number {
    const { filler, openings, remaining, prices, variant } = this;
    this.budget.spend();
    const { room } = this.kinds;
    const from = kind * prices.length;
    return filler.fill(
      room,
      from,
      openings.offered(kind),
      remaining,
      prices,
      variant.mix,
      this.late,
      variant.big,
    );
  }

  /** Everything left on one node, where that costs no more than the chosen node and the worth of the rest. */
  private closeWithOne(chosen: number): boolean {
    const { kinds } = this;
    const one = this.openings.cheapest(this.remaining, this.demand, kinds.count);
    if (one === undefined) return false;
    const rest = Math.max(0, this.worth - this.chosenWorth);
    if (kinds.cost[one]! > kinds.cost[chosen]! + rest) return false;
    this.chosen.set(this.remaining);
    this.record(one, 1);
    return true;
  }

  /** As many equal nodes as the variant packs between two choices; pods that differ are filled in node by node. */
  private open(kind: number): void {
    const { chosen, remaining, openings } = this;
    const share = this.chosenWorth > 0 ? (this.variant.run * this.worth) / this.chosenWorth : 1;
    const most = Math.min(Math.max(1, Math.floor(share)), openings.most(kind));
    let times = most;
    let uniform = true;
    for (let c = 0; c < chosen.length; c++) {
      if (chosen[c]! === 0) continue;
      const all = Math.floor(remaining[c]! / chosen[c]!);
      // A class that runs out early leaves the others without what fits beside them.
      times = Math.min(times, Math.max(1, Math.floor(2 * this.variant.run * all)), all);
      if (this.classes.uniform[c] === 0) uniform = false;
    }
    this.record(kind, uniform ? times : 1);
    for (let node = 1; !uniform && node < most && openings.isWanted(kind, remaining); node++) {
      this.fill(kind);
      this.chosen.set(this.filler.taken);
      this.record(kind, 1);
    }
  }

  private record(kind: number, times: number): void {
    const classes: number[] = [];
    const counts: number[] = [];
    const { remaining } = this;
    for (const [c, count] of this.chosen.entries()) {
      if (count === 0) continue;
      classes.push(c);
      counts.push(count);
      remaining[c]! -= count * times;
    }
    this.openings.charge(kind, times);
    this.cost += times * this.kinds.cost[kind]!;
    this.runs.push({ kind, times, classes, counts });
  }
}
