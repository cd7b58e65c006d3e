import { createMask, setBit } from './mask.ts';
import type { Mask, Problem } from './problem.ts';

/** What a new node starts from: the offerings of one pool and one variant, and how they fit. */
export interface Template {
  readonly pool: number;
  readonly variant: number;
  readonly offerings: Mask;
  readonly rows: Rows;
}

/**
 * The distinct (shape, overhead group) pairs of a template: offerings of one row hold exactly the same pods, so fitting
 * is decided per row (hundreds) and applied to offerings (thousands).
 */
export interface Rows {
  readonly count: number;
  readonly shape: Int32Array;
  readonly overheadGroup: Int32Array;
  /** rows × R: allocatable less DaemonSets; negative where they do not fit themselves. */
  readonly room: Float64Array;
  /** rows × R: what pool limits count. */
  readonly capacity: Float64Array;
  /** Per column, the distinct amounts of room, ascending. */
  readonly levels: readonly Float64Array[];
  /** Offerings of row i: `offerings[start[i]]` up to `offerings[start[i + 1]]`. */
  readonly start: Int32Array;
  readonly offerings: Int32Array;
}

/** Templates in the order to try them: by the pool's rank, then by variant. */
export function templatesOf(problem: Problem): Template[] {
  const { offerings, pools } = problem;
  const members = new Map<string, number[]>();
  for (let offering = 0; offering < offerings.count; offering++) {
    const key = `${offerings.pool[offering]}/${offerings.variant[offering]}`;
    const list = members.get(key);
    if (list) list.push(offering);
    else members.set(key, [offering]);
  }
  return [...members.values()]
    .map((list) => templateOf(problem, list))
    .sort((a, b) => pools[a.pool]!.rank - pools[b.pool]!.rank || a.pool - b.pool || a.variant - b.variant);
}

function templateOf(problem: Problem, members: readonly number[]): Template {
  const mask = createMask(problem.offerings.count);
  for (const offering of members) setBit(mask, offering);
  return {
    pool: problem.offerings.pool[members[0]!]!,
    variant: problem.offerings.variant[members[0]!]!,
    offerings: mask,
    rows: rowsOf(problem, members),
  };
}

function rowsOf(problem: Problem, members: readonly number[]): Rows {
  const { offerings, overheadGroups } = problem;
  const byPair = new Map<number, number[]>();
  for (const offering of members) {
    const pair = offerings.shape[offering]! * overheadGroups.length + offerings.overheadGroup[offering]!;
    const list = byPair.get(pair);
    if (list) list.push(offering);
    else byPair.set(pair, [offering]);
  }
  const lists = [...byPair.values()];
  const start = new Int32Array(lists.length + 1);
  for (const [row, list] of lists.entries()) start[row + 1] = start[row]! + list.length;
  const shape = Int32Array.from(lists, (list) => offerings.shape[list[0]!]!);
  const overheadGroup = Int32Array.from(lists, (list) => offerings.overheadGroup[list[0]!]!);
  const room = roomOf(problem, shape, overheadGroup);
  return {
    count: lists.length,
    shape,
    overheadGroup,
    room,
    capacity: capacityOf(problem, shape),
    levels: levelsOf(room, problem.resources),
    start,
    offerings: Int32Array.from(lists.flat()),
  };
}

function capacityOf({ resources, shapes }: Problem, shape: Int32Array): Float64Array {
  const capacity = new Float64Array(shape.length * resources);
  for (const [row, of] of shape.entries()) {
    capacity.set(shapes.capacity.subarray(of * resources, (of + 1) * resources), row * resources);
  }
  return capacity;
}

function levelsOf(room: Float64Array, columns: number): Float64Array[] {
  return Array.from({ length: columns }, (_, column) => {
    const amounts = room.filter((_, at) => at % columns === column);
    return Float64Array.from(new Set(amounts)).sort();
  });
}

function roomOf(problem: Problem, shape: Int32Array, overheadGroup: Int32Array): Float64Array {
  const { resources, shapes, overheadGroups } = problem;
  const room = new Float64Array(shape.length * resources);
  for (let row = 0; row < shape.length; row++) {
    const overhead = overheadGroups[overheadGroup[row]!]!.requests;
    for (let column = 0; column < resources; column++) {
      room[row * resources + column] =
        shapes.allocatable[shape[row]! * resources + column]! - overhead[column]!;
    }
  }
  return room;
}
