/**
 * A problem as the pattern bound sees it: nodes at their money price, bins and cheap reservations as kinds of limited
 * supply that cost nothing, and per class all pods that ask for the same and may go to the same places. Topology over
 * domains, pool limits and minValues are left out, and bins know no rules: all of that only lowers the bound.
 */
import { type Places, placesOf } from '../lp/crew.ts';
import { hasBit } from '../mask.ts';
import type { Problem } from '../problem.ts';
import { type HostRules, hostRulesOf } from './host-rules.ts';
import type { Instance } from './instance.ts';

/** Undefined where there is nothing to place or it makes more rows than `mostRows`. */
export function instanceOfProblem(problem: Problem, mostRows: number): Instance | undefined {
  const places = placesOf(problem);
  const rules = hostRulesOf(problem);
  const classes = classesOf(places, rules, fitsOf(places), mostRows);
  if (classes.length > mostRows) return undefined;
  const rooms = roomsOf(places, classes);
  if (classes.length === 0 || classes.length + rooms.length > mostRows) return undefined;
  const { columns } = places;
  const kinds = columns.count + rooms.length;
  const fits = new Uint8Array(classes.length * kinds);
  for (const [c, one] of classes.entries()) {
    fits.set(one.fits.subarray(0, columns.count), c * kinds);
    for (const [at, { room }] of rooms.entries()) {
      fits[c * kinds + columns.count + at] = one.fits[columns.count + room]!;
    }
  }
  return {
    columns: problem.resources,
    kinds,
    room: Float64Array.from([...columns.room, ...rooms.flatMap(({ free }) => free)]),
    cost: Float64Array.from({ length: kinds }, (_, kind) => columns.price[kind] ?? 0),
    supply: Float64Array.from({ length: kinds }, (_, kind) =>
      kind < columns.count ? Number.POSITIVE_INFINITY : rooms[kind - columns.count]!.times,
    ),
    classes: classes.length,
    requests: Float64Array.from(classes.flatMap(({ item }) => [...problem.items[item]!.requests])),
    demand: Float64Array.from(classes, ({ pods }) => pods),
    fits,
    counters: classes.map(({ item }) => rules.counters[item]!),
    amounts: classes.map(({ item }) => rules.counters[item]!.map(() => 1)),
    counterLimits: rules.limits,
    apart: classes.map(() => undefined),
  };
}

interface PodClass {
  /** One of its items. */
  readonly item: number;
  /** Columns, then paid rooms: 1 where a pod may go. */
  readonly fits: Uint8Array;
  pods: number;
}

/** Per item: columns, then paid rooms, that could take a pod of it. */
function fitsOf({
  columns,
  columnsOf,
  paid,
  roomsOf,
  problem: { items, resources },
}: Places): (item: number) => Uint8Array {
  const isRoomy = (room: Float64Array, from: number, requests: Float64Array) =>
    requests.every((amount, of) => amount <= room[from + of]!);
  return (item) => {
    const { requests } = items[item]!;
    return Uint8Array.from({ length: columns.count + paid.length }, (_, at) => {
      const room = at - columns.count;
      const isOpen =
        room < 0
          ? hasBit(columnsOf[item]!, at) && isRoomy(columns.room, at * resources, requests)
          : hasBit(roomsOf[item]!, room) && isRoomy(paid[room]!.free, 0, requests);
      return isOpen ? 1 : 0;
    });
  };
}

/** Pods that some column of no price takes cost nothing and are left out. Ends as soon as there are more than `most`. */
function classesOf(
  places: Places,
  rules: HostRules,
  fitsOfItem: (item: number) => Uint8Array,
  most: number,
): PodClass[] {
  const { items, problem, columns } = places;
  const classes = new Map<string, PodClass>();
  for (const item of items) {
    const { requests, order } = problem.items[item]!;
    if (order.length === 0) continue;
    const fits = fitsOfItem(item);
    if (columns.price.some((price, column) => price <= 0 && fits[column] === 1)) continue;
    const name = [fits.join(''), requests.join(' '), rules.counters[item]!.join(' ')].join('/');
    const known = classes.get(name);
    if (known) known.pods += order.length;
    else classes.set(name, { item, fits, pods: order.length });
    if (classes.size > most) break;
  }
  return [...classes.values()];
}

interface FreeRoom {
  /** One of the equal rooms. */
  readonly room: number;
  readonly free: readonly number[];
  times: number;
}

/** Equal rooms once; those that take none of the classes are left out. */
function roomsOf({ paid, columns }: Places, classes: readonly PodClass[]): FreeRoom[] {
  const rooms = new Map<string, FreeRoom>();
  for (const [room, { free, times }] of paid.entries()) {
    const takes = classes.map(({ fits }) => fits[columns.count + room]!);
    if (times <= 0 || !takes.includes(1)) continue;
    const amounts = Array.from(free, (amount) => Math.max(0, amount));
    const name = `${amounts.join(' ')}/${takes.join('')}`;
    const known = rooms.get(name);
    if (known) known.times += times;
    else rooms.set(name, { room, free: amounts, times });
  }
  return [...rooms.values()];
}
