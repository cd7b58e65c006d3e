/**
 * What new nodes and paid room can hold, for the lower bound: offerings that no rule excludes for good, equal ones once.
 * Everything here errs on the side of more room for less money, so that what is built on it is a lower bound.
 */
import { createMask, hashOf, isSame, nextBit, orInto, setBit } from '../mask.ts';
import type { Item, Mask, Problem } from '../problem.ts';

/** Offerings that hold the same pods and that the same items may use are one column, at the cheapest one's price. */
export interface Columns {
  readonly count: number;
  /** count × R: allocatable less DaemonSets. */
  readonly room: Float64Array;
  readonly price: Float64Array;
  readonly shape: Int32Array;
  readonly overheadGroup: Int32Array;
  /** Bit i: offerings that mask class i allows. */
  readonly classes: Int32Array;
}

/** Room that costs nothing more: `times` nodes of it. Bins come first, in order, then units of cheap reservations. */
export interface PaidRoom {
  readonly free: Float64Array;
  readonly times: number;
  /** The offerings of a reservation; absent for bins. */
  readonly offerings?: Mask;
}

/** The classes of items by the offerings they may use at any level. The last class may use every offering. */
export interface MaskClasses {
  /** Per item. */
  readonly classOf: Int32Array;
  /** Per class but the last. */
  readonly masks: readonly Mask[];
}

/** One bit of a column's `classes` is left for the items of all further masks. */
const MAX_MASKS = 30;

export function maskClassesOf(problem: Problem): MaskClasses {
  const known = new Map<Mask, number>();
  const masks: Mask[] = [];
  const hashes: number[] = [];
  const classOf = new Int32Array(problem.items.length);
  for (const [index, item] of problem.items.entries()) {
    const mask = offeringsOf(item);
    let id = known.get(mask);
    if (id === undefined) {
      const hash = hashOf(mask);
      id = masks.findIndex((other, at) => hashes[at] === hash && isSame(other, mask));
      if (id < 0 && masks.length < MAX_MASKS) {
        id = masks.push(mask) - 1;
        hashes.push(hash);
      }
      known.set(mask, id);
    }
    classOf[index] = id;
  }
  // Items beyond the last mask are let into every offering, which can only make them cheaper.
  return { classOf: classOf.map((id) => (id < 0 ? masks.length : id)), masks };
}

/** What some alternative of some level allows: a plan may use any of them. */
function offeringsOf({ levels }: Item): Mask {
  const first = levels[0]!.alternatives[0]!.offerings;
  if (levels.length === 1 && levels[0]!.alternatives.length === 1) return first;
  const union = first.slice();
  for (const { alternatives } of levels) {
    for (const { offerings } of alternatives) if (offerings !== first) orInto(union, offerings);
  }
  return union;
}

export function columnsOf(problem: Problem, { masks }: MaskClasses, skipped: ReadonlySet<number>): Columns {
  const { offerings, overheadGroups, resources } = problem;
  const classes = new Int32Array(offerings.count).fill(1 << masks.length);
  for (const [id, mask] of masks.entries()) {
    for (let at = nextBit(mask, 0); at >= 0; at = nextBit(mask, at + 1)) classes[at]! |= 1 << id;
  }
  const cheapest = new Map<number, number>();
  for (let at = 0; at < offerings.count; at++) {
    if (skipped.has(offerings.reservation[at]!) || !isUsable(problem, at)) continue;
    const pair = offerings.shape[at]! * overheadGroups.length + offerings.overheadGroup[at]!;
    const key = pair * 2 ** 31 + classes[at]!;
    const other = cheapest.get(key);
    if (other === undefined || offerings.price[at]! < offerings.price[other]!) cheapest.set(key, at);
  }
  const members = undominated(problem, Int32Array.from(cheapest.values()), classes);
  const room = new Float64Array(members.length * resources);
  for (const [column, at] of members.entries()) {
    for (let of = 0; of < resources; of++) room[column * resources + of] = roomOf(problem, at, of);
  }
  return {
    count: members.length,
    room,
    price: Float64Array.from(members, (at) => offerings.price[at]!),
    shape: members.map((at) => offerings.shape[at]!),
    overheadGroup: members.map((at) => offerings.overheadGroup[at]!),
    classes: members.map((at) => classes[at]!),
  };
}

/**
 * Without those beside which another one costs no more, holds no less and is open to the same items: whatever a relaxed
 * plan buys of the former it can buy of the latter.
 */
function undominated(problem: Problem, members: Int32Array, classes: Int32Array): Int32Array {
  const { price } = problem.offerings;
  const { resources } = problem;
  const size = (at: number) => roomOf(problem, at, 0);
  // Of the same price the larger first, so that it is there when the smaller one asks.
  const sorted = members.slice().sort((a, b) => price[a]! - price[b]! || size(b) - size(a) || a - b);
  const kept: number[] = [];
  const room = new Float64Array(resources);
  const keptRoom = new Float64Array(members.length * resources);
  for (const at of sorted) {
    for (let of = 0; of < resources; of++) room[of] = roomOf(problem, at, of);
    const isWorse = kept.some(
      (other, index) =>
        holdsAll(keptRoom, index * resources, room) &&
        (classes[at]! & ~classes[other]!) === 0 &&
        takesAll(problem, other, at),
    );
    if (isWorse) continue;
    keptRoom.set(room, kept.length * resources);
    kept.push(at);
  }
  return Int32Array.from(kept);
}

function holdsAll(room: Float64Array, from: number, needed: Float64Array): boolean {
  for (let of = 0; of < needed.length; of++) if (room[from + of]! < needed[of]!) return false;
  return true;
}

/** Whether an offering's DaemonSets and volume limits leave as much as those of another one. */
function takesAll({ offerings, overheadGroups, shapes }: Problem, at: number, other: number): boolean {
  const [group, otherGroup] = [offerings.overheadGroup[at]!, offerings.overheadGroup[other]!];
  if (group !== otherGroup && overheadGroups[group]!.ports.length > 0) return false;
  const [shape, otherShape] = [offerings.shape[at]!, offerings.shape[other]!];
  return shapes.volumeLimits.every(
    (limits) => limits[shape]! < 0 || (limits[otherShape]! >= 0 && limits[otherShape]! <= limits[shape]!),
  );
}

function roomOf({ shapes, offerings, overheadGroups, resources }: Problem, at: number, of: number): number {
  const overhead = overheadGroups[offerings.overheadGroup[at]!]!.requests[of]!;
  return shapes.allocatable[offerings.shape[at]! * resources + of]! - overhead;
}

/** Not where one node alone is beyond the pool's limits, the reservation is used up or DaemonSets leave no node. */
function isUsable(problem: Problem, at: number): boolean {
  const { offerings, pools, reservations, resources, shapes } = problem;
  const { limits, nodesLeft } = pools[offerings.pool[at]!]!;
  const reservation = offerings.reservation[at]!;
  if (nodesLeft < 1 || (reservation >= 0 && reservations[reservation]! < 1)) return false;
  for (let of = 0; of < resources; of++) {
    if (shapes.capacity[offerings.shape[at]! * resources + of]! > limits[of]!) return false;
    if (roomOf(problem, at, of) < 0) return false;
  }
  return true;
}

/**
 * Reservations whose nodes cost next to nothing beside others of their shape. As columns they could be bought without end
 * and the bound would be next to nothing too; as paid room their units are counted, and only their price is given away.
 */
export function cheapReservations({ offerings, shapes, reservations }: Problem): Set<number> {
  const cheap = new Set<number>();
  if (reservations.length === 0) return cheap;
  const unreserved = new Float64Array(shapes.count).fill(Number.POSITIVE_INFINITY);
  for (let at = 0; at < offerings.count; at++) {
    const shape = offerings.shape[at]!;
    if (offerings.reservation[at]! < 0)
      unreserved[shape] = Math.min(unreserved[shape]!, offerings.price[at]!);
  }
  for (let at = 0; at < offerings.count; at++) {
    const isCheap = 2 * offerings.price[at]! < unreserved[offerings.shape[at]!]!;
    if (offerings.reservation[at]! >= 0 && isCheap) cheap.add(offerings.reservation[at]!);
  }
  return cheap;
}

export function paidRoomOf(problem: Problem, cheap: ReadonlySet<number>): PaidRoom[] {
  const rooms: PaidRoom[] = problem.bins.map(({ free }) => ({ free, times: 1 }));
  for (const reservation of [...cheap].sort((a, b) => a - b)) {
    const free = new Float64Array(problem.resources);
    const offerings = createMask(problem.offerings.count);
    for (let at = 0; at < problem.offerings.count; at++) {
      if (problem.offerings.reservation[at] !== reservation || !isUsable(problem, at)) continue;
      setBit(offerings, at);
      for (let of = 0; of < free.length; of++) free[of] = Math.max(free[of]!, roomOf(problem, at, of));
    }
    rooms.push({ free, times: Math.max(0, problem.reservations[reservation]!), offerings });
  }
  return rooms;
}
