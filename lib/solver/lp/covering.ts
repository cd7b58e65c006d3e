/**
 * Covering linear programmes with few rows and many columns: min cost·y where A·y >= demand and y >= 0. A dual simplex
 * with a dense inverse of the basis: it starts at y = 0 and raises the duals, so it may stop at any iteration and still
 * have a lower bound. The duals it returns are certified: whatever rounding did, they are within every column's cost.
 */
export interface Covering {
  readonly rows: number;
  readonly columns: number;
  /** Per column, finite and not negative. */
  readonly cost: Float64Array;
  /** Column by column, `rows` entries each, finite and not negative. */
  readonly coefficients: Float64Array;
  /** Per row. A row with no demand constrains nothing. */
  readonly demand: Float64Array;
}

export interface CoveringSolution {
  /** demand·duals: never above the cost of any y that covers the demand. The optimum, less 1e-12 of it, when `optimal`. */
  readonly objective: number;
  /** Per row, not negative, and duals·column <= cost of the column for every column. */
  readonly duals: Float64Array;
  /** Per column: y. When `optimal` it covers the demand, but for rows that a column of no cost covers anyway. */
  readonly uses: Float64Array;
  readonly iterations: number;
  /** `uncoverable`: a combination of rows that no column covers, so there is no y at all. */
  readonly status: 'optimal' | 'uncoverable' | 'iteration-limit';
}

/** Far above the rounding of a sum of a few dozen products, far below what money is rounded to. */
const SAFETY = 1e-12;
const INFEASIBLE = 1e-10;
const PIVOT = 1e-10;
/** Iterations in a row without progress before the order of choice changes to Bland's, which cannot cycle. */
const PATIENCE = 20;

export function solveCovering(covering: Covering): CoveringSolution {
  const scaled = scale(covering);
  const tableau = new Tableau(scaled);
  const limit = 100 + 50 * scaled.rows;
  let status: CoveringSolution['status'] = 'iteration-limit';
  let iterations = 0;
  for (let stalled = 0; iterations < limit; iterations++) {
    const leaving = tableau.leaving(stalled > PATIENCE);
    if (leaving < 0) {
      status = 'optimal';
      break;
    }
    const entering = tableau.entering(leaving, stalled > PATIENCE);
    if (entering < 0) {
      status = 'uncoverable';
      break;
    }
    stalled = tableau.pivot(leaving, entering) > PIVOT ? 0 : stalled + 1;
  }
  const duals = certified(covering, unscaledDuals(covering, scaled, tableau.duals));
  return {
    objective: dot(covering.demand, 0, duals),
    duals,
    uses: unscaledUses(covering, scaled, tableau),
    iterations,
    status,
  };
}

/** The same programme with every demand 1, the largest coefficient of a column 1 and the smallest cost 1. */
interface Scaled {
  readonly rows: number;
  readonly columns: number;
  /** Row and column of the original programme. */
  readonly rowOf: Int32Array;
  readonly columnOf: Int32Array;
  readonly columnScale: Float64Array;
  readonly costScale: number;
  readonly cost: Float64Array;
  readonly coefficients: Float64Array;
}

function scale(covering: Covering): Scaled {
  const { rows, columns, cost, coefficients, demand } = covering;
  const rowOf = rowsToSolve(covering);
  const perDemand = Float64Array.from(rowOf, (row) => 1 / demand[row]!);
  const columnOf = new Int32Array(columns);
  const columnScale = new Float64Array(columns);
  const scaled = new Float64Array(columns * rowOf.length);
  let costScale = Number.POSITIVE_INFINITY;
  let count = 0;
  for (let column = 0; column < columns; column++) {
    const to = count * rowOf.length;
    let largest = 0;
    for (let row = 0; row < rowOf.length; row++) {
      const share = coefficients[column * rows + rowOf[row]!]! * perDemand[row]!;
      scaled[to + row] = share;
      if (share > largest) largest = share;
    }
    if (largest === 0) continue;
    for (let row = 0; row < rowOf.length; row++) scaled[to + row]! /= largest;
    columnOf[count] = column;
    columnScale[count++] = largest;
    costScale = Math.min(costScale, cost[column]! / largest);
  }
  if (count === 0) costScale = 1;
  return {
    rows: rowOf.length,
    columns: count,
    rowOf,
    columnOf: columnOf.subarray(0, count),
    columnScale: columnScale.subarray(0, count),
    costScale,
    cost: Float64Array.from(
      { length: count },
      (_, at) => cost[columnOf[at]!]! / columnScale[at]! / costScale,
    ),
    coefficients: scaled,
  };
}

/** Rows that a column of no cost covers have dual 0 in every solution, and rows without demand have it in the best one. */
function rowsToSolve({ rows, columns, cost, coefficients, demand }: Covering): Int32Array {
  const isFree = new Uint8Array(rows);
  for (let column = 0; column < columns; column++) {
    if (cost[column]! > 0) continue;
    for (let row = 0; row < rows; row++) if (coefficients[column * rows + row]! > 0) isFree[row] = 1;
  }
  return Int32Array.from(isFree.keys()).filter((row) => demand[row]! > 0 && isFree[row] === 0);
}

function unscaledDuals({ rows, demand }: Covering, { rowOf, costScale }: Scaled, duals: Float64Array) {
  const unscaled = new Float64Array(rows);
  for (const [index, row] of rowOf.entries()) {
    unscaled[row] = (Math.max(0, duals[index]!) * costScale) / demand[row]!;
  }
  return unscaled;
}

function unscaledUses({ columns }: Covering, { columnOf, columnScale }: Scaled, tableau: Tableau) {
  const uses = new Float64Array(columns);
  for (const [row, variable] of tableau.basis.entries()) {
    if (variable >= columnOf.length) continue;
    uses[columnOf[variable]!] = Math.max(0, tableau.values[row]! / columnScale[variable]!);
  }
  return uses;
}

/** All duals times the one factor that brings the worst column within its cost, with a margin for this sum's rounding. */
function certified({ rows, columns, cost, coefficients }: Covering, duals: Float64Array): Float64Array {
  let factor = 1;
  for (let column = 0; column < columns; column++) {
    const value = dot(coefficients, column * rows, duals);
    if (value * factor > cost[column]!) factor = cost[column]! / value;
  }
  return duals.map((dual) => dual * factor * (1 - SAFETY));
}

function dot(values: Float64Array, from: number, duals: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < duals.length; row++) sum += values[from + row]! * duals[row]!;
  return sum;
}

/** The variables are the columns, then one surplus per row: A·y − surplus = 1. */
class Tableau {
  /** Per row, the variable that is basic there. */
  readonly basis: Int32Array;
  /** Per row, that variable's value. */
  readonly values: Float64Array;
  /** Per row: also the reduced costs of the surplus variables. */
  readonly duals: Float64Array;
  private readonly scaled: Scaled;
  /** rows × rows, row by row. */
  private readonly inverse: Float64Array;
  /** Per column: the cost less what the duals say it is worth. */
  private readonly reduced: Float64Array;
  private readonly isBasic: Uint8Array;
  /** Per column, the entry in the row that is leaving. */
  private readonly alpha: Float64Array;
  private readonly entered: Float64Array;

  constructor(scaled: Scaled) {
    const { rows, columns } = scaled;
    this.scaled = scaled;
    this.basis = Int32Array.from({ length: rows }, (_, row) => columns + row);
    this.values = new Float64Array(rows).fill(-1);
    this.duals = new Float64Array(rows);
    this.inverse = new Float64Array(rows * rows);
    for (let row = 0; row < rows; row++) this.inverse[row * rows + row] = -1;
    this.reduced = scaled.cost.slice();
    this.isBasic = new Uint8Array(columns + rows).fill(1, columns);
    this.alpha = new Float64Array(columns);
    this.entered = new Float64Array(rows);
  }

  /** The row that is short of its demand the most, or of those short the one with the first variable; -1 where none is. */
  leaving(isBland: boolean): number {
    let best = -1;
    for (let row = 0; row < this.values.length; row++) {
      if (this.values[row]! >= -INFEASIBLE) continue;
      const isBetter =
        best < 0 || (isBland ? this.basis[row]! < this.basis[best]! : this.values[row]! < this.values[best]!);
      if (isBetter) best = row;
    }
    return best;
  }

  /** The variable whose reduced cost reaches zero first as the row's dual rises, or -1 where none ever does. */
  entering(leaving: number, isBland: boolean): number {
    const { rows, columns } = this.scaled;
    this.fillAlpha(leaving);
    let best = -1;
    let bestRatio = Number.POSITIVE_INFINITY;
    let bestAlpha = 0;
    for (let variable = 0; variable < columns + rows; variable++) {
      if (this.isBasic[variable] === 1) continue;
      const alpha = this.alphaOf(leaving, variable);
      if (alpha >= -PIVOT) continue;
      const cost = variable < columns ? this.reduced[variable]! : this.duals[variable - columns]!;
      const ratio = Math.max(0, cost) / -alpha;
      // Among equals the largest pivot loses the fewest digits; Bland's rule takes the first.
      if (ratio > bestRatio || (ratio === bestRatio && (isBland || alpha >= bestAlpha))) continue;
      best = variable;
      bestRatio = ratio;
      bestAlpha = alpha;
    }
    return best;
  }

  /** Exchanges the two and answers how far the dual rose. `entering` was just asked about the same row. */
  pivot(leaving: number, entering: number): number {
    const { columns } = this.scaled;
    const pivotAlpha = this.alphaOf(leaving, entering);
    const cost = entering < columns ? this.reduced[entering]! : this.duals[entering - columns]!;
    const step = Math.max(0, cost) / -pivotAlpha;
    this.moveDuals(leaving, step);
    const left = this.basis[leaving]!;
    if (left < columns) this.reduced[left] = step;
    else this.duals[left - columns] = step;
    if (entering < columns) this.reduced[entering] = 0;
    else this.duals[entering - columns] = 0;
    this.exchange(leaving, entering);
    this.isBasic[left] = 0;
    this.isBasic[entering] = 1;
    this.basis[leaving] = entering;
    return step;
  }

  private fillAlpha(leaving: number): void {
    const { rows, columns, coefficients } = this.scaled;
    const { alpha, inverse } = this;
    const from = leaving * rows;
    for (let column = 0, at = 0; column < columns; column++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += inverse[from + row]! * coefficients[at++]!;
      alpha[column] = sum;
    }
  }

  private alphaOf(leaving: number, variable: number): number {
    const { rows, columns } = this.scaled;
    return variable < columns ? this.alpha[variable]! : -this.inverse[leaving * rows + variable - columns]!;
  }

  private moveDuals(leaving: number, step: number): void {
    const { rows, columns } = this.scaled;
    for (let column = 0; column < columns; column++) {
      if (this.isBasic[column] === 0) this.reduced[column]! += step * this.alpha[column]!;
    }
    for (let row = 0; row < rows; row++) {
      if (this.isBasic[columns + row] === 0) this.duals[row]! -= step * this.inverse[leaving * rows + row]!;
    }
  }

  private exchange(leaving: number, entering: number): void {
    const { rows } = this.scaled;
    const { inverse, values, entered } = this;
    for (let row = 0; row < rows; row++) entered[row] = this.entryOf(row, entering);
    const pivot = entered[leaving]!;
    for (let at = leaving * rows; at < (leaving + 1) * rows; at++) inverse[at]! /= pivot;
    values[leaving]! /= pivot;
    for (let row = 0; row < rows; row++) {
      const times = entered[row]!;
      if (row === leaving || times === 0) continue;
      for (let at = 0; at < rows; at++) inverse[row * rows + at]! -= times * inverse[leaving * rows + at]!;
      values[row]! -= times * values[leaving]!;
    }
  }

  /** Of the inverse times the variable's column. */
  private entryOf(row: number, variable: number): number {
    const { rows, columns, coefficients } = this.scaled;
    if (variable >= columns) return -this.inverse[row * rows + variable - columns]!;
    let sum = 0;
    for (let at = 0; at < rows; at++)
      sum += this.inverse[row * rows + at]! * coefficients[variable * rows + at]!;
    return sum;
  }
}
