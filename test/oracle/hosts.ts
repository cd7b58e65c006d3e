/**
 * Where pods may go in the exact model: every bin, and as many copies of every offering worth considering as an optimum
 * can use. A copy has one offering, so its room, domains and price are fixed and every rule is a linear row.
 */
import { hasBit, type Problem } from '../../lib/solver/index.ts';
import { OracleRefusal } from './refusal.ts';

interface Place {
  /** R amounts for pods. */
  readonly room: readonly number[];
  /** Per topology key, -1 without the label. */
  readonly domains: readonly number[];
  readonly takenPorts: readonly number[];
  /** Handles attached already, as `handleKey` names them. */
  readonly attached: ReadonlySet<string>;
  /** Volumes that may still be attached per driver; a missing driver has no limit. */
  readonly volumesLeft: ReadonlyMap<number, number>;
  /** Per item, whether some alternative names the place. */
  readonly allowed: readonly boolean[];
}

export interface Host extends Place {
  readonly index: number;
  readonly bin?: number;
  readonly offering?: number;
}

/** Offerings that remain when each that another one beats is left out. */
const MOST_OFFERINGS = 12;
const MOST_HOSTS = 90;

export const handleKey = ({ driver, handle }: { readonly driver: number; readonly handle: number }): string =>
  `${driver}/${handle}`;

/** `budget` is the price of a plan that is known: nobody buys more of one offering than that pays for. */
export function hostsOf(problem: Problem, budget: number): Host[] {
  const bins = problem.bins.map((_, bin) => ({ bin, ...binPlace(problem, bin) }));
  const kept = worthConsidering(problem);
  if (kept.length > MOST_OFFERINGS) {
    throw new OracleRefusal('too-large', `${kept.length} offerings, the limit is ${MOST_OFFERINGS}`);
  }
  const nodes = kept.flatMap(({ offering, place }) => {
    const copies = mostCopies(problem, offering, place, budget);
    return Array.from({ length: copies }, () => ({ offering, ...place }));
  });
  const hosts = [...bins, ...nodes].map((host, index) => ({ index, ...host }));
  if (hosts.length > MOST_HOSTS) {
    throw new OracleRefusal(
      'too-large',
      `${hosts.length} bins and possible nodes, the limit is ${MOST_HOSTS}`,
    );
  }
  return hosts;
}

/** How many pods of an item the host holds when nothing else is on it. */
export function mostOf(problem: Problem, item: number, host: Host): number {
  const { requests, order, ports, volumes } = pick(problem.items, item);
  if (!host.allowed[item] || ports.some((port) => host.takenPorts.includes(port))) return 0;
  for (const [driver, left] of host.volumesLeft) {
    const own = volumes.filter((volume) => volume.driver === driver).map(handleKey);
    if (new Set(own.filter((key) => !host.attached.has(key))).size > left) return 0;
  }
  let most = ports.length > 0 ? 1 : order.length;
  for (const [column, room] of host.room.entries()) {
    const amount = requests[column] ?? 0;
    if (amount > 0) most = Math.min(most, Math.floor(room / amount));
    else if (room < 0) most = 0;
  }
  return Math.max(0, most);
}

function binPlace(problem: Problem, index: number): Place {
  const bin = pick(problem.bins, index);
  return {
    room: [...bin.free],
    domains: bin.domain,
    takenPorts: bin.ports,
    attached: new Set(bin.volumes.map(handleKey)),
    // A bin may be over its limit already.
    volumesLeft: new Map([...bin.volumeLimits].map(([driver, left]) => [driver, Math.max(0, left)])),
    allowed: problem.items.map(({ levels }) =>
      pick(levels, 0).alternatives.some(({ bins }) => hasBit(bins, index)),
    ),
  };
}

function offeringPlace(problem: Problem, at: number): Place {
  const { shapes, offerings, overheadGroups, resources } = problem;
  const shape = pick(offerings.shape, at);
  const overhead = pick(overheadGroups, pick(offerings.overheadGroup, at));
  const room = Array.from(
    { length: resources },
    (_, column) => pick(shapes.allocatable, shape * resources + column) - pick(overhead.requests, column),
  );
  const limits = shapes.volumeLimits.map((byShape, driver) => [driver, pick(byShape, shape)] as const);
  return {
    room,
    domains: offerings.domain.map((column) => pick(column, at)),
    takenPorts: overhead.ports,
    attached: new Set(),
    volumesLeft: new Map(limits.filter(([, limit]) => limit >= 0)),
    allowed: problem.items.map(({ levels }) =>
      pick(levels, 0).alternatives.some(({ offerings: mask }) => hasBit(mask, at)),
    ),
  };
}

interface Considered {
  readonly offering: number;
  readonly place: Place;
}

function worthConsidering(problem: Problem): Considered[] {
  const all = Array.from({ length: problem.offerings.count }, (_, offering) => ({
    offering,
    place: offeringPlace(problem, offering),
  })).filter(({ place }) => place.allowed.includes(true));
  return all.filter((one) => !all.some((other) => other !== one && beats(problem, other, one)));
}

/** Whether a node of `one` can be replaced by `other` in every plan without costing more. The first of equals wins. */
function beats(problem: Problem, other: Considered, one: Considered): boolean {
  return replaces(problem, other, one) && (other.offering < one.offering || !replaces(problem, one, other));
}

function replaces(problem: Problem, other: Considered, one: Considered): boolean {
  const { offerings, shapes, pools, resources } = problem;
  const [a, b] = [other.offering, one.offering];
  const pool = pick(offerings.pool, a);
  const capacity = (at: number, column: number) =>
    pick(shapes.capacity, pick(offerings.shape, at) * resources + column);
  const reservation = pick(offerings.reservation, a);
  return (
    pool === pick(offerings.pool, b) &&
    pick(offerings.price, a) <= pick(offerings.price, b) &&
    (reservation === -1 || reservation === pick(offerings.reservation, b)) &&
    other.place.room.every((room, column) => room >= pick(one.place.room, column)) &&
    other.place.domains.every((domain, key) => domain === one.place.domains[key]) &&
    other.place.takenPorts.every((port) => one.place.takenPorts.includes(port)) &&
    [...other.place.volumesLeft].every(
      ([driver, left]) => left >= (one.place.volumesLeft.get(driver) ?? Number.POSITIVE_INFINITY),
    ) &&
    one.place.allowed.every((allowed, item) => !allowed || other.place.allowed[item]) &&
    [...pick(pools, pool).limits].every(
      (limit, column) => limit === Number.POSITIVE_INFINITY || capacity(a, column) <= capacity(b, column),
    )
  );
}

function mostCopies(problem: Problem, offering: number, place: Place, budget: number): number {
  const price = pick(problem.offerings.price, offering);
  const reservation = pick(problem.offerings.reservation, offering);
  const host = { index: 0, offering, ...place };
  const pods = problem.items.reduce(
    (sum, { order }, item) => sum + (mostOf(problem, item, host) > 0 ? order.length : 0),
    0,
  );
  return Math.min(
    pods,
    pick(problem.pools, pick(problem.offerings.pool, offering)).nodesLeft,
    reservation < 0 ? pods : pick(problem.reservations, reservation),
    price > 0 ? Math.floor(budget / price) : pods,
  );
}

/** An entry that a well-formed problem has. */
export function pick<T>(list: { readonly [at: number]: T; readonly length: number }, at: number): T {
  const entry = list[at];
  if (entry === undefined) throw new RangeError(`no entry ${at} in a list of ${list.length}`);
  return entry;
}
