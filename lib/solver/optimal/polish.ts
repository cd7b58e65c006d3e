/**
 * Fits the pods of a node to its room. Classes say what their largest pod asks for; here each pod counts as it is, and
 * pods that are still to come take the place of others, or of room that is left, as long as that adds worth.
 */
import type { Offered } from './knapsack.ts';
import type { Model } from './model.ts';

/** Pods to come that are looked at for one exchange, and pods of the node that may go for them. */
const COMING = 256;
const GOING = 8;
const MOST_EXCHANGES = 8;
/** An exchange that adds less than this share of the node's worth is not worth looking for the next one. */
const LEAST_GAIN = 0.0002;

/** A node in the making. */
export interface Fitting {
  /** Position of its room in the kinds' rooms. */
  readonly from: number;
  readonly offered: Offered;
  /** Units per class that are left, those of the node among them. */
  readonly remaining: Int32Array;
  /** Units per class on the node; changes. */
  readonly taken: Int32Array;
  /** The lot of each unit: those of a class that are left are the last of it, and the node's are the first of those. */
  readonly order: Int32Array;
  readonly prices: Float64Array;
  /** Per class: what its pods are worth, as a multiple of what they cost at these prices. */
  readonly rate: Float64Array;
  /** What the pods ask for together; changes. */
  readonly used: Float64Array;
}

export class Polish {
  private readonly columns: number;
  private readonly room: Float64Array;
  private readonly start: Int32Array;
  private readonly maximum: Float64Array;
  /** L × R: what a unit of each lot asks for. */
  private readonly requests: Float64Array;
  private readonly left: Float64Array;
  private readonly space: Float64Array;
  /** Sampled pods to come: place in the order, class and worth. */
  private readonly place = new Int32Array(COMING);
  private readonly classOf = new Int32Array(COMING);
  private readonly worth = new Float64Array(COMING);
  private coming = 0;
  /** Shifts the samples. */
  private turn = 0;

  constructor({ columns, kinds, classes }: Model, requests: Float64Array) {
    this.columns = columns;
    this.room = kinds.room;
    this.start = classes.start;
    this.maximum = classes.requests;
    this.requests = requests;
    this.left = new Float64Array(columns);
    this.space = new Float64Array(columns);
  }

  /** Answers what the pods of the node are worth then. */
  fit(node: Fitting): number {
    this.turn = 0;
    this.count(node);
    this.dropExcess(node);
    let most = 0;
    for (let r = 0; r < this.columns; r++) most += node.prices[r]! * this.room[node.from + r]!;
    for (let tried = 0; tried < MOST_EXCHANGES; tried++) {
      this.turn++;
      this.sample(node);
      if (!this.exchange(node, LEAST_GAIN * most)) break;
    }
    for (let r = 0; r < this.columns; r++) node.used[r] = this.room[node.from + r]! - this.left[r]!;
    return this.worthOfAll(node);
  }

  private worthOfAll({ taken, remaining, order, prices, rate }: Fitting): number {
    let worth = 0;
    for (let c = 0; c < taken.length; c++) {
      const base = this.base(c, remaining);
      for (let n = 0; n < taken[c]!; n++) worth += rate[c]! * this.worthOf(order[base + n]!, prices);
    }
    return worth;
  }

  private count({ from, taken, order, remaining }: Fitting): void {
    const { left, room, requests, columns } = this;
    for (let r = 0; r < columns; r++) left[r] = room[from + r]!;
    for (let c = 0; c < taken.length; c++) {
      const base = this.base(c, remaining);
      for (let n = 0; n < taken[c]!; n++) {
        const row = order[base + n]! * columns;
        for (let r = 0; r < columns; r++) left[r]! -= requests[row + r]!;
      }
    }
  }

  /** Where the units of a class that are left begin. */
  private base(c: number, remaining: Int32Array): number {
    return this.start[c + 1]! - remaining[c]!;
  }

  /** Takes pods off, of classes that ask for little, while there is too little of a resource. */
  private dropExcess({ taken, order, remaining }: Fitting): void {
    const { left, columns, maximum, requests } = this;
    for (let r = 0; r < columns; r++) {
      while (left[r]! < 0) {
        let c = -1;
        for (let other = 0; other < taken.length; other++) {
          if (taken[other] === 0 || maximum[other * columns + r] === 0) continue;
          if (c < 0 || maximum[other * columns + r]! < maximum[c * columns + r]!) c = other;
        }
        taken[c]!--;
        const row = order[this.base(c, remaining) + taken[c]!]! * columns;
        for (let of = 0; of < columns; of++) left[of]! += requests[row + of]!;
      }
    }
  }

  /** Pods to come from all classes that the node takes, as evenly as they come. */
  private sample({ offered: { table, from, step }, remaining, taken, order, prices, rate }: Fitting): void {
    let all = 0;
    for (let c = 0; c < taken.length; c++) if (table[from + c * step] !== 0) all += remaining[c]! - taken[c]!;
    const stride = Math.max(1, Math.ceil(all / COMING));
    let skip = this.turn % stride;
    this.coming = 0;
    for (let c = 0; c < taken.length; c++) {
      if (table[from + c * step] === 0) continue;
      const end = this.start[c + 1]!;
      let place = this.base(c, remaining) + taken[c]! + skip;
      for (; place < end; place += stride) {
        this.place[this.coming] = place;
        this.classOf[this.coming] = c;
        this.worth[this.coming++] = this.worthOf(order[place]!, prices) * rate[c]!;
      }
      skip = place - end;
    }
  }

  private worthOf(lot: number, prices: Float64Array): number {
    let worth = 0;
    for (let r = 0; r < this.columns; r++) worth += prices[r]! * this.requests[lot * this.columns + r]!;
    return worth;
  }

  /** Makes the best exchange of those looked at; false where none adds enough. */
  private exchange(node: Fitting, least: number): boolean {
    const { taken, order, remaining, prices, rate } = node;
    const { left, space, columns, requests } = this;
    space.set(left);
    let gain = least;
    let coming = this.best(order, gain);
    let [going, goingClass] = [-1, -1];
    if (coming >= 0) gain = this.worth[coming]!;
    const units = taken.reduce((sum, count) => sum + count, 0);
    const stride = Math.max(1, Math.floor(units / GOING));
    let skip = this.turn % stride;
    for (let c = 0; c < taken.length; c++) {
      const base = this.base(c, remaining);
      let n = skip;
      for (; n < taken[c]!; n += stride) {
        const row = order[base + n]! * columns;
        for (let r = 0; r < columns; r++) space[r] = left[r]! + requests[row + r]!;
        const lost = this.worthOf(order[base + n]!, prices) * rate[c]!;
        const found = this.best(order, gain + lost);
        if (found < 0) continue;
        gain = this.worth[found]! - lost;
        [coming, going, goingClass] = [found, base + n, c];
      }
      skip = n - taken[c]!;
    }
    if (coming < 0) return false;
    this.replace(node, going, goingClass, this.place[coming]!, this.classOf[coming]!);
    return true;
  }

  /** The sampled pod worth most, and more than `above`, that goes into the space; -1 where there is none. */
  private best(order: Int32Array, above: number): number {
    const { worth, place, requests, columns, space } = this;
    let best = -1;
    let most = above;
    for (let at = 0; at < this.coming; at++) {
      if (worth[at]! <= most) continue;
      const row = order[place[at]!]! * columns;
      let r = 0;
      while (r < columns && requests[row + r]! <= space[r]!) r++;
      if (r < columns) continue;
      most = worth[at]!;
      best = at;
    }
    return best;
  }

  private replace(
    { taken, order, remaining }: Fitting,
    going: number,
    goingClass: number,
    coming: number,
    comingClass: number,
  ): void {
    const { left, requests, columns } = this;
    for (let r = 0; r < columns; r++) {
      left[r]! -= requests[order[coming]! * columns + r]!;
      if (going >= 0) left[r]! += requests[order[going]! * columns + r]!;
    }
    if (goingClass === comingClass) {
      swap(order, going, coming);
      return;
    }
    if (going >= 0) {
      taken[goingClass]!--;
      swap(order, going, this.base(goingClass, remaining) + taken[goingClass]!);
    }
    swap(order, coming, this.base(comingClass, remaining) + taken[comingClass]!);
    taken[comingClass]!++;
  }
}

function swap(order: Int32Array, one: number, other: number): void {
  const lot = order[one]!;
  order[one] = order[other]!;
  order[other] = lot;
}
