/**
 * The master programme of column generation: how often to use each known pattern, at least cost, so that all units are
 * placed and no kind is used more than there is of it. A revised primal simplex with a dense inverse, worked out anew
 * every so often; patterns may be added between two runs. Its duals are the values of the classes.
 */
import type { Budget } from '../optimal/budget.ts';
import type { Pattern } from './instance.ts';

const EPSILON = 1e-9;
const PIVOT = 1e-8;
const REFRESH = 150;
/** Iterations in a row without progress before the first variable in order enters, not the best, which cannot cycle. */
const PATIENCE = 60;
/** Entries of the inverse that a pivot, and the elimination that works it out anew, goes through in an iteration of the budget. */
const PIVOT_ENTRIES = 150_000;
const REFRESH_ENTRIES = 600_000;

interface Column {
  readonly rows: Int32Array;
  readonly entries: Float64Array;
  readonly cost: number;
}

export interface Supply {
  readonly kind: number;
  readonly times: number;
}

export class Master {
  /** Per row: of a class not below zero, of a supply not above. Up to rounding until someone certifies them. */
  readonly duals: Float64Array;
  readonly patterns: Pattern[] = [];
  private readonly rows: number;
  private readonly classes: number;
  private readonly demand: Float64Array;
  private readonly supplyRow: ReadonlyMap<number, number>;
  private readonly costs: Float64Array;
  private readonly columns: Column[] = [];
  /** Where a pattern is in the basis; -1 where it is not. */
  private readonly placeOf: number[] = [];
  /** A pattern, or `-1 - row` for what a row has too much or too little. */
  private readonly basis: Int32Array;
  private readonly values: Float64Array;
  private readonly inverse: Float64Array;
  private readonly direction: Float64Array;
  private sinceRefresh = 0;

  /**
   * `singles` are a pattern per class, of that class alone on a kind without limit: the first basis. `demand` is above
   * zero in every class.
   */
  constructor(
    demand: Float64Array,
    costs: Float64Array,
    supplies: readonly Supply[],
    singles: readonly Pattern[],
  ) {
    this.classes = demand.length;
    this.rows = demand.length + supplies.length;
    this.demand = Float64Array.from([...demand, ...supplies.map(({ times }) => times)]);
    this.supplyRow = new Map(supplies.map(({ kind }, at) => [kind, demand.length + at]));
    this.costs = costs;
    this.duals = new Float64Array(this.rows);
    this.basis = new Int32Array(this.rows);
    this.values = new Float64Array(this.rows);
    this.inverse = new Float64Array(this.rows * this.rows);
    this.direction = new Float64Array(this.rows);
    for (const single of singles) this.add(single);
    for (let row = 0; row < this.rows; row++) this.basis[row] = row < this.classes ? row : -1 - row;
    for (let row = 0; row < this.classes; row++) this.placeOf[row] = row;
    this.refresh();
  }

  add(pattern: Pattern): void {
    const supply = this.supplyRow.get(pattern.kind);
    const rows = supply === undefined ? pattern.classes : [...pattern.classes, supply];
    const entries = supply === undefined ? pattern.counts : [...pattern.counts, 1];
    this.patterns.push(pattern);
    this.columns.push({
      rows: Int32Array.from(rows),
      entries: Float64Array.from(entries),
      cost: this.costs[pattern.kind]!,
    });
    this.placeOf.push(-1);
  }

  get objective(): number {
    let sum = 0;
    for (let row = 0; row < this.rows; row++) sum += this.values[row]! * this.costOf(this.basis[row]!);
    return sum;
  }

  /** Per pattern, how often it is used. */
  uses(): Float64Array {
    const uses = new Float64Array(this.columns.length);
    for (let row = 0; row < this.rows; row++) {
      if (this.basis[row]! >= 0) uses[this.basis[row]!] = Math.max(0, this.values[row]!);
    }
    return uses;
  }

  /** What a pattern costs beyond what it is worth in duals. */
  reducedCost({ kind, classes, counts }: Pattern): number {
    let sum = this.costs[kind]!;
    for (let at = 0; at < classes.length; at++) sum -= this.duals[classes[at]!]! * counts[at]!;
    const supply = this.supplyRow.get(kind);
    return supply === undefined ? sum : sum - this.duals[supply]!;
  }

  /** Runs to the optimum over the known patterns, to the limit or to the end of the budget: all units are placed anyway. */
  optimise(limit: number, budget: Budget): void {
    const { rows } = this;
    let stalled = 0;
    for (let iteration = 0; iteration < limit && budget.left > 0; iteration++) {
      if (this.sinceRefresh >= REFRESH) {
        this.refresh();
        budget.spend((rows * rows * rows) / REFRESH_ENTRIES);
      }
      const entering = this.entering(stalled > PATIENCE);
      if (entering === undefined) return;
      this.follow(entering);
      const leaving = this.leaving();
      if (leaving < 0) return;
      const step = this.values[leaving]! / this.direction[leaving]!;
      stalled = step > EPSILON ? 0 : stalled + 1;
      this.exchange(leaving, entering, step);
      budget.spend((rows * rows) / PIVOT_ENTRIES);
    }
  }

  private costOf(variable: number): number {
    return variable >= 0 ? this.columns[variable]!.cost : 0;
  }

  /** The variable whose reduced cost is lowest for its cost; the first below zero where the order must not cycle. */
  private entering(isFirst: boolean): number | undefined {
    const { columns, duals, placeOf } = this;
    let best: number | undefined;
    let least = -EPSILON;
    for (let at = 0; at < columns.length; at++) {
      if (placeOf[at]! >= 0) continue;
      const { rows, entries, cost } = columns[at]!;
      let reduced = cost;
      for (let k = 0; k < rows.length; k++) reduced -= duals[rows[k]!]! * entries[k]!;
      const share = reduced / (cost > 0 ? cost : 1);
      if (share >= least) continue;
      best = at;
      if (isFirst) return best;
      least = share;
    }
    for (let row = 0; row < this.rows; row++) {
      const reduced = row < this.classes ? duals[row]! : -duals[row]!;
      if (reduced >= -EPSILON * this.scale() || reduced >= 0) continue;
      const share = reduced / this.scale();
      if (share >= least) continue;
      best = -1 - row;
      if (isFirst) return best;
      least = share;
    }
    return best;
  }

  /** A cost that reduced costs of rows are measured by. */
  private scale(): number {
    return this.columns[0]!.cost > 0 ? this.columns[0]!.cost : 1;
  }

  private follow(entering: number): void {
    const { rows, inverse, direction } = this;
    if (entering >= 0) {
      const column = this.columns[entering]!;
      for (let row = 0; row < rows; row++) {
        let sum = 0;
        for (let k = 0; k < column.rows.length; k++)
          sum += inverse[row * rows + column.rows[k]!]! * column.entries[k]!;
        direction[row] = sum;
      }
      return;
    }
    const of = -1 - entering;
    const sign = of < this.classes ? -1 : 1;
    for (let row = 0; row < rows; row++) direction[row] = sign * inverse[row * rows + of]!;
  }

  /** The row that reaches zero first; of several the largest pivot, then the first. */
  private leaving(): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.rows; row++) {
      const rate = this.direction[row]!;
      if (rate <= PIVOT) continue;
      const reach = Math.max(0, this.values[row]!) / rate;
      const isBetter =
        reach < least - EPSILON || (reach <= least && best >= 0 && rate > this.direction[best]!);
      if (!isBetter) continue;
      best = row;
      least = reach;
    }
    return best;
  }

  private exchange(leaving: number, entering: number, step: number): void {
    const { rows, inverse, direction, values, duals, basis, placeOf } = this;
    const reduced = this.reducedOf(entering);
    const pivot = direction[leaving]!;
    const from = leaving * rows;
    for (let column = 0; column < rows; column++) inverse[from + column]! /= pivot;
    for (let row = 0; row < rows; row++) {
      const factor = direction[row]!;
      if (row === leaving || factor === 0) continue;
      values[row] = Math.max(0, values[row]! - step * factor);
      const to = row * rows;
      for (let column = 0; column < rows; column++) inverse[to + column]! -= factor * inverse[from + column]!;
    }
    for (let column = 0; column < rows; column++) duals[column]! += reduced * inverse[from + column]!;
    values[leaving] = Math.max(0, step);
    if (basis[leaving]! >= 0) placeOf[basis[leaving]!] = -1;
    if (entering >= 0) placeOf[entering] = leaving;
    basis[leaving] = entering;
    this.sinceRefresh++;
  }

  private reducedOf(variable: number): number {
    if (variable >= 0) return this.reducedCost(this.patterns[variable]!);
    const row = -1 - variable;
    return row < this.classes ? this.duals[row]! : -this.duals[row]!;
  }

  /** Works the inverse, the values and the duals out anew, by elimination with the largest pivot of each column. */
  private refresh(): void {
    const { rows, inverse } = this;
    const matrix = this.basisMatrix();
    inverse.fill(0);
    for (let row = 0; row < rows; row++) inverse[row * rows + row] = 1;
    for (let column = 0; column < rows; column++) {
      let pivot = column;
      for (let row = column + 1; row < rows; row++) {
        if (Math.abs(matrix[row * rows + column]!) > Math.abs(matrix[pivot * rows + column]!)) pivot = row;
      }
      if (pivot !== column) {
        swapRows(matrix, rows, pivot, column);
        swapRows(inverse, rows, pivot, column);
      }
      clearColumn(matrix, inverse, rows, column);
    }
    this.refreshValues();
    this.sinceRefresh = 0;
  }

  private basisMatrix(): Float64Array {
    const { rows, basis } = this;
    const matrix = new Float64Array(rows * rows);
    for (let place = 0; place < rows; place++) {
      const variable = basis[place]!;
      if (variable < 0) {
        const row = -1 - variable;
        matrix[row * rows + place] = row < this.classes ? -1 : 1;
        continue;
      }
      const column = this.columns[variable]!;
      for (let k = 0; k < column.rows.length; k++)
        matrix[column.rows[k]! * rows + place] = column.entries[k]!;
    }
    return matrix;
  }

  private refreshValues(): void {
    const { rows, inverse, values, duals, demand, basis } = this;
    duals.fill(0);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      const cost = this.costOf(basis[row]!);
      for (let column = 0; column < rows; column++) {
        sum += inverse[row * rows + column]! * demand[column]!;
        if (cost !== 0) duals[column]! += cost * inverse[row * rows + column]!;
      }
      values[row] = Math.max(0, sum);
    }
  }
}

function swapRows(matrix: Float64Array, rows: number, a: number, b: number): void {
  for (let column = 0; column < rows; column++) {
    const kept = matrix[a * rows + column]!;
    matrix[a * rows + column] = matrix[b * rows + column]!;
    matrix[b * rows + column] = kept;
  }
}

/** Divides the column's own row by its pivot and takes it out of all others. */
function clearColumn(matrix: Float64Array, inverse: Float64Array, rows: number, column: number): void {
  const own = column * rows;
  const pivot = matrix[own + column]!;
  for (let at = 0; at < rows; at++) {
    matrix[own + at]! /= pivot;
    inverse[own + at]! /= pivot;
  }
  for (let row = 0; row < rows; row++) {
    const factor = matrix[row * rows + column]!;
    if (row === column || factor === 0) continue;
    const to = row * rows;
    for (let at = 0; at < rows; at++) {
      matrix[to + at]! -= factor * matrix[own + at]!;
      inverse[to + at]! -= factor * inverse[own + at]!;
    }
  }
}
