/**
 * The most valuable pattern of one kind of node, by branch and bound: a bounded integer knapsack in several columns, with
 * the rules within a node. The fluid knapsack's prices say what each class costs in room, which leaves out most classes
 * and bounds every branch.
 */
import { hasBit } from '../mask.ts';
import { commonUnits, type Instance, mostAlone } from './instance.ts';
import { RelaxedKnapsack } from './relaxed-knapsack.ts';
import { WorthTable } from './worth-table.ts';

/** Branches looked at for one kind. */
const MOST_BRANCHES = 4_000;
/** Units of a column that are told apart where it is exact. */
const LINE = 1_024;
/** Rounding of sums of some hundred products stays far below it. */
const ROUNDING = 1e-11;

export class PatternSearch {
  /** No pattern of the kind last searched is worth more than this. */
  upper = 0;
  /** The worth of the best pattern found, 0 where none is worth more than was asked for. */
  found = 0;
  /** Branches looked at in all searches. */
  branches = 0;
  private readonly instance: Instance;
  /** K × C: units of the class alone that a node holds. */
  private readonly alone: Int32Array;
  private readonly relaxed: RelaxedKnapsack;
  private readonly table: WorthTable;
  /** Per column, what all requests are multiples of; 0 where nothing asks for it. */
  private readonly unit: Float64Array;
  /** Whether the table covers the kind's whole room: then classes come in its order. */
  private isTabled = false;
  /** Per place, where the table's order goes on. */
  private readonly tableFrom: Int32Array;
  /** What classes may bring that the table takes no account of. */
  private extraWorth = 0;
  /** What the prices alone bound the kind's patterns by. */
  private priceBound = 0;
  private values: Float64Array = new Float64Array();
  /** What follows is about the classes in question, the most profitable first. */
  private length = 0;
  private readonly members: Int32Array;
  private readonly worth: Float64Array;
  private readonly most: Float64Array;
  /** Members × columns: shares of the room, and amounts. */
  private readonly shares: Float64Array;
  private readonly amounts: Float64Array;
  private readonly profit: Float64Array;
  /** Per place, how many the fluid answer takes, rounded down. */
  private readonly suggested: Int32Array;
  /** Per place, the profit that this and all further classes may still bring. */
  private readonly toCome: Float64Array;
  /** Per place and column, the best value per share of the room among this and all further classes. */
  private readonly density: Float64Array;
  /** The column that is exact, or -1; per place, by units of it; and what classes bring that take nothing of it. */
  private lined = -1;
  private readonly line: Float64Array;
  private readonly lineExtra: Float64Array;
  private readonly left: Float64Array;
  private readonly counted: Int32Array;
  private readonly taken: Int32Array;
  private readonly best: Int32Array;
  private readonly roomOf: Float64Array;
  private threshold = 0;
  private open = 0;
  private budget = 0;

  constructor(instance: Instance) {
    const { classes, columns, kinds } = instance;
    this.instance = instance;
    this.alone = new Int32Array(kinds * classes);
    for (let kind = 0; kind < kinds; kind++) {
      for (let c = 0; c < classes; c++) this.alone[kind * classes + c] = mostAlone(instance, kind, c);
    }
    this.relaxed = new RelaxedKnapsack(columns, classes);
    this.table = new WorthTable(instance);
    this.unit = commonUnits(instance);
    this.tableFrom = new Int32Array(classes + 1);
    this.members = new Int32Array(classes);
    this.worth = new Float64Array(classes);
    this.most = new Float64Array(classes);
    this.shares = new Float64Array(classes * columns);
    this.amounts = new Float64Array(classes * columns);
    this.profit = new Float64Array(classes);
    this.suggested = new Int32Array(classes);
    this.toCome = new Float64Array(classes + 1);
    this.density = new Float64Array((classes + 1) * columns);
    this.line = new Float64Array((classes + 1) * LINE);
    this.lineExtra = new Float64Array(classes + 1);
    this.left = new Float64Array(columns);
    this.counted = new Int32Array(instance.counterLimits.length);
    this.taken = new Int32Array(classes);
    this.best = new Int32Array(classes);
    this.roomOf = new Float64Array(columns);
  }

  /** Shares of room that the fluid knapsack looked at, in all searches. */
  get shareLooks(): number {
    return this.relaxed.looks;
  }

  /** What a unit of each class is worth in the searches that follow. */
  value(values: Float64Array): void {
    this.values = values;
    this.table.fill(values);
  }

  /** The most that a node of the kind could be worth if pods were a fluid; the table may know better. */
  fluidWorth(kind: number): number {
    this.load(kind);
    this.relaxed.solve(this.length, this.worth, this.shares, this.most);
    for (let place = 0; place < this.length; place++)
      this.suggested[place] = Math.floor(this.relaxed.takenOf(place));
    this.priceBound = this.bounded();
    if (!this.isTabled) return this.priceBound;
    return Math.min(
      this.priceBound,
      (this.table.boundFrom(0, this.roomOf) + this.extraWorth) * (1 + ROUNDING),
    );
  }

  /** The best pattern worth more than `threshold`, if the search finds one; `upper` and `found` tell what it knows. */
  search(kind: number, threshold: number): { classes: number[]; counts: number[] } | undefined {
    const fluid = this.fluidWorth(kind);
    this.found = 0;
    this.upper = fluid;
    if (fluid <= threshold) return undefined;
    this.keepCore(threshold);
    this.prepare();
    this.prepareLine();
    this.threshold = threshold;
    this.open = 0;
    this.budget = MOST_BRANCHES;
    this.taken.fill(0);
    this.counted.fill(0);
    this.left.set(this.roomOf);
    this.branch(0, 0, this.roomWorth());
    this.branches += MOST_BRANCHES - this.budget;
    this.upper = Math.min(fluid, Math.max(this.threshold, this.open));
    return this.found > 0 ? this.pattern() : undefined;
  }

  private pattern(): { classes: number[]; counts: number[] } {
    const places = Array.from({ length: this.length }, (_, place) => place)
      .filter((place) => this.best[place]! > 0)
      .sort((a, b) => this.members[a]! - this.members[b]!);
    return {
      classes: places.map((place) => this.members[place]!),
      counts: places.map((place) => this.best[place]!),
    };
  }

  private load(kind: number): void {
    const { columns, classes, room, requests } = this.instance;
    const { values, table } = this;
    for (let r = 0; r < columns; r++) {
      const unit = this.unit[r]!;
      // All requests are multiples of the unit, so what is beyond a multiple of it stays unused.
      this.roomOf[r] = unit > 0 ? Math.floor(room[kind * columns + r]! / unit) * unit : 0;
    }
    this.isTabled = table.covers(this.roomOf);
    this.length = 0;
    this.extraWorth = 0;
    for (let at = 0; at < classes; at++) {
      const c = table.order[at]!;
      const most = this.alone[kind * classes + c]!;
      if (most === 0 || values[c]! <= 0) continue;
      if (table.takesNothing(c)) this.extraWorth += most * values[c]!;
      const place = this.length++;
      this.members[place] = c;
      this.tableFrom[place] = at;
      this.worth[place] = values[c]!;
      this.most[place] = most;
      for (let r = 0; r < columns; r++) {
        const each = requests[c * columns + r]!;
        this.amounts[place * columns + r] = each;
        this.shares[place * columns + r] = each > 0 ? each / this.roomOf[r]! : 0;
      }
    }
  }

  private roomWorth(): number {
    let worth = 0;
    for (const price of this.relaxed.prices) worth += price;
    return worth;
  }

  /** Fills `profit`; answers what the prices bound the knapsack by. */
  private bounded(): number {
    const { columns } = this.instance;
    let bound = this.roomWorth();
    for (let place = 0; place < this.length; place++) {
      let profit = this.worth[place]!;
      for (let r = 0; r < columns; r++) profit -= this.relaxed.prices[r]! * this.shares[place * columns + r]!;
      this.profit[place] = profit;
      if (profit > 0) bound += profit * this.most[place]!;
    }
    return bound * (1 + ROUNDING);
  }

  /** Leaves out the classes of which not even one can be in a pattern worth more than the threshold; sorts the others. */
  private keepCore(threshold: number): void {
    const { columns } = this.instance;
    const { members, worth, most, amounts, shares, profit, suggested, tableFrom, isTabled } = this;
    const { prices } = this.relaxed;
    const scarce = prices.indexOf(Math.max(...prices));
    // The value per share of what is scarcest falls from place to place, and with it what the rest can bring.
    const dense = (place: number) => worth[place]! / Math.max(1e-12, shares[place * columns + scarce]!);
    const core = Array.from({ length: this.length }, (_, place) => place)
      .filter((place) => this.priceBound + Math.min(0, profit[place]!) > threshold)
      .sort((a, b) => (isTabled ? 0 : dense(b) - dense(a)) || a - b)
      .map((place) => ({
        member: members[place]!,
        worth: worth[place]!,
        suggested: suggested[place]!,
        from: isTabled ? tableFrom[place]! : 0,
        most: most[place]!,
        profit: profit[place]!,
        amounts: amounts.slice(place * columns, (place + 1) * columns),
        shares: shares.slice(place * columns, (place + 1) * columns),
      }));
    this.length = core.length;
    for (const [place, one] of core.entries()) {
      members[place] = one.member;
      worth[place] = one.worth;
      tableFrom[place] = one.from;
      suggested[place] = one.suggested;
      most[place] = one.most;
      profit[place] = one.profit;
      amounts.set(one.amounts, place * columns);
      shares.set(one.shares, place * columns);
    }
  }

  private prepare(): void {
    const { columns } = this.instance;
    const { toCome, density, worth, shares, profit, most, length } = this;
    toCome[length] = 0;
    density.fill(0, length * columns, (length + 1) * columns);
    for (let place = length - 1; place >= 0; place--) {
      toCome[place] = toCome[place + 1]! + Math.max(0, profit[place]!) * most[place]!;
      for (let r = 0; r < columns; r++) {
        const share = shares[place * columns + r]!;
        const own = share > 0 ? worth[place]! / share : Number.POSITIVE_INFINITY;
        density[place * columns + r] = Math.max(density[(place + 1) * columns + r]!, own);
      }
    }
  }

  /**
   * One column exact, the others at their prices: per place, what so many units of the column are worth to this and all
   * further classes. It sees what the fluid does not: room that no sum of requests fills.
   */
  private prepareLine(): void {
    const { columns } = this.instance;
    const { prices } = this.relaxed;
    const { amounts, shares, worth, most, line, lineExtra, length, unit, roomOf } = this;
    this.lined = -1;
    for (let r = 0; r < columns; r++) {
      if (prices[r]! <= 0 || roomOf[r]! / unit[r]! >= LINE) continue;
      if (this.lined < 0 || prices[r]! > prices[this.lined]!) this.lined = r;
    }
    const own = this.lined;
    if (own < 0) return;
    const cells = 1 + Math.floor(roomOf[own]! / unit[own]!);
    line.fill(0, length * LINE, length * LINE + cells);
    lineExtra[length] = 0;
    for (let place = length - 1; place >= 0; place--) {
      const to = place * LINE;
      line.copyWithin(to, to + LINE, to + LINE + cells);
      let profit = worth[place]!;
      for (let r = 0; r < columns; r++) if (r !== own) profit -= prices[r]! * shares[place * columns + r]!;
      const size = amounts[place * columns + own]! / unit[own]!;
      lineExtra[place] = lineExtra[place + 1]! + (size === 0 ? Math.max(0, profit) * most[place]! : 0);
      if (profit <= 0 || size === 0) continue;
      for (let cell = size; cell < cells; cell++) {
        line[to + cell] = Math.max(line[to + cell]!, line[to + cell - size]! + profit);
      }
    }
  }

  private lineBoundAt(place: number): number {
    const { columns } = this.instance;
    const { prices } = this.relaxed;
    const { left, roomOf, unit, lined } = this;
    let bound = this.line[place * LINE + Math.floor(left[lined]! / unit[lined]!)]! + this.lineExtra[place]!;
    for (let r = 0; r < columns; r++) {
      if (r !== lined && prices[r]! > 0) bound += (prices[r]! * left[r]!) / roomOf[r]!;
    }
    return bound;
  }

  /** No more than this is a pattern worth that has `worth` so far and may take classes from a place on. */
  private boundAt(place: number, worth: number, priced: number): number {
    const { columns } = this.instance;
    let bound = priced + this.toCome[place]!;
    if (this.table.covers(this.left)) {
      bound = Math.min(
        bound,
        worth + this.table.boundFrom(this.tableFrom[place]!, this.left) + this.extraWorth,
      );
    }
    for (let r = 0; r < columns; r++) {
      const room = this.roomOf[r]!;
      const dense = this.density[place * columns + r]!;
      if (room > 0 && room < Number.POSITIVE_INFINITY && dense < Number.POSITIVE_INFINITY) {
        bound = Math.min(bound, worth + (dense * this.left[r]!) / room);
      }
    }
    if (this.lined >= 0) bound = Math.min(bound, worth + this.lineBoundAt(place));
    return bound * (1 + ROUNDING);
  }

  /** `priced` is the worth so far and that of the room left, in prices. */
  private branch(from: number, worth: number, priced: number): void {
    if (worth > this.threshold) this.keep(worth);
    let place = from;
    let most = 0;
    // Classes of which none fits any more need no branch.
    for (; place < this.length; place++) {
      most = this.mostHere(place);
      if (most > 0) break;
    }
    if (place === this.length) return;
    if (this.boundAt(place, worth, priced) <= this.threshold) return;
    if (this.budget-- <= 0) {
      this.budget = 0;
      this.open = Math.max(this.open, this.boundAt(place, worth, priced));
      return;
    }
    const first = Math.min(most, this.suggested[place]!);
    for (let step = 0; step <= 2 * most + 1; step++) {
      // Outwards from the fluid answer: it, one more, one less, two more …
      const count = first + ((step & 1) === 1 ? (step + 1) / 2 : -step / 2);
      if (count < 0 || count > most) continue;
      this.take(place, count);
      this.branch(place + 1, worth + count * this.worth[place]!, priced + count * this.profit[place]!);
      this.take(place, -count);
    }
  }

  private keep(worth: number): void {
    this.threshold = worth * (1 + ROUNDING);
    this.found = worth;
    this.best.set(this.taken);
  }

  private mostHere(place: number): number {
    const { columns, apart, counters, amounts, counterLimits } = this.instance;
    const c = this.members[place]!;
    let most = this.most[place]!;
    for (let r = 0; r < columns; r++) {
      const each = this.amounts[place * columns + r]!;
      if (each * most > this.left[r]!) most = Math.floor(this.left[r]! / each);
    }
    const own = counters[c]!;
    for (let at = 0; at < own.length; at++) {
      const each = amounts[c]![at]!;
      if (each > 0)
        most = Math.min(most, Math.floor((counterLimits[own[at]!]! - this.counted[own[at]!]!) / each));
    }
    const others = apart[c];
    for (let at = 0; others && at < place && most > 0; at++) {
      if (this.taken[at]! > 0 && hasBit(others, this.members[at]!)) most = 0;
    }
    return Math.max(0, most);
  }

  private take(place: number, count: number): void {
    const { columns, counters, amounts } = this.instance;
    const c = this.members[place]!;
    this.taken[place]! += count;
    for (let r = 0; r < columns; r++) this.left[r]! -= count * this.amounts[place * columns + r]!;
    for (const [at, counter] of counters[c]!.entries()) this.counted[counter]! += count * amounts[c]![at]!;
  }
}
