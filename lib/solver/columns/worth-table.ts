/**
 * What room is worth at most when pods are whole, in the two columns that pods fill most: a table over a grid of room left,
 * for all classes and for those from any one on. Units are taken without end, so that every entry is an upper bound. The
 * grid has all requests on it; where that takes too many cells, as where pods are small, there is no table.
 */
import { commonUnits, type Instance } from './instance.ts';

/** Cells for all classes together. */
const MOST_CELLS = 4_000_000;
/** The table ends at the room of so many of the largest pods, the first for which it is small enough. */
const PODS = [64, 32, 16, 8, 6, 4, 3, 2];

export class WorthTable {
  /** The classes, the largest first. */
  readonly order: Int32Array;
  private readonly column: readonly [number, number];
  private readonly unit: readonly [number, number];
  /** Cells of the grid in each of the columns. */
  private readonly cells: readonly [number, number];
  /** Per class, its request in cells; what is larger than any grid, `MOST_CELLS`. */
  private readonly down: Int32Array;
  private readonly across: Int32Array;
  /** Places of the order + 1, cells by cells. */
  private readonly worth: Float64Array;

  constructor(instance: Instance) {
    const { classes, columns, requests } = instance;
    const share = shares(instance);
    const size = (c: number) => Math.max(...share.subarray(c * columns, (c + 1) * columns));
    const sizes = Float64Array.from({ length: classes }, (_, c) => size(c));
    this.order = Int32Array.from({ length: classes }, (_, c) => c).sort(
      (a, b) => sizes[b]! - sizes[a]! || a - b,
    );
    this.column = fullestColumns(share, columns);
    const { unit, cells } = gridOf(instance, this.column);
    this.unit = unit;
    this.cells = cells;
    const inCells = (at: 0 | 1) =>
      Int32Array.from({ length: classes }, (_, c) =>
        Math.min(MOST_CELLS, Math.floor(requests[c * columns + this.column[at]]! / unit[at])),
      );
    this.down = inCells(0);
    this.across = inCells(1);
    this.worth = new Float64Array((classes + 1) * cells[0] * cells[1]);
  }

  fill(values: Float64Array): void {
    const [rows, width] = this.cells;
    const size = rows * width;
    if (size === 0) return;
    const { worth, order } = this;
    for (let place = order.length - 1; place >= 0; place--) {
      const c = order[place]!;
      const to = place * size;
      worth.copyWithin(to, to + size, to + 2 * size);
      const value = values[c]!;
      const [down, across] = [this.down[c]!, this.across[c]!];
      if (value <= 0 || (down === 0 && across === 0) || down >= rows || across >= width) continue;
      for (let row = down; row < rows; row++) {
        let at = to + row * width + across;
        const end = to + (row + 1) * width;
        for (let from = to + (row - down) * width; at < end; at++, from++) {
          const more = worth[from]! + value;
          if (more > worth[at]!) worth[at] = more;
        }
      }
    }
  }

  /** Whether the table knows the worth of so much room. */
  covers(room: Float64Array): boolean {
    const { column, unit, cells } = this;
    return room[column[0]]! < unit[0] * cells[0] && room[column[1]]! < unit[1] * cells[1];
  }

  /** The worth of covered room for classes from a place of the order on; without those that take nothing of it. */
  boundFrom(place: number, left: Float64Array): number {
    const { column, unit, cells } = this;
    const row = Math.floor(left[column[0]]! / unit[0]);
    const at = Math.floor(left[column[1]]! / unit[1]);
    return this.worth[(place * cells[0] + row) * cells[1] + at]!;
  }

  /** Whether a class takes nothing of either column. */
  takesNothing(c: number): boolean {
    return this.down[c] === 0 && this.across[c] === 0;
  }
}

/** Per class and column: of the largest room, what a unit takes. */
function shares({ columns, kinds, classes, room, requests }: Instance): Float64Array {
  const largest = new Float64Array(columns);
  for (let at = 0; at < kinds * columns; at++)
    largest[at % columns] = Math.max(largest[at % columns]!, room[at]!);
  return Float64Array.from({ length: classes * columns }, (_, at) => {
    const of = largest[at % columns]!;
    return of > 0 ? requests[at]! / of : 0;
  });
}

/** The two columns of which pods take the largest share; the same one twice where there is only one. */
function fullestColumns(share: Float64Array, columns: number): [number, number] {
  const sum = new Float64Array(columns);
  for (let at = 0; at < share.length; at++) sum[at % columns]! += share[at]!;
  const [first = 0, second = first] = [...sum.keys()].sort((a, b) => sum[b]! - sum[a]! || a - b);
  return [first, second];
}

interface Grid {
  readonly unit: [number, number];
  readonly cells: [number, number];
}

/** Units that all requests are multiples of; room for as many of the largest pods as there are cells for. */
function gridOf(instance: Instance, column: readonly [number, number]): Grid {
  const { columns, kinds, classes, room, requests } = instance;
  const units = commonUnits(instance);
  const unit: [number, number] = [1, 1];
  const largest: [number, number] = [0, 0];
  const most: [number, number] = [0, 0];
  for (const at of [0, 1] as const) {
    for (let c = 0; c < classes; c++) {
      largest[at] = Math.max(largest[at], requests[c * columns + column[at]]!);
    }
    for (let kind = 0; kind < kinds; kind++)
      most[at] = Math.max(most[at], room[kind * columns + column[at]]!);
    unit[at] = Math.max(1, units[column[at]]!);
  }
  for (const pods of PODS) {
    const cellsOf = (at: 0 | 1) => 1 + Math.floor(Math.min(most[at], pods * largest[at]) / unit[at]);
    if ((classes + 1) * cellsOf(0) * cellsOf(1) <= MOST_CELLS)
      return { unit, cells: [cellsOf(0), cellsOf(1)] };
  }
  return { unit, cells: [0, 0] };
}
