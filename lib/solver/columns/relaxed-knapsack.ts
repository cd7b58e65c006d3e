/**
 * The most value that a node could carry if pods were a fluid: max v·x where A·x <= 1 and 0 <= x <= most. A primal simplex
 * over a handful of rows. What it is for are the rows' prices: any prices bound the whole knapsack from above.
 */
const EPSILON = 1e-11;
const AT_ZERO = 0;
const AT_MOST = 1;
const BASIC = 2;

export class RelaxedKnapsack {
  /** Per row, what all of the room is worth. Not negative. */
  readonly prices: Float64Array;
  /** Shares looked at in all answers. */
  looks = 0;
  private readonly rows: number;
  private readonly state: Uint8Array;
  /** Items, or `items + row` for a row's slack. */
  private readonly basis: Int32Array;
  private readonly basic: Float64Array;
  private readonly inverse: Float64Array;
  private readonly direction: Float64Array;
  private items = 0;
  private value: Float64Array = new Float64Array();
  private shares: Float64Array = new Float64Array();
  private most: Float64Array = new Float64Array();

  constructor(rows: number, mostItems: number) {
    this.rows = rows;
    this.prices = new Float64Array(rows);
    this.state = new Uint8Array(mostItems);
    this.basis = new Int32Array(rows);
    this.basic = new Float64Array(rows);
    this.inverse = new Float64Array(rows * rows);
    this.direction = new Float64Array(rows);
  }

  /** Leaves the rows' prices in `prices`. `shares` are items × rows: of the room, what one of an item takes. */
  solve(items: number, value: Float64Array, shares: Float64Array, most: Float64Array): void {
    this.items = items;
    this.value = value;
    this.shares = shares;
    this.most = most;
    this.start();
    for (let step = 0; step < 20 + 8 * this.rows; step++) {
      this.looks += items * this.rows;
      this.price();
      const entering = this.entering();
      if (entering < 0) break;
      this.follow(entering);
      if (!this.move(entering)) break;
    }
    this.price();
    for (let row = 0; row < this.rows; row++) this.prices[row] = Math.max(0, this.prices[row]!);
  }

  /** How much the answer takes of an item. */
  takenOf(item: number): number {
    if (this.state[item] === AT_MOST) return this.most[item]!;
    return this.state[item] === BASIC ? Math.max(0, this.basic[this.basis.indexOf(item)]!) : 0;
  }

  private start(): void {
    const { rows, inverse, basis, basic } = this;
    inverse.fill(0);
    for (let row = 0; row < rows; row++) {
      inverse[row * rows + row] = 1;
      basis[row] = this.items + row;
      basic[row] = 1;
    }
    this.state.fill(AT_ZERO);
  }

  private price(): void {
    const { rows, prices, basis, inverse, value } = this;
    prices.fill(0);
    for (let k = 0; k < rows; k++) {
      if (basis[k]! >= this.items) continue;
      const worth = value[basis[k]!]!;
      for (let row = 0; row < rows; row++) prices[row]! += worth * inverse[k * rows + row]!;
    }
  }

  private entering(): number {
    const { rows, prices, value, shares, state, most } = this;
    let best = -1;
    let promise = 0;
    for (let item = 0; item < this.items; item++) {
      if (state[item] === BASIC) continue;
      let gain = value[item]!;
      for (let row = 0; row < rows; row++) gain -= prices[row]! * shares[item * rows + row]!;
      if (state[item] === AT_MOST) gain = -gain;
      if (gain <= EPSILON * value[item]! || gain * most[item]! <= promise) continue;
      promise = gain * most[item]!;
      best = item;
    }
    for (let row = 0; row < rows; row++) {
      if (-prices[row]! <= Math.max(promise, EPSILON)) continue;
      promise = -prices[row]!;
      best = this.items + row;
    }
    return best;
  }

  /** How the basic variables fall for one more of the entering one. */
  private follow(entering: number): void {
    const { rows, inverse, direction, shares } = this;
    for (let k = 0; k < rows; k++) {
      let sum = 0;
      if (entering >= this.items) sum = inverse[k * rows + entering - this.items]!;
      else
        for (let row = 0; row < rows; row++) sum += inverse[k * rows + row]! * shares[entering * rows + row]!;
      direction[k] = sum;
    }
  }

  private mostOf(variable: number): number {
    return variable < this.items ? this.most[variable]! : Number.POSITIVE_INFINITY;
  }

  private move(entering: number): boolean {
    const { rows, basis, basic, direction, state } = this;
    const sign = entering < this.items && state[entering] === AT_MOST ? -1 : 1;
    let length = this.mostOf(entering);
    let leaving = -1;
    for (let k = 0; k < rows; k++) {
      const rate = sign * direction[k]!;
      if (Math.abs(rate) < EPSILON) continue;
      const reach = rate > 0 ? basic[k]! / rate : (basic[k]! - this.mostOf(basis[k]!)) / rate;
      if (reach >= length) continue;
      length = Math.max(0, reach);
      leaving = k;
    }
    if (length === Number.POSITIVE_INFINITY) return false;
    for (let k = 0; k < rows; k++) basic[k]! -= sign * length * direction[k]!;
    if (leaving < 0) {
      state[entering] = sign < 0 ? AT_ZERO : AT_MOST;
      return true;
    }
    const left = basis[leaving]!;
    if (left < this.items) state[left] = sign * direction[leaving]! < 0 ? AT_MOST : AT_ZERO;
    basic[leaving] = sign < 0 ? this.mostOf(entering) - length : length;
    if (entering < this.items) state[entering] = BASIC;
    this.exchange(leaving);
    basis[leaving] = entering;
    return true;
  }

  private exchange(leaving: number): void {
    const { rows, inverse, direction } = this;
    for (let row = 0; row < rows; row++) inverse[leaving * rows + row]! /= direction[leaving]!;
    for (let k = 0; k < rows; k++) {
      if (k === leaving || direction[k] === 0) continue;
      for (let row = 0; row < rows; row++)
        inverse[k * rows + row]! -= direction[k]! * inverse[leaving * rows + row]!;
    }
  }
}
