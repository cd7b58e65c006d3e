/**
 * One packing by counters: again and again the kind of node whose filling wastes least of its price is opened and filled,
 * several equal nodes at once, while the prices of resources follow the demand that is left.
 */
import type { Budget } from './budget.ts';
import { Filler } from './filler.ts';
import { Guide } from './guide.ts';
import type { Kinds } from './kinds.ts';
import type { Classes, Model, Packing, Run } from './model.ts';
import { NodeRules } from './node-rules.ts';
import { closeOneClass } from './one-class.ts';
import { Openings } from './openings.ts';
import { Polish } from './polish.ts';

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

/** The share of a kind's strain that counts as waste where pods that differ can be chosen for any kind. */
const STRAIN = 0.3;

/** More than this counts no further. */
const MOST_LATE = 4;

/** What is left when the tail begins: a share of the whole worth, or so many of the last chosen node. */
const TAIL = { share: 0.03, nodes: 3 };

/** What constructions of one model share. */
export interface Workshop {
  readonly model: Model;
  readonly guide: Guide;
  readonly filler: Filler;
  /** Where pods of a class differ and nothing but room binds them. */
  readonly polish: Polish | undefined;
}

export function workshopOf(model: Model): Workshop {
  const filler = new Filler(model, new Float64Array(model.columns).fill(1));
  const isPolished = !filler.isUniform && !new NodeRules(model.classes).any;
  return {
    model,
    guide: new Guide(model),
    filler,
    polish: isPolished ? new Polish(model, filler.requests) : undefined,
  };
}

/** What has been bought so far, and the units per class that are left. */
export interface Progress {
  readonly remaining: Int32Array;
  /** The order in which the units of each class are handed out, as in `Classes.lotOf`. */
  readonly order: Int32Array;
  readonly openings: Openings;
  readonly runs: readonly Run[];
  readonly cost: number;
}

export function startOf({ model }: Workshop, remaining: Int32Array): Progress {
  const order = model.classes.lotOf.slice();
  return { remaining: remaining.slice(), order, openings: new Openings(model), runs: [], cost: 0 };
}

/**
 * `remaining` are the units per class that bins leave. What is left towards the end is packed by each of `closings`, and
 * the cheapest is kept. Undefined where the budget ends it.
 */
export function build(
  workshop: Workshop,
  remaining: Int32Array,
  variant: Variant,
  closings: readonly Variant[],
  budget: Budget,
): Packing | undefined {
  const builder = new Builder(workshop, startOf(workshop, remaining), variant, budget);
  for (;;) {
    if (budget.left <= 0) return undefined;
    if (closings.length > 0 && builder.isTail()) break;
    if (!builder.step()) return builder.result();
  }
  let best: Packing | undefined;
  for (const closing of closings) {
    const closer = new Builder(workshop, builder.progress(), closing, budget);
    while (closer.step()) if (budget.left <= 0) return best;
    const closed = closer.result();
    if (best === undefined || isCheaper(closed, best)) best = closed;
  }
  return best;
}

export const isCheaper = (one: Packing, other: Packing): boolean =>
  one.unplaced < other.unplaced || (one.unplaced === other.unplaced && one.cost < other.cost);

/** Buys nodes from a state on, which it changes. */
export class Builder {
  private readonly classes: Classes;
  private readonly kinds: Kinds;
  private readonly model: Model;
  private readonly remaining: Int32Array;
  private readonly order: Int32Array;
  private readonly variant: Variant;
  private readonly budget: Budget;
  private readonly openings: Openings;
  private readonly guide: Guide;
  private readonly filler: Filler;
  private readonly polish: Polish | undefined;
  private readonly runs: Run[];
  private cost: number;
  private readonly demand: Float64Array;
  private worth = 0;
  /** The worth of the demand when prices were last worked out. */
  private pricedWorth = 0;
  /** The kinds that promise most, best first. */
  private readonly shortlist: Int32Array;
  private readonly promises: Float64Array;
  /** The best filling of the last choice, and its worth. */
  private readonly chosen: Int32Array;
  private chosenWorth = 0;
  private chosenCost = 0;
  /** Per class, the pods at the start; and how far it is behind the mix, 1 being even. */
  private readonly all: Int32Array;
  private readonly late: Float64Array;
  private readonly allWorth: number;
  private readonly meanPrice: number;
  private readonly cap: number;

  constructor({ model, guide, filler, polish }: Workshop, from: Progress, variant: Variant, budget: Budget) {
    const { classes, kinds } = model;
    const { cost, count } = kinds;
    this.model = model;
    this.classes = classes;
    this.kinds = kinds;
    this.remaining = from.remaining;
    this.variant = variant;
    this.budget = budget;
    this.openings = from.openings;
    this.runs = [...from.runs];
    this.cost = from.cost;
    this.guide = guide;
    this.filler = filler;
    this.polish = polish;
    this.order = from.order;
    filler.order = from.order;
    this.shortlist = new Int32Array(variant.looks);
    this.promises = new Float64Array(variant.looks);
    this.chosen = new Int32Array(classes.count);
    this.all = this.remaining.slice();
    this.late = new Float64Array(classes.count).fill(1);
    this.meanPrice = cost.reduce((sum, each) => sum + each, 0) / Math.max(1, count);
    this.cap = variant.sizeCap * (cost[count - 1] ?? 0);
    this.demand = new Float64Array(model.columns);
    this.countDemand();
    this.reprice();
    this.allWorth = this.worth;
  }

  result(): Packing {
    const unplaced = this.remaining.reduce((sum, n) => sum + n, 0);
    return { runs: this.runs, lotOf: this.order, cost: this.cost, unplaced };
  }

  /** What is left is worth little. */
  isTail(): boolean {
    return this.worth <= Math.max(TAIL.share * this.allWorth, TAIL.nodes * this.chosenCost);
  }

  progress(): Progress {
    const { remaining, order, openings, runs, cost } = this;
    return { remaining: remaining.slice(), order: order.slice(), openings: openings.copy(), runs, cost };
  }

  private reprice(): void {
    this.guide.update(this.remaining, this.demand, (kind) => this.openings.isWanted(kind, this.remaining));
    this.worth = this.worthLeft();
    this.pricedWorth = this.worth;
  }

  /** Opens some equal nodes; false when no pod is left that a new node could take. */
  step(): boolean {
    this.countDemand();
    this.worth = this.worthLeft();
    if (this.worth < REPRICE_AT * this.pricedWorth) this.reprice();
    if (this.finishOneClass()) return true;
    this.findLate();
    const kind = this.choose(this.cap) ?? this.choose(Number.POSITIVE_INFINITY);
    if (kind === undefined) {
      if (!this.openings.goOn(this.remaining)) return false;
      this.reprice();
      return true;
    }
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

  private worthLeft(): number {
    const { remaining } = this;
    const { worth } = this.guide;
    let sum = 0;
    for (let c = 0; c < remaining.length; c++) sum += remaining[c]! * worth[c]!;
    return sum;
  }

  /** Where one class alone is left, as few nodes as can be. */
  private finishOneClass(): boolean {
    const runs = closeOneClass(this.model, this.remaining, this.openings);
    if (!runs) return false;
    for (const { kind, times, classes, counts } of runs) {
      this.chosen.fill(0);
      this.chosen[classes[0]!] = counts[0]!;
      this.record(kind, times);
    }
    return true;
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
      let worth = this.fill(kind);
      if (worth < 0) continue;
      worth = this.fit(kind, filler.taken) ?? worth;
      const kindToOpen = openings.cheapest(filler.taken, filler.used, kind, kinds.template[kind]) ?? kind;
      const strain = this.polish ? STRAIN * this.guide.strain[kindToOpen]! : 0;
      const regret = this.regret(kinds.cost[kindToOpen]!, worth - strain);
      if (regret >= least) continue;
      least = regret;
      best = kindToOpen;
      this.chosenCost = kinds.cost[kindToOpen]!;
      this.chosen.set(filler.taken);
      this.chosenWorth = worth;
    }
    return best;
  }

  /** Orders the kinds by the least waste they could have; answers how many are listed. */
  private listPromising(mostPrice: number): number {
    const { kinds } = this;
    const { shortlist, promises, openings, demand, guide } = this;
    let length = 0;
    for (let kind = 0; kind < kinds.count && kinds.cost[kind]! <= mostPrice; kind++) {
      const promise = this.regret(kinds.cost[kind]!, guide.promise(kind, demand));
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
    const { filler, openings, remaining, variant } = this;
    const advice = this.guide.of(kind);
    this.budget.spend();
    const { room } = this.kinds;
    const from = kind * this.model.columns;
    return filler.fill(
      room,
      from,
      openings.offered(kind),
      remaining,
      advice.prices,
      variant.mix,
      this.late,
      variant.big,
      advice,
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
    const advice = this.guide.of(kind);
    const pattern = chosen.slice();
    if (!uniform) this.fit(kind, chosen);
    this.record(kind, uniform ? times : 1);
    if (uniform || times === 1) return;
    const from = kind * this.model.columns;
    for (let node = 1; node < times && holds(remaining, pattern); node++) {
      const offered = openings.offered(kind);
      this.filler.repeat(
        pattern,
        this.kinds.room,
        from,
        offered,
        remaining,
        advice.prices,
        this.late,
        advice,
      );
      this.budget.spend();
      chosen.set(this.filler.taken);
      this.fit(kind, chosen);
      this.record(kind, 1);
    }
  }

  /** Exchanges pods of the chosen node for others that use its room better. */
  private fit(kind: number, taken: Int32Array): number | undefined {
    const { remaining, order, openings, model } = this;
    const { prices, rate } = this.guide.of(kind);
    const from = kind * model.columns;
    const offered = openings.offered(kind);
    const { used } = this.filler;
    return this.polish?.fit({ from, offered, remaining, taken, used, order, prices, rate });
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

function holds(remaining: Int32Array, counts: Int32Array): boolean {
  for (let c = 0; c < counts.length; c++) if (counts[c]! > remaining[c]!) return false;
  return true;
}
