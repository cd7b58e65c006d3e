/**
 * Sets of pods as the lower bound sees them: how many they are, what they ask for together and at least each, and which
 * columns and paid rooms could take one of them.
 */
import { clearBit, createMask, hasBit, intersects, isEmpty, nextBit, orInto, setBit } from '../mask.ts';
import type { Item, Mask, Problem } from '../problem.ts';
import {
  type Columns,
  cheapReservations,
  columnsOf,
  type MaskClasses,
  maskClassesOf,
  type PaidRoom,
  paidRoomOf,
} from './supply.ts';

export interface Crew {
  readonly pods: number;
  /** R amounts: the sum over the pods. */
  readonly total: Float64Array;
  /** R amounts: no pod asks for less. */
  readonly least: Float64Array;
  /** R amounts: what any of the pods use together is a multiple of it. 0 where none asks for the resource. */
  readonly unit: Float64Array;
  readonly columns: Mask;
  /** Over paid rooms. */
  readonly rooms: Mask;
}

/** Where the pods of each item could go. */
interface Ground {
  readonly problem: Problem;
  readonly columns: Columns;
  readonly paid: readonly PaidRoom[];
  /** Per item, the columns that could take a pod of it. Where there are many sizes, only masks tell items apart. */
  readonly columnsOf: readonly Mask[];
  /** Per item, the paid rooms that could. */
  readonly roomsOf: readonly Mask[];
}

/** A problem as the lower bound sees it. */
export interface Places extends Ground {
  /** The items that some new node could take: all others are left out of every crew. */
  readonly items: readonly number[];
  /** Per item of the problem: R amounts, how many pods, and the mask class. */
  readonly requests: Float64Array;
  readonly pods: Int32Array;
  readonly classOf: Int32Array;
  /** Those of them whose pods hold host ports. */
  readonly portHolders: readonly number[];
  /** Disjoint crews that all items together make up: one per size, or per mask class where there are many. */
  readonly parts: readonly Crew[];
}

/** Up to so many sizes each one decides which columns its pods may use; beyond, only their mask does. */
const MAX_SIZES = 64;

export function placesOf(problem: Problem): Places {
  const classes = maskClassesOf(problem);
  const cheap = cheapReservations(problem);
  const columns = columnsOf(problem, classes, cheap);
  const paid = paidRoomOf(problem, cheap);
  const sizes = sizesOf(problem, classes);
  const found = sizes ? sized(problem, columns, classes, sizes) : unsized(problem, columns, classes);
  const none = createMask(columns.count);
  const ground = {
    problem,
    columns,
    paid,
    columnsOf: found.map((mask) => mask ?? none),
    roomsOf: roomsOfItems(problem, paid, problem.items.length <= MAX_SIZES),
  };
  const items: number[] = [];
  const portHolders: number[] = [];
  const parts = new Map<number, number[]>();
  const partOf = sizes ?? classes.classOf;
  let lastPart = -1;
  let list: number[] = [];
  for (let item = 0; item < found.length; item++) {
    if (found[item] === undefined) continue;
    items.push(item);
    if (problem.items[item]!.ports.length > 0) portHolders.push(item);
    const part = partOf[item]!;
    // Equal pods and pods without rules of their own follow each other.
    if (part !== lastPart) {
      list = parts.get(part) ?? [];
      parts.set(part, list);
      lastPart = part;
    }
    list.push(item);
  }
  return {
    ...ground,
    items,
    requests: requestsOf(problem),
    pods: Int32Array.from(problem.items, ({ order }) => order.length),
    classOf: classes.classOf,
    portHolders,
    parts: [...parts.values()].map((list) => crewOf(ground, list)),
  };
}

function requestsOf({ items, resources }: Problem): Float64Array {
  const rows = new Float64Array(items.length * resources);
  for (let item = 0, at = 0; item < items.length; item++) {
    const { requests } = items[item]!;
    for (let of = 0; of < resources; of++) rows[at++] = requests[of]!;
  }
  return rows;
}

/** Per item the number of its size: the same mask, requests, ports and volumes. Undefined where there are too many. */
function sizesOf({ items }: Problem, { classOf }: MaskClasses): Int32Array | undefined {
  const known = new Map<string, number>();
  const sizes = new Int32Array(items.length);
  for (const [index, { requests, ports, volumes }] of items.entries()) {
    const drivers = volumes.length > 0 ? driverCounts(volumes) : '';
    const name = `${classOf[index]} ${requests.join(' ')} ${ports.join(' ')} ${drivers}`;
    const size = known.get(name) ?? known.size;
    if (size >= MAX_SIZES) return undefined;
    known.set(name, size);
    sizes[index] = size;
  }
  return sizes;
}

/** How many distinct volumes per driver: which ones they are does not matter to a node without pods. */
function driverCounts(volumes: Item['volumes']): string {
  const handles = new Map<number, Set<number>>();
  for (const { driver, handle } of volumes)
    handles.set(driver, (handles.get(driver) ?? new Set()).add(handle));
  return [...handles]
    .map(([driver, { size }]) => `${driver}:${size}`)
    .sort()
    .join(',');
}

function sized(
  problem: Problem,
  columns: Columns,
  { classOf }: MaskClasses,
  sizes: Int32Array,
): (Mask | undefined)[] {
  const known = new Map<number, Mask>();
  return problem.items.map((item, index) => {
    const mask = known.get(sizes[index]!) ?? createMask(columns.count);
    if (!known.has(sizes[index]!)) {
      for (let at = 0; at < columns.count; at++) {
        if ((columns.classes[at]! >>> classOf[index]!) & 1 && holds(problem, columns, at, item))
          setBit(mask, at);
      }
    }
    known.set(sizes[index]!, mask);
    return isEmpty(mask) ? undefined : mask;
  });
}

function unsized(problem: Problem, columns: Columns, classes: MaskClasses): (Mask | undefined)[] {
  const masks = Array.from({ length: classes.masks.length + 1 }, (_, id) => {
    const mask = createMask(columns.count);
    for (let at = 0; at < columns.count; at++) if ((columns.classes[at]! >>> id) & 1) setBit(mask, at);
    return mask;
  });
  // Most pods fit where the last one of their class did, so that place is tried before all others.
  const last = new Int32Array(masks.length);
  return problem.items.map((item, index) => {
    const id = classes.classOf[index]!;
    const at = firstHolding(problem, columns, item, id, last[id]!);
    if (at < 0) return undefined;
    last[id] = at;
    return masks[id];
  });
}

/** A column of the class that takes a pod of the item, searched from a place on and all around, or -1. */
function firstHolding(problem: Problem, columns: Columns, item: Item, id: number, from: number): number {
  for (let tried = 0; tried < columns.count; tried++) {
    const at = (from + tried) % columns.count;
    if ((columns.classes[at]! >>> id) & 1 && holds(problem, columns, at, item)) return at;
  }
  return -1;
}

/** Whether an empty node of the column takes a pod: room, ports and volumes. */
function holds(problem: Problem, columns: Columns, at: number, { requests, ports, volumes }: Item): boolean {
  const from = at * problem.resources;
  for (let of = 0; of < requests.length; of++) {
    if (requests[of]! > columns.room[from + of]!) return false;
  }
  if (ports.length > 0) {
    const taken = problem.overheadGroups[columns.overheadGroup[at]!]!.ports;
    if (ports.some((port) => taken.includes(port))) return false;
  }
  return volumes.length === 0 || attaches(problem, columns.shape[at]!, volumes);
}

function attaches({ shapes }: Problem, shape: number, volumes: Item['volumes']): boolean {
  return shapes.volumeLimits.every((limits, driver) => {
    const handles = new Set(volumes.filter((volume) => volume.driver === driver).map(({ handle }) => handle));
    return limits[shape]! < 0 || handles.size <= limits[shape]!;
  });
}

/** Per item, the paid rooms that could take a pod of it; where sizes do not count, those that some level allows. */
function roomsOfItems(problem: Problem, paid: readonly PaidRoom[], isSized: boolean): Mask[] {
  const isShared = !isSized && paid.length === problem.bins.length;
  const known = new Map<Mask, Mask>();
  return problem.items.map((item) => {
    const isPlain = isShared && item.levels.length === 1 && item.levels[0]!.alternatives.length === 1;
    const mask = item.levels[0]!.alternatives[0]!.bins;
    const rooms = (isPlain && known.get(mask)) || allowedRooms(paid, item);
    if (isPlain) known.set(mask, rooms);
    return isSized ? withRoomFor(problem, paid, item, rooms) : rooms;
  });
}

function allowedRooms(paid: readonly PaidRoom[], { levels }: Item): Mask {
  const rooms = createMask(paid.length);
  const alternatives = levels.flatMap((level) => level.alternatives);
  for (const [at, { offerings }] of paid.entries()) {
    const isAllowed = alternatives.some((one) =>
      offerings === undefined ? hasBit(one.bins, at) : intersects(one.offerings, offerings),
    );
    if (isAllowed) setBit(rooms, at);
  }
  return rooms;
}

/** Takes the rooms without room for one pod out. */
function withRoomFor(
  { bins }: Problem,
  paid: readonly PaidRoom[],
  { requests, ports }: Item,
  rooms: Mask,
): Mask {
  for (let at = nextBit(rooms, 0); at >= 0; at = nextBit(rooms, at + 1)) {
    const fits = requests.every((amount, of) => amount <= paid[at]!.free[of]!);
    if (!fits || ports.some((port) => bins[at]?.ports.includes(port))) clearBit(rooms, at);
  }
  return rooms;
}

/** The pods of these items as one crew, in one pass of sums. */
export function crewOf(ground: Ground, items: readonly number[]): Crew {
  const { problem, columns, columnsOf, paid, roomsOf } = ground;
  const crew = emptyCrew(problem.resources, columns.count, paid.length);
  const { total, least, unit } = crew;
  let pods = 0;
  let lastColumns: Mask | undefined;
  let lastRooms: Mask | undefined;
  for (const index of items) {
    const { requests, order } = problem.items[index]!;
    const count = order.length;
    pods += count;
    for (let of = 0; of < requests.length; of++) {
      const amount = requests[of]!;
      if (amount < least[of]!) least[of] = amount;
      // Most columns are of resources that hardly any pod asks for, and remainders of large numbers are slow.
      if (amount === 0) continue;
      total[of]! += amount * count;
      const each = unit[of]!;
      if (each === amount || each === 1) continue;
      // Most amounts are multiples already, which a division tells sooner than a remainder.
      if (each === 0 || Math.floor(amount / each) * each !== amount) unit[of] = commonUnit(each, amount);
    }
    if (columnsOf[index] !== lastColumns) orInto(crew.columns, columnsOf[index]!);
    if (roomsOf[index] !== lastRooms) orInto(crew.rooms, roomsOf[index]!);
    lastColumns = columnsOf[index];
    lastRooms = roomsOf[index];
  }
  return { ...crew, pods };
}

/** Several disjoint crews as one. */
export function joined(crews: readonly Crew[]): Crew {
  const [first, ...others] = crews as readonly [Crew, ...Crew[]];
  if (others.length === 0) return first;
  const { total, least, unit, columns, rooms } = first;
  const crew = {
    pods: first.pods,
    total: total.slice(),
    least: least.slice(),
    unit: unit.slice(),
    columns: columns.slice(),
    rooms: rooms.slice(),
  };
  for (const other of others) {
    crew.pods += other.pods;
    for (let of = 0; of < crew.total.length; of++) {
      crew.total[of]! += other.total[of]!;
      crew.least[of] = Math.min(crew.least[of]!, other.least[of]!);
      crew.unit[of] = commonUnit(crew.unit[of]!, other.unit[of]!);
    }
    orInto(crew.columns, other.columns);
    orInto(crew.rooms, other.rooms);
  }
  return crew;
}

function emptyCrew(resources: number, columns: number, rooms: number): Crew {
  return {
    pods: 0,
    total: new Float64Array(resources),
    least: new Float64Array(resources).fill(Number.POSITIVE_INFINITY),
    unit: new Float64Array(resources),
    columns: createMask(columns),
    rooms: createMask(rooms),
  };
}

/** The greatest common divisor. Amounts are integers below 2^53, of which the remainder is exact. */
function commonUnit(a: number, b: number): number {
  let large = b;
  let small = a;
  while (small !== 0) {
    const rest = large % small;
    large = small;
    small = rest;
  }
  return large;
}
