/** What new nodes could be: the offerings that no rule excludes for good, and what each has room for. */
import type { Problem } from '../problem.ts';
import { type Template, templatesOf } from '../template.ts';

/** More volumes than any node attaches: the room where there is no limit. */
export const NO_LIMIT = 2 ** 31;

export interface Stock {
  readonly templates: readonly Template[];
  /** Per offering its template, or -1 where no node of it can be opened; and its row there. */
  readonly template: Int32Array;
  readonly row: Int32Array;
  /** Drivers whose volumes have a column of their own after the resources. */
  readonly drivers: readonly number[];
}

export function stockOf(problem: Problem): Stock {
  const templates = templatesOf(problem);
  const { count, reservation } = problem.offerings;
  const template = new Int32Array(count).fill(-1);
  const row = new Int32Array(count);
  for (const [number, one] of templates.entries()) {
    const { start, offerings, count: rows } = one.rows;
    for (let of = 0; of < rows; of++) {
      if (!mayOpen(problem, one, of)) continue;
      for (let at = start[of]!; at < start[of + 1]!; at++) {
        const offering = offerings[at]!;
        if (reservation[offering]! >= 0 && problem.reservations[reservation[offering]!]! < 1) continue;
        template[offering] = number;
        row[offering] = of;
      }
    }
  }
  return { templates, template, row, drivers: driversOf(problem) };
}

/** Not where the pool's limits leave no such node or its DaemonSets do not fit. */
function mayOpen({ pools, resources }: Problem, { pool, rows }: Template, row: number): boolean {
  const { limits, nodesLeft } = pools[pool]!;
  if (nodesLeft < 1) return false;
  for (let at = row * resources, r = 0; r < resources; r++, at++) {
    if (rows.room[at]! < 0 || rows.capacity[at]! > limits[r]!) return false;
  }
  return true;
}

/** Ascending: drivers of volumes that some pod attaches and some shape limits. */
function driversOf({ items, shapes }: Problem): number[] {
  const limited = shapes.volumeLimits.map((limits) => limits.some((limit) => limit >= 0));
  if (!limited.includes(true)) return [];
  const used = new Set<number>();
  for (const { volumes } of items) for (const { driver } of volumes) if (limited[driver]) used.add(driver);
  return [...used].sort((a, b) => a - b);
}

/** Amounts of room of an offering: what its row has, then the volumes it attaches. */
export function roomOf({ shapes, resources }: Problem, stock: Stock, offering: number): Float64Array {
  const { rows } = stock.templates[stock.template[offering]!]!;
  const row = stock.row[offering]!;
  const room = rows.room.subarray(row * resources, (row + 1) * resources);
  if (stock.drivers.length === 0) return room;
  const limits = stock.drivers.map((driver) => shapes.volumeLimits[driver]![rows.shape[row]!]!);
  return Float64Array.of(...room, ...limits.map((limit) => (limit < 0 ? NO_LIMIT : limit)));
}

/** R amounts of an offering as limits count them. */
export function capacityOf({ resources }: Problem, stock: Stock, offering: number): Float64Array {
  const row = stock.row[offering]!;
  const { capacity } = stock.templates[stock.template[offering]!]!.rows;
  return capacity.subarray(row * resources, (row + 1) * resources);
}
