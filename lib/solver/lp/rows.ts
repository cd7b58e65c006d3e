/**
 * What every valid plan must buy, as rows of a covering programme over whole nodes. Each row says: the nodes that could
 * take a crew's pods give at least so much of something as the crew needs beyond the room that is paid for.
 */
import { hasBit, isSubset, nextBit } from '../mask.ts';
import type { Group, Problem } from '../problem.ts';
import { isBound, mostPerHost } from './bound-hosts.ts';
import { type Crew, crewOf, joined, type Places } from './crew.ts';

export interface Row {
  readonly demand: number;
  /** How much of it one node of the column gives. */
  readonly coefficient: (column: number) => number;
}

/** A row that a plan may fall short of, with what meeting it costs at least. */
export interface Candidate extends Row {
  readonly cost: number;
}

/**
 * One resource: a node gives its room, paid rooms theirs. Sound because a crew's pods are on nodes of its columns and in
 * its rooms only, and pods on one of those use no more than it has.
 */
export function roomRow({ columns, paid, problem }: Places, crew: Crew, of: number): Row {
  let demand = crew.total[of]!;
  for (let at = nextBit(crew.rooms, 0); at >= 0; at = nextBit(crew.rooms, at + 1)) {
    demand -= Math.max(0, paid[at]!.free[of]!) * paid[at]!.times;
  }
  const { resources } = problem;
  return {
    demand,
    coefficient: (column) => (hasBit(crew.columns, column) ? columns.room[column * resources + of]! : 0),
  };
}

/**
 * The same where pods are whole: their requests have a common unit, so of each room only whole units are used. For a
 * crew of equal requests that is rounding to whole pods.
 */
function unitRow({ columns, paid, problem }: Places, crew: Crew, of: number): Row {
  const unit = crew.unit[of]!;
  let demand = crew.total[of]! / unit;
  for (let at = nextBit(crew.rooms, 0); at >= 0; at = nextBit(crew.rooms, at + 1)) {
    demand -= Math.floor(Math.max(0, paid[at]!.free[of]!) / unit) * paid[at]!.times;
  }
  const { resources } = problem;
  return whole({
    demand,
    coefficient: (column) =>
      hasBit(crew.columns, column) ? Math.floor(columns.room[column * resources + of]! / unit) : 0,
  });
}

/**
 * Pods by number: on one node no more of a crew than the smallest request of it goes into the room of each resource, and
 * no more than `most`, which a rule over hosts, a port or a reason of the kind allows. `mostIn` is the same for bins.
 */
function podRow(places: Places, crew: Crew, most: number, mostIn: (room: number) => number): Row {
  const { columns, paid } = places;
  let demand = crew.pods;
  for (let at = nextBit(crew.rooms, 0); at >= 0; at = nextBit(crew.rooms, at + 1)) {
    demand -= Math.min(mostIn(at), podsWithin(crew, paid[at]!.free, 0)) * paid[at]!.times;
  }
  const { resources } = places.problem;
  return whole({
    demand,
    coefficient: (column) =>
      hasBit(crew.columns, column) ? Math.min(most, podsWithin(crew, columns.room, column * resources)) : 0,
  });
}

function podsWithin({ least, pods }: Crew, room: Float64Array, from: number): number {
  let most = pods;
  for (let of = 0; of < least.length; of++) {
    if (least[of]! > 0) most = Math.min(most, Math.floor(room[from + of]! / least[of]!));
  }
  return Math.max(0, most);
}

/**
 * Nodes are whole: where one of them gives all that a row asks for, giving more is of no use. A plan has either such a
 * node, which meets the row alone, or none, and then nothing has changed.
 */
function whole({ demand, coefficient }: Row): Row {
  return { demand, coefficient: (column) => Math.min(demand, coefficient(column)) };
}

/**
 * A row, and nodes by number: if the node that gives most of a row gives `largest`, its demand takes demand / largest
 * nodes, rounded up because nodes are whole.
 */
function withNodes({ columns }: Places, { demand, coefficient }: Row): Candidate[] {
  let largest = 0;
  let [perUnit, perNode] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let column = 0; column < columns.count; column++) {
    const given = coefficient(column);
    if (given <= 0) continue;
    largest = Math.max(largest, given);
    perUnit = Math.min(perUnit, columns.price[column]! / given);
    perNode = Math.min(perNode, columns.price[column]!);
  }
  const row = { demand, coefficient, cost: perUnit * demand };
  // The row itself says as much about a single node.
  if (demand <= largest) return [row];
  const nodes = Math.ceil(demand / largest);
  return [
    row,
    { demand: nodes, coefficient: (column) => (coefficient(column) > 0 ? 1 : 0), cost: perNode * nodes },
  ];
}

/** All rows that are worth a try, those that ask for nothing left out. In a fixed order. */
export function candidateRows(places: Places): Candidate[] {
  const rows = crewsOf(places).flatMap((crew) => [
    ...resourcesOf(crew).map((of) => unitRow(places, crew, of)),
    podRow(places, crew, Number.POSITIVE_INFINITY, () => Number.POSITIVE_INFINITY),
  ]);
  return [...rows, ...hostRows(places), ...portRows(places)]
    .filter(({ demand }) => demand > 0)
    .flatMap((row) => withNodes(places, row));
}

export function resourcesOf({ total }: Crew): number[] {
  return [...total.keys()].filter((of) => total[of]! > 0);
}

/**
 * Crews to ask for: each part; the parts that may use no column beyond those of one of them, so that room elsewhere does
 * not count for them; and of each resource the parts whose pods ask for at least so much, where few of those fit a node.
 */
function crewsOf(places: Places): Crew[] {
  const { parts } = places;
  const crews = new Map<string, Crew>();
  const add = (members: readonly number[]) => {
    const key = members.join(' ');
    if (!crews.has(key)) crews.set(key, joined(members.map((part) => parts[part]!)));
  };
  const among = (isMember: (crew: Crew) => boolean) =>
    [...parts.keys()].filter((part) => isMember(parts[part]!));
  for (const [part, { columns }] of parts.entries()) {
    add([part]);
    add(among((crew) => isSubset(crew.columns, columns)));
  }
  for (let of = 0; of < places.problem.resources; of++) {
    for (const { least } of parts) {
      if (least[of]! * FEW > largestRoom(places, of)) add(among((crew) => crew.least[of]! >= least[of]!));
    }
  }
  return [...crews.values()];
}

/** Up to so many pods to a node, rounding their number down is worth a row. */
const FEW = 10;

function largestRoom({ columns, problem: { resources } }: Places, of: number): number {
  let largest = 0;
  for (let column = 0; column < columns.count; column++) {
    largest = Math.max(largest, columns.room[column * resources + of]!);
  }
  return largest;
}

/** Rules over hosts that bind pods which they also count. */
function hostRows(places: Places): Row[] {
  const { problem, items } = places;
  if (problem.groups.length === 0) return [];
  const bound = problem.groups.map((): number[] => []);
  for (const item of items) {
    for (const group of new Set(problem.items[item]!.counted)) {
      if (isBound(problem.items[item]!, problem.groups[group]!, group)) bound[group]!.push(item);
    }
  }
  return problem.groups.flatMap((group, index) => {
    const most = mostPerHost(group);
    if (most === undefined || bound[index]!.length === 0) return [];
    const mostIn = (room: number) => mostInBin(problem, group, room, most);
    return [podRow(places, crewOf(places, bound[index]!), most, mostIn)];
  });
}

/** Units of reservations, which come after the bins, are new nodes. */
function mostInBin(
  { bins }: Problem,
  { binCounts, countingBins }: Group,
  room: number,
  most: number,
): number {
  if (room >= bins.length) return most;
  if (countingBins && !hasBit(countingBins, room)) return Number.POSITIVE_INFINITY;
  return Math.max(0, most - binCounts[room]!);
}

/** A host port is one pod's on a node. */
function portRows(places: Places): Row[] {
  const { problem, portHolders } = places;
  const users = new Map<number, number[]>();
  for (const item of portHolders) {
    for (const port of new Set(problem.items[item]!.ports)) {
      const list = users.get(port);
      if (list) list.push(item);
      else users.set(port, [item]);
    }
  }
  return [...users]
    .sort(([a], [b]) => a - b)
    .map(([port, list]) => {
      const mostIn = (room: number) => (problem.bins[room]?.ports.includes(port) ? 0 : 1);
      return podRow(places, crewOf(places, list), 1, mostIn);
    });
}
