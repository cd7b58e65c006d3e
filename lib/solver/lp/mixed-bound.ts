/**
 * A lower bound that knows which pods go with which nodes. Each proportion of nodes has prices of its own, at which no node
 * of it has room for more than its cost; a pod is worth what it costs where that is least. So the pods on a node are
 * together worth no more than the node, and all pods no more than any plan.
 */
import { AFRESH, findWorths, type Profile } from '../optimal/worths.ts';
import type { Places } from './crew.ts';

/** Columns whose proportions differ by less share prices. */
const ALIKE = 0.04;
/** Columns whose room is worth less than this share of their price get no prices of their own. */
const WORTHLESS = 0.8;
const MOST_PROFILES = 8;
/** Directions per pair of resources that pods are told apart by while prices are sought. */
const DIRECTIONS = 24;
/** What rounding errors of sums may add to a worth. */
const SAFE = 1 - 1e-11;

/** Prices that hold for some columns. */
interface Tariff {
  /** R. */
  readonly prices: Float64Array;
  /** R: the most that any of the columns has. */
  readonly largest: Float64Array;
  /** As in `Columns`: the mask classes that some of the columns are open to. */
  readonly classes: number;
}

/** `prices` are those of the fluid, R per unit. 0 where nothing is known. */
export function mixedBound(places: Places, prices: Float64Array): number {
  const profiles = profilesOf(places, prices);
  if (profiles.length < 2) return 0;
  const { requests, counts } = directionsOf(places, prices);
  findWorths(fitted(profiles, requests), requests, counts, AFRESH, new Float64Array(counts.length));
  const tariffs = tariffsOf(places, profiles);
  return (worthOfPods(places, tariffs) - worthOfRooms(places, tariffs)) * SAFE;
}

/** Proportions in which columns come, the best value for money at the fluid's prices of each. */
function profilesOf({ columns, problem: { resources } }: Places, prices: Float64Array): Profile[] {
  const found = Array.from({ length: columns.count }, (_, at) => {
    const parts = new Float64Array(resources);
    let worth = 0;
    for (let r = 0; r < resources; r++) {
      parts[r] = prices[r]! * columns.room[at * resources + r]!;
      worth += parts[r]!;
    }
    return { at, parts: parts.map((part) => part / worth), share: worth / columns.price[at]! };
  });
  const chosen: typeof found = [];
  for (const one of found.sort((a, b) => b.share - a.share || a.at - b.at)) {
    if (!(one.share >= WORTHLESS) || chosen.length === MOST_PROFILES) break;
    if (chosen.every(({ parts }) => distance(parts, one.parts) > ALIKE)) chosen.push(one);
  }
  return chosen.map(({ at, share }) => ({
    room: columns.room
      .slice(at * resources, (at + 1) * resources)
      .map((amount) => amount / columns.price[at]!),
    prices: prices.map((price) => price / share),
    shares: new Float64Array(0),
    fits: new Uint8Array(0),
  }));
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let r = 0; r < a.length; r++) sum += Math.abs(a[r]! - b[r]!);
  return sum;
}

interface Directions {
  /** D × R: what the pods of each direction ask for together. */
  readonly requests: Float64Array;
  readonly counts: Int32Array;
}

/** Worths grow with sizes, so pods whose requests point the same way are one for the search. */
function directionsOf(places: Places, prices: Float64Array): Directions {
  const { items, requests, pods, problem } = places;
  const R = problem.resources;
  const sums = new Map<number, Float64Array>();
  for (const item of items) {
    const from = item * R;
    let name = 0;
    let before = 0;
    for (let r = 0; r < R; r++) {
      if (prices[r] === 0) continue;
      const part = prices[r]! * requests[from + r]!;
      if (before > 0 || part > 0)
        name = name * DIRECTIONS + Math.floor((part / (part + before)) * (DIRECTIONS - 1));
      before += part;
    }
    const sum = sums.get(name) ?? new Float64Array(R);
    sums.set(name, sum);
    for (let r = 0; r < R; r++) sum[r]! += requests[from + r]! * pods[item]!;
  }
  const all = new Float64Array(sums.size * R);
  for (const [at, sum] of [...sums.values()].entries()) all.set(sum, at * R);
  return { requests: all, counts: new Int32Array(sums.size).fill(1) };
}

function fitted(profiles: readonly Profile[], requests: Float64Array): Profile[] {
  const R = profiles[0]!.room.length;
  const count = requests.length / R;
  return profiles.map(({ room, prices }) => ({
    room,
    prices,
    shares: new Float64Array(count),
    fits: Uint8Array.from({ length: count }, (_, c) =>
      room.some((amount, r) => amount <= 0 && requests[c * R + r]! > 0) ? 0 : 1,
    ),
  }));
}

/** Each column takes the prices at which its room is worth least; those are raised or lowered until it is worth its price. */
function tariffsOf({ columns, problem }: Places, profiles: readonly Profile[]): Tariff[] {
  const R = problem.resources;
  const scale = new Float64Array(profiles.length).fill(Number.POSITIVE_INFINITY);
  const largest = profiles.map(() => new Float64Array(R));
  const classes = new Int32Array(profiles.length);
  for (let at = 0; at < columns.count; at++) {
    let [best, most] = [0, -1];
    for (const [profile, { prices }] of profiles.entries()) {
      let worth = 0;
      for (let r = 0; r < R; r++) worth += prices[r]! * columns.room[at * R + r]!;
      const times = worth > 0 ? columns.price[at]! / worth : Number.POSITIVE_INFINITY;
      if (times > most) [best, most] = [profile, times];
    }
    scale[best] = Math.min(scale[best]!, most);
    classes[best]! |= columns.classes[at]!;
    for (let r = 0; r < R; r++) largest[best]![r] = Math.max(largest[best]![r]!, columns.room[at * R + r]!);
  }
  return profiles
    .map(({ prices }, at) => ({
      prices: prices.map((price) => price * (scale[at]! < Number.POSITIVE_INFINITY ? scale[at]! : 1)),
      largest: largest[at]!,
      classes: classes[at]!,
    }))
    .filter((tariff) => tariff.classes !== 0);
}

/** The sum over all pods, each at the tariff where it costs least of those whose columns may hold it. */
function worthOfPods({ items, requests, pods, classOf }: Places, tariffs: readonly Tariff[]): number {
  const count = tariffs.length;
  const R = tariffs[0]!.prices.length;
  const prices = Float64Array.from(tariffs.flatMap((tariff) => [...tariff.prices]));
  const largest = Float64Array.from(tariffs.flatMap((tariff) => [...tariff.largest]));
  let all = 0;
  for (const item of items) {
    let least = Number.POSITIVE_INFINITY;
    for (let t = 0; t < count; t++) {
      if (((tariffs[t]!.classes >>> classOf[item]!) & 1) === 0) continue;
      let cost = 0;
      let r = 0;
      for (; r < R; r++) {
        const amount = requests[item * R + r]!;
        if (amount > largest[t * R + r]!) break;
        cost += amount * prices[t * R + r]!;
      }
      if (r === R && cost < least) least = cost;
    }
    if (least < Number.POSITIVE_INFINITY) all += least * pods[item]!;
  }
  return all;
}

/**
 * What paid rooms take off at most: each pod in one is worth no more than at any tariff that takes all pods, so all of
 * them are worth no more than the room at it.
 */
function worthOfRooms(places: Places, tariffs: readonly Tariff[]): number {
  const { paid } = places;
  if (paid.every(({ times }) => times === 0)) return 0;
  const open = tariffs.filter((tariff) => takesAll(places, tariff));
  let all = 0;
  for (const { free, times } of paid) {
    const worth = open.map(({ prices }) =>
      prices.reduce((sum, price, r) => sum + price * Math.max(0, free[r]!), 0),
    );
    if (times > 0) all += Math.min(...worth) * times;
  }
  return all;
}

function takesAll({ items, requests, classOf }: Places, { largest, classes }: Tariff): boolean {
  const R = largest.length;
  return items.every((item) => {
    if (((classes >>> classOf[item]!) & 1) === 0) return false;
    for (let r = 0; r < R; r++) if (requests[item * R + r]! > largest[r]!) return false;
    return true;
  });
}
