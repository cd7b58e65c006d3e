/**
 * What follows from the offerings that a node may be launched as, for the checks. Thousands of nodes share a few hundred
 * such sets, so everything is worked out once per set.
 */
import { hashOf, intersects, isSame, isSubset, nextBit, positionsOf } from './mask.ts';
import type { Item, Mask, Problem } from './problem.ts';
import type { NewNode } from './solution.ts';

/** Amounts per resource over a choice. */
export interface Amounts {
  /** The least room beside DaemonSets. */
  readonly leastRoom: Float64Array;
  readonly largestCapacity: Float64Array;
}

export class Choice {
  readonly offerings: Mask;
  /** Whether the set is a subset of another mask, or shares an offering with it. */
  readonly isWithin: (other: Mask) => boolean;
  readonly meets: (other: Mask) => boolean;
  /** Domains of a topology key, ascending; -1 for offerings without the label. */
  readonly domains: (key: number) => readonly number[];
  readonly positions: () => readonly number[];
  readonly amounts: () => Amounts;
  readonly reservations: () => ReadonlySet<number>;
  /** The rankings found right for this set. */
  readonly goodRankings = new Set<Int32Array>();
  /** Values of each minValues key that a launch can name. */
  readonly nameableValues: (key: number) => number;
  /** Pools for which the set was found to be one node's alternatives. */
  readonly goodPools = new Set<number>();

  constructor(problem: Problem, offerings: Mask) {
    const { domain, reservation, keyValue } = problem.offerings;
    this.offerings = offerings;
    this.isWithin = remembered((other) => isSubset(offerings, other));
    this.meets = remembered((other) => intersects(offerings, other));
    this.positions = once(() => positionsOf(offerings));
    const distinct = (column: Int32Array) => new Set(this.positions().map((at) => column[at]!));
    this.domains = remembered((key) => [...distinct(domain[key]!)].sort((a, b) => a - b));
    this.amounts = once(() => amountsOf(problem, offerings));
    this.reservations = once(() => distinct(reservation));
    const nameable = once(() => offeringsOfCheapestShapes(problem, this.positions(), 600));
    this.nameableValues = remembered((key) => {
      const values = nameable().map((at) => keyValue[key]![at]!);
      return new Set(values.filter((value) => value >= 0)).size;
    });
  }

  has(at: number): boolean {
    return nextBit(this.offerings, at) === at;
  }
}

/** A new node as the checks look at it. */
export interface LoadedNode extends NewNode {
  readonly choice: Choice;
  /** Its pods that have ports or volumes. */
  readonly sharing: readonly Item[];
  /** R amounts: the pods alone. */
  readonly used: Float64Array;
}

export class Choices {
  private readonly problem: Problem;
  private readonly known = new Map<Mask, Choice>();
  private readonly byHash = new Map<number, Choice[]>();

  constructor(problem: Problem) {
    this.problem = problem;
  }

  of(offerings: Mask): Choice {
    const known = this.known.get(offerings) ?? this.find(offerings);
    this.known.set(offerings, known);
    return known;
  }

  private find(offerings: Mask): Choice {
    const hash = hashOf(offerings);
    const alike = this.byHash.get(hash) ?? [];
    const same = alike.find(
      (one) => one.offerings.length === offerings.length && isSame(one.offerings, offerings),
    );
    if (same) return same;
    const choice = new Choice(this.problem, offerings);
    this.byHash.set(hash, [...alike, choice]);
    return choice;
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function remembered<K, T>(make: (key: K) => T): (key: K) => T {
  const known = new Map<K, T>();
  return (key) => {
    const value = known.get(key);
    if (value !== undefined) return value;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

/** Offerings of one shape and overhead group are looked at once. */
function amountsOf({ resources, shapes, offerings, overheadGroups }: Problem, choice: Mask): Amounts {
  const leastRoom = new Float64Array(resources).fill(Number.POSITIVE_INFINITY);
  const largestCapacity = new Float64Array(resources);
  const seen = new Uint8Array(shapes.count * overheadGroups.length);
  for (let at = nextBit(choice, 0); at >= 0; at = nextBit(choice, at + 1)) {
    const shape = offerings.shape[at]!;
    const group = offerings.overheadGroup[at]!;
    const pair = shape * overheadGroups.length + group;
    if (seen[pair] === 1) continue;
    seen[pair] = 1;
    const { requests } = overheadGroups[group]!;
    for (let column = 0; column < resources; column++) {
      const from = shape * resources + column;
      const room = shapes.allocatable[from]! - requests[column]!;
      leastRoom[column] = Math.min(leastRoom[column]!, room);
      largestCapacity[column] = Math.max(largestCapacity[column]!, shapes.capacity[from]!);
    }
  }
  return { leastRoom, largestCapacity };
}

function offeringsOfCheapestShapes(
  { offerings: { price, shape } }: Problem,
  positions: readonly number[],
  most: number,
): number[] {
  const byPrice = [...positions].sort((a, b) => price[a]! - price[b]! || a - b);
  const shapes = new Set([...new Set(byPrice.map((at) => shape[at]!))].slice(0, most));
  return byPrice.filter((at) => shapes.has(shape[at]!));
}
