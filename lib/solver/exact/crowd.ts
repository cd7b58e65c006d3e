/**
 * A problem as the proof sees it: pods by size and by what they may be on, and columns of nodes with the room that such
 * pods can use at all. Rules between pods, pool limits and volumes are left out, which can only make plans cheaper.
 */
import { type Columns, columnsOf, maskClassesOf } from '../lp/supply.ts';
import type { Problem } from '../problem.ts';

export interface Crowd {
  readonly resources: number;
  /** Sizes of pods, larger ones first; the items of each. */
  readonly sizes: number;
  readonly itemsOf: readonly (readonly number[])[];
  readonly counts: Int32Array;
  /** S × R. */
  readonly requests: Float64Array;
  /** R: of all pods. */
  readonly demand: Float64Array;
  /** Nodes that can be bought, dearest first. */
  readonly columns: number;
  readonly price: Float64Array;
  /** K × R: what the pods could use of the column's room. */
  readonly room: Float64Array;
  /** K × S: how many pods of the size a node holds at most. */
  readonly most: Int32Array;
}

/** More sizes are more than any search of ways gets through. */
const MOST_SIZES = 400;

/**
 * Pods that no new node could take are left out, as they are by the lower bound. Undefined where no pod is left or the
 * sizes are too many.
 */
export function crowdOf(problem: Problem): Crowd | undefined {
  const classes = maskClassesOf(problem);
  const all = columnsOf(problem, classes, new Set());
  const sizes = sizesOf(problem, classes.classOf, all);
  if (sizes.length === 0 || sizes.length > MOST_SIZES) return undefined;
  const R = problem.resources;
  const counts = Int32Array.from(sizes, ({ pods }) => pods);
  const requests = Float64Array.from(sizes.flatMap((size) => [...size.requests]));
  const demand = new Float64Array(R);
  for (let at = 0; at < requests.length; at++) demand[at % R]! += requests[at]! * counts[Math.floor(at / R)]!;
  const usable = usableRoom(all.room, requests, demand);
  const found = Array.from({ length: all.count }, (_, at) => ({
    price: all.price[at]!,
    room: usable.subarray(at * R, (at + 1) * R),
    classes: all.classes[at]!,
    at,
  }));
  const kept = found.filter((one) => !found.some((other) => replaces(other, one)));
  kept.sort((a, b) => b.price - a.price || a.at - b.at);
  return {
    resources: R,
    sizes: sizes.length,
    itemsOf: sizes.map(({ items }) => items),
    counts,
    requests,
    demand,
    columns: kept.length,
    price: Float64Array.from(kept, ({ price }) => price),
    room: Float64Array.from(kept.flatMap(({ room }) => [...room])),
    most: Int32Array.from(
      kept.flatMap(({ at }) => sizes.map((size, index) => mostOf(all, at, size, counts[index]!))),
    ),
  };
}

interface Size {
  readonly requests: Float64Array;
  readonly mask: number;
  readonly items: number[];
  pods: number;
}

function sizesOf(problem: Problem, classOf: Int32Array, columns: Columns): Size[] {
  const byName = new Map<string, Size>();
  for (const [item, { requests, order }] of problem.items.entries()) {
    const mask = classOf[item]!;
    const name = `${mask}/${requests.join(' ')}`;
    const size = byName.get(name) ?? { requests, mask, items: [], pods: 0 };
    byName.set(name, size);
    size.items.push(item);
    size.pods += order.length;
  }
  const largest = Float64Array.from({ length: problem.resources }, (_, of) =>
    columns.room.reduce(
      (most, amount, at) => (at % problem.resources === of && amount > most ? amount : most),
      0,
    ),
  );
  const share = ({ requests }: Size) =>
    requests.reduce((sum, amount, of) => sum + (largest[of]! > 0 ? amount / largest[of]! : 0), 0);
  return [...byName.values()]
    .filter((size) => size.pods > 0 && columns.price.some((_, at) => mostOf(columns, at, size, 1) > 0))
    .sort((a, b) => share(b) - share(a) || a.items[0]! - b.items[0]!);
}

function mostOf(columns: Columns, at: number, { requests, mask }: Size, pods: number): number {
  if (((columns.classes[at]! >>> mask) & 1) === 0) return 0;
  let most = pods;
  for (let of = 0; of < requests.length; of++) {
    if (requests[of]! > 0)
      most = Math.min(most, Math.floor(columns.room[at * requests.length + of]! / requests[of]!));
  }
  return most;
}

/** No more of a resource is used than all pods ask for, and no more than goes with the most that another one allows. */
function usableRoom(room: Float64Array, requests: Float64Array, demand: Float64Array): Float64Array {
  const R = demand.length;
  const ratios = ratiosOf(requests, R, 0);
  return room.map((own, at) => {
    const row = at - (at % R);
    let most = Math.min(own, demand[at % R]!);
    for (let other = 0; other < R; other++) {
      const ratio = ratios[(at % R) * R + other]!;
      if (ratio * room[row + other]! < most) most = ratio * room[row + other]!;
    }
    return most;
  });
}

/** R × R: the most of a resource that any size from `from` on asks for per unit of another one. */
export function ratiosOf(requests: Float64Array, R: number, from: number): Float64Array {
  const ratios = new Float64Array(R * R);
  for (let row = from * R; row < requests.length; row += R) {
    for (let of = 0; of < R; of++) {
      if (requests[row + of] === 0) continue;
      for (let other = 0; other < R; other++) {
        const ratio = requests[row + of]! / requests[row + other]!;
        // A hair more, so that rounding never takes room away.
        ratios[of * R + other] = Math.max(ratios[of * R + other]!, ratio * (1 + 1e-12));
      }
    }
  }
  return ratios;
}

interface Offer {
  readonly price: number;
  readonly room: Float64Array;
  readonly classes: number;
  readonly at: number;
}

/** Whether what the pods use of `one` is there on `other` for no more money; of two alike the first stays. */
function replaces(other: Offer, one: Offer): boolean {
  if (other.at === one.at || !isNoWorse(other, one)) return false;
  return other.at < one.at || !isNoWorse(one, other);
}

const isNoWorse = (one: Offer, other: Offer): boolean =>
  one.price <= other.price &&
  (other.classes & ~one.classes) === 0 &&
  other.room.every((amount, of) => amount <= one.room[of]!);
