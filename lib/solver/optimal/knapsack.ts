import type { NodeRules } from './node-rules.ts';

/**
 * Fills one node with pods of classes: a linear program over at most six resources chooses amounts near the remaining mix,
 * they are rounded down, and what is left of the room goes to the pods that point the same way. Everything is allocated
 * once; a fill writes counters.
 */

/** Rows of the linear program; the other columns are only checked. */
const MAX_ROWS = 6;
const EPSILON = 1e-9;
/** What being behind the mix adds to a pod's worth, as a share of it. */
const LATENESS = 0.05;
const AT_ZERO = 0;
const AT_BOUND = 1;
const BASIC = 2;

/** Which classes may go on a node: `table[from + class]` is not 0. */
export interface Offered {
  readonly table: Uint8Array;
  /** Position of class 0 and the step from one class to the next. */
  readonly from: number;
  readonly step: number;
}

/** What draws classes to a node beside the prices of resources. */
export interface Pull {
  /** Per class: what a unit is worth. */
  readonly worth: Float64Array;
  /** Per class: that, as a multiple of what its resources cost on this node. */
  readonly rate: Float64Array;
  /** Per class: the share of its remaining units that nodes like this get. */
  readonly lean: Float64Array;
}

export class Knapsack {
  /** Per class, the pods of the last fill. */
  readonly taken: Int32Array;
  /** R amounts that the last fill left. */
  readonly left: Float64Array;
  private readonly classes: number;
  private readonly columns: number;
  private readonly requests: Float64Array;
  /** Columns that are rows of the linear program. */
  private readonly rows: Int32Array;
  private readonly value: Float64Array;
  private readonly bound: Float64Array;
  private readonly state: Uint8Array;
  /** What the linear program takes. */
  private readonly amount: Float64Array;
  /** Basic variables: classes, or `classes + row` for a row's slack. */
  private readonly basis: Int32Array;
  private readonly basic: Float64Array;
  private readonly inverse: Float64Array;
  private readonly dual: Float64Array;
  private readonly direction: Float64Array;
  private readonly weight: Float64Array;
  /** Classes that may still be taken, the first `open` of them. */
  private readonly active: Int32Array;
  private open = 0;
  private readonly rules: NodeRules | undefined;

  /** `requests` is C × R. The rows are columns that pods ask for, those with a price first. */
  constructor(
    classes: number,
    columns: number,
    requests: Float64Array,
    prices: Float64Array,
    rules?: NodeRules,
  ) {
    this.classes = classes;
    this.columns = columns;
    this.requests = requests;
    this.taken = new Int32Array(classes);
    this.left = new Float64Array(columns);
    this.value = new Float64Array(classes);
    this.bound = new Float64Array(classes);
    this.state = new Uint8Array(classes);
    this.amount = new Float64Array(classes);
    const asked = (column: number) => requests.some((amount, at) => at % columns === column && amount > 0);
    this.rows = Int32Array.from({ length: columns }, (_, column) => column)
      .filter(asked)
      .sort((a, b) => Number(prices[b]! > 0) - Number(prices[a]! > 0) || a - b)
      .slice(0, MAX_ROWS);
    const m = this.rows.length;
    this.basis = new Int32Array(m);
    this.basic = new Float64Array(m);
    this.inverse = new Float64Array(m * m);
    this.dual = new Float64Array(m);
    this.direction = new Float64Array(m);
    this.weight = new Float64Array(columns);
    this.active = new Int32Array(classes);
    this.rules = rules?.any ? rules : undefined;
  }

  /**
   * Fills R amounts of room from a position on. No class gives the linear program more than `share` of its
   * remaining pods, unless each is worth `bigWorth`; what is left of the room may take more. `late` says how far a class
   * is behind the mix, 1 being even.
   */
  fill(
    room: Float64Array,
    from: number,
    offered: Offered,
    remaining: Int32Array,
    prices: Float64Array,
    share: number,
    late: Float64Array,
    bigWorth: number,
    pull?: Pull,
  ): void {
    const { active, bound, taken, rules } = this;
    this.offer(offered, remaining);
    this.evaluate(prices, late, pull);
    taken.fill(0);
    rules?.clear();
    for (let at = 0; at < this.open; at++) {
      const c = active[at]!;
      const all = rules ? rules.room(c, remaining[c]!) : remaining[c]!;
      const isBig = this.value[c]! >= bigWorth;
      bound[c] = isBig ? all : Math.min(all, remaining[c]! * share * (pull ? pull.lean[c]! : 1));
    }
    this.solve(room, from);
    this.roundDown(room, from);
    this.topUp(room, from, remaining, prices, late, pull?.rate, true);
    this.offer(offered, remaining);
    this.topUp(room, from, remaining, prices, late, pull?.rate, false);
  }

  /** Lists the classes that are offered and left. */
  private offer({ table, from, step }: Offered, remaining: Int32Array): void {
    this.open = 0;
    for (let c = 0; c < this.classes; c++) {
      if (remaining[c]! > 0 && table[from + c * step] !== 0) this.active[this.open++] = c;
    }
  }

  private evaluate(prices: Float64Array, late: Float64Array, pull: Pull | undefined): void {
    const { active, columns, requests, value } = this;
    for (let at = 0; at < this.open; at++) {
      const c = active[at]!;
      let worth = pull ? pull.worth[c]! : 0;
      for (let r = 0; r < columns && !pull; r++) worth += requests[c * columns + r]! * prices[r]!;
      // Many fillings are worth the same; this prefers those that keep the mix.
      value[c] = worth * (1 + LATENESS * late[c]!);
    }
  }

  /** Leaves the amounts in `bound` for classes at it, in `basic` for basic ones. */
  private solve(room: Float64Array, from: number): void {
    const m = this.rows.length;
    this.start(room, from);
    for (let step = 0; step < 12 + 3 * m; step++) {
      this.price();
      const entering = this.entering(room, from);
      if (entering < 0) return;
      this.follow(entering);
      this.move(entering);
    }
  }

  /** As many classes at their bound as fit one after the other; slacks are basic. */
  private start(room: Float64Array, from: number): void {
    const { rows, basic, basis, inverse, state, bound, requests, columns, active } = this;
    const m = rows.length;
    inverse.fill(0);
    for (let i = 0; i < m; i++) {
      inverse[i * m + i] = 1;
      basis[i] = this.classes + i;
      basic[i] = room[from + rows[i]!]!;
    }
    for (let at = 0; at < this.open; at++) {
      const c = active[at]!;
      state[c] = AT_ZERO;
      if (bound[c]! <= 0) continue;
      let fits = true;
      for (let i = 0; i < m; i++) {
        if (requests[c * columns + rows[i]!]! * bound[c]! > basic[i]!) fits = false;
      }
      if (!fits) continue;
      state[c] = AT_BOUND;
      for (let i = 0; i < m; i++) basic[i]! -= requests[c * columns + rows[i]!]! * bound[c]!;
    }
  }

  private price(): void {
    const { dual, basis, inverse, value } = this;
    const m = basis.length;
    dual.fill(0);
    for (let k = 0; k < m; k++) {
      const worth = basis[k]! < this.classes ? value[basis[k]!]! : 0;
      if (worth === 0) continue;
      for (let i = 0; i < m; i++) dual[i]! += worth * inverse[k * m + i]!;
    }
  }

  /** The variable that promises most, or -1 at the optimum. */
  private entering(room: Float64Array, from: number): number {
    const { rows, dual, value, bound, state, requests, columns, active } = this;
    const m = rows.length;
    let best = -1;
    let most = 0;
    for (let at = 0; at < this.open; at++) {
      const c = active[at]!;
      if (state[c] === BASIC || bound[c]! <= 0 || value[c]! <= 0) continue;
      let gain = value[c]!;
      for (let i = 0; i < m; i++) gain -= dual[i]! * requests[c * columns + rows[i]!]!;
      if (state[c] === AT_BOUND) gain = -gain;
      if (gain > EPSILON * value[c]! && gain * bound[c]! > most) {
        most = gain * bound[c]!;
        best = c;
      }
    }
    for (let i = 0; i < m; i++) {
      const gain = -dual[i]! * room[from + rows[i]!]!;
      if (gain > most && gain > EPSILON) {
        most = gain;
        best = this.classes + i;
      }
    }
    return best;
  }

  /** How the basic variables answer to one more unit of the entering one. */
  private follow(entering: number): void {
    const { rows, inverse, direction, requests, columns } = this;
    const m = rows.length;
    for (let k = 0; k < m; k++) {
      let sum = 0;
      if (entering >= this.classes) sum = inverse[k * m + entering - this.classes]!;
      else {
        for (let i = 0; i < m; i++) sum += inverse[k * m + i]! * requests[entering * columns + rows[i]!]!;
      }
      direction[k] = sum;
    }
  }

  private boundOf(variable: number): number {
    return variable < this.classes ? this.bound[variable]! : Number.POSITIVE_INFINITY;
  }

  private move(entering: number): void {
    const { basis, basic, direction, state } = this;
    const m = basis.length;
    const falls = entering < this.classes && state[entering] === AT_BOUND;
    const sign = falls ? -1 : 1;
    let length = this.boundOf(entering);
    let leaving = -1;
    let leavesAtBound = false;
    for (let k = 0; k < m; k++) {
      const rate = sign * direction[k]!;
      if (rate > -1e-12 && rate < 1e-12) continue;
      const most = rate > 0 ? basic[k]! / rate : (basic[k]! - this.boundOf(basis[k]!)) / rate;
      if (most >= length) continue;
      length = Math.max(0, most);
      leaving = k;
      leavesAtBound = rate < 0;
    }
    for (let k = 0; k < m; k++) basic[k]! -= sign * length * direction[k]!;
    if (leaving < 0) {
      if (entering < this.classes) state[entering] = falls ? AT_ZERO : AT_BOUND;
      return;
    }
    const left = basis[leaving]!;
    if (left < this.classes) state[left] = leavesAtBound ? AT_BOUND : AT_ZERO;
    if (entering < this.classes) state[entering] = BASIC;
    this.pivot(leaving);
    basis[leaving] = entering;
    basic[leaving] = falls ? this.boundOf(entering) - length : length;
  }

  private pivot(leaving: number): void {
    const { inverse, direction } = this;
    const m = this.basis.length;
    for (let i = 0; i < m; i++) inverse[leaving * m + i]! /= direction[leaving]!;
    for (let k = 0; k < m; k++) {
      if (k === leaving || direction[k] === 0) continue;
      for (let i = 0; i < m; i++) inverse[k * m + i]! -= direction[k]! * inverse[leaving * m + i]!;
    }
  }

  private roundDown(room: Float64Array, from: number): void {
    const { state, bound, basis, basic, left, columns, active, amount } = this;
    for (let r = 0; r < columns; r++) left[r] = room[from + r]!;
    for (let at = 0; at < this.open; at++)
      amount[active[at]!] = state[active[at]!] === AT_BOUND ? bound[active[at]!]! : 0;
    for (let k = 0; k < basis.length; k++) {
      const c = basis[k]!;
      if (c < this.classes) amount[c] = Math.min(bound[c]!, basic[k]!);
    }
    if (this.rules?.anyApart) {
      // Of classes that cannot be together, the one worth most stays.
      const worth = (c: number) => this.value[c]! * Math.floor(amount[c]! + EPSILON);
      const chosen = active.subarray(0, this.open).filter((c) => amount[c]! > 0);
      for (const c of chosen.sort((a, b) => worth(b) - worth(a) || a - b)) this.take(c, amount[c]! + EPSILON);
      return;
    }
    for (const wanted of [AT_BOUND, BASIC]) {
      for (let at = 0; at < this.open; at++) {
        const c = active[at]!;
        if (state[c] === wanted) this.take(c, amount[c]! + EPSILON);
      }
    }
  }

  /** At most `count` pods of the class: what rounding errors, rules and the unmodelled columns leave room for. */
  private take(c: number, count: number): void {
    const { requests, left, columns, taken, rules } = this;
    let most = Math.floor(count);
    if (rules) most = rules.room(c, most);
    for (let r = 0; r < columns; r++) {
      const each = requests[c * columns + r]!;
      if (each * most > left[r]!) most = Math.floor(left[r]! / each);
    }
    if (most <= 0) return;
    rules?.add(c, most);
    taken[c]! += most;
    for (let r = 0; r < columns; r++) left[r]! -= requests[c * columns + r]! * most;
  }

  /**
   * One pod after the other, each time that whose requests point most along what is left, while any fits. Room only
   * shrinks, so a class that does not fit is not looked at again.
   */
  private topUp(
    room: Float64Array,
    from: number,
    remaining: Int32Array,
    prices: Float64Array,
    late: Float64Array,
    rate: Float64Array | undefined,
    keepsMix: boolean,
  ): void {
    const { active, columns, requests, bound, left, taken, weight, rules } = this;
    for (;;) {
      for (let r = 0; r < columns; r++) {
        const all = room[from + r]!;
        weight[r] = all > 0 ? (prices[r]! * left[r]!) / all : 0;
      }
      let best = -1;
      let most = -1;
      let open = 0;
      for (let at = 0; at < this.open; at++) {
        const c = active[at]!;
        if (taken[c]! >= (keepsMix ? bound[c]! : remaining[c]!)) continue;
        let along = 0;
        let r = 0;
        for (; r < columns; r++) {
          const each = requests[c * columns + r]!;
          if (each > left[r]!) break;
          along += each * weight[r]!;
        }
        if (r < columns || (rules && rules.room(c, 1) === 0)) continue;
        active[open++] = c;
        along *= rate ? rate[c]! * late[c]! : late[c]!;
        if (along > most) {
          most = along;
          best = c;
        }
      }
      this.open = open;
      if (best < 0) return;
      this.take(best, 1);
    }
  }
}
