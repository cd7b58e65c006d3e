/**
 * Sets of offerings that a node may still become. Thousands of nodes go through the same few hundred sets, so each set is
 * made once, with what follows from it, and each step from one set to the next is worked out once and remembered.
 */
import { Domains } from './domains.ts';
import { andInto, clearBit, createMask, hasBit, hashOf, isEmpty, isSame, nextBit } from './mask.ts';
import { minValuesMet } from './min-values.ts';
import type { Mask, Problem } from './problem.ts';
import type { Rows, Template } from './template.ts';

/** Never empty, never written: equal sets are one object. */
export interface OfferingSet {
  readonly template: Template;
  readonly offerings: Mask;
  /** Rows that have an offering in it. */
  readonly rows: Int32Array;
  /** R amounts over those rows: the largest room of each column. More than this fits nowhere. */
  readonly roomiest: Float64Array;
  /** R amounts over those rows: the smallest room of each column. No more than this fits everywhere. */
  readonly tightest: Float64Array;
  /** R amounts over those rows, as limits count them. */
  readonly largestCapacity: Float64Array;
  /** Per topology key, the domains the node could turn out to be in. */
  readonly domains: readonly Mask[];
  /** Whether a node of its pool may keep only these. */
  readonly meetsMinValues: boolean;
  /** Reservations that some offering uses, ascending. */
  readonly reservations: readonly number[];
  /** What a demand leaves of it, by the demand's name; null where that is nothing. */
  readonly next: Map<number | string, OfferingSet | null>;
}

/** A mask of offerings with a number that equal masks share. */
export interface NamedMask {
  readonly id: number;
  readonly offerings: Mask;
}

export class OfferingSets {
  readonly domains: Domains;
  private readonly problem: Problem;
  private readonly wholes = new Map<Template, OfferingSet>();
  /** By the hash of the mask. A mask has offerings of one template only. */
  private readonly known = new Map<number, OfferingSet[]>();
  private readonly scratch: Mask;

  constructor(problem: Problem) {
    this.problem = problem;
    this.domains = new Domains(problem);
    this.scratch = createMask(problem.offerings.count);
  }

  /** All offerings of a template. */
  whole(template: Template): OfferingSet {
    const known = this.wholes.get(template);
    if (known) return known;
    this.scratch.set(template.offerings);
    const set = this.intern(template);
    this.wholes.set(template, set);
    return set;
  }

  /** What an alternative allows of it. */
  within(set: OfferingSet, { id, offerings }: NamedMask): OfferingSet | null {
    const known = set.next.get(id);
    if (known !== undefined) return known;
    const any = andInto(this.scratch, set.offerings, offerings);
    return remember(set, id, any ? this.intern(set.template) : null);
  }

  /** What has room for R amounts beside its DaemonSets. */
  holding(set: OfferingSet, needed: Float64Array): OfferingSet | null {
    let left: OfferingSet | null = set;
    for (let column = 0; left !== null && column < needed.length; column++) {
      if (needed[column]! > left.tightest[column]!) left = this.withRoom(left, column, needed[column]!);
    }
    return left;
  }

  /** What is in one of these domains of a key. */
  inDomains(set: OfferingSet, key: number, allowed: Mask): OfferingSet | null {
    const name = `domains ${key} ${allowed.join(' ')}`;
    const known = set.next.get(name);
    if (known !== undefined) return known;
    const any = this.domains.within(key, allowed, set.offerings, this.scratch);
    return remember(set, name, any ? this.intern(set.template) : null);
  }

  /** The offerings of the rows to keep. `name` is different for each reason to keep rows, absent where it never returns. */
  keeping(set: OfferingSet, keep: (row: number) => boolean, name?: string): OfferingSet | null {
    const known = name === undefined ? undefined : set.next.get(name);
    if (known !== undefined) return known;
    const { rows } = set.template;
    this.scratch.set(set.offerings);
    for (const row of set.rows) if (!keep(row)) clearRow(rows, row, this.scratch);
    const left = isEmpty(this.scratch) ? null : this.intern(set.template);
    return name === undefined ? left : remember(set, name, left);
  }

  /** What is left without some of its offerings, which are not all. `name` is different for each list of them. */
  except(set: OfferingSet, offerings: Int32Array, name: string): OfferingSet {
    const known = set.next.get(name);
    if (known) return known;
    this.scratch.set(set.offerings);
    for (const at of offerings) clearBit(this.scratch, at);
    const left = this.intern(set.template);
    set.next.set(name, left);
    return left;
  }

  /** What uses none of the reservations that `isSpent`. */
  unreserved(set: OfferingSet, isSpent: (reservation: number) => boolean): OfferingSet | null {
    if (!set.reservations.some(isSpent)) return set;
    const { reservation } = this.problem.offerings;
    this.scratch.set(set.offerings);
    for (let at = nextBit(set.offerings, 0); at >= 0; at = nextBit(set.offerings, at + 1)) {
      if (reservation[at]! >= 0 && isSpent(reservation[at]!)) clearBit(this.scratch, at);
    }
    return isEmpty(this.scratch) ? null : this.intern(set.template);
  }

  /** Rows have few distinct amounts of room, so all needs between two of them lead to the same set. */
  private withRoom(set: OfferingSet, column: number, needed: number): OfferingSet | null {
    const { rows } = set.template;
    const columns = this.problem.resources;
    // Alternatives are named by the numbers from zero up.
    const name = -1 - (lowerBound(rows.levels[column]!, needed) * columns + column);
    const known = set.next.get(name);
    if (known !== undefined) return known;
    return remember(
      set,
      name,
      this.keeping(set, (row) => rows.room[row * columns + column]! >= needed),
    );
  }

  /** The set of the offerings in `scratch`, which are not none. */
  private intern(template: Template): OfferingSet {
    const hash = hashOf(this.scratch);
    const alike = this.known.get(hash) ?? [];
    const same = alike.find(({ offerings }) => isSame(offerings, this.scratch));
    if (same) return same;
    const set = this.make(template, this.scratch.slice());
    this.known.set(hash, [...alike, set]);
    return set;
  }

  private make(template: Template, offerings: Mask): OfferingSet {
    const { problem } = this;
    const rows = rowsWithin(template.rows, offerings);
    return {
      template,
      offerings,
      rows,
      ...boundsOf(problem.resources, template.rows, rows),
      domains: this.domains.ofOfferings(offerings),
      meetsMinValues: minValuesMet(problem, problem.pools[template.pool]!, offerings),
      reservations: reservationsIn(problem, offerings),
      next: new Map(),
    };
  }
}

function remember(set: OfferingSet, name: number | string, left: OfferingSet | null): OfferingSet | null {
  set.next.set(name, left);
  return left;
}

function clearRow(rows: Rows, row: number, offerings: Mask): void {
  for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++) clearBit(offerings, rows.offerings[at]!);
}

function rowsWithin(rows: Rows, offerings: Mask): Int32Array {
  const found = new Int32Array(rows.count);
  let count = 0;
  for (let row = 0; row < rows.count; row++) {
    let at = rows.start[row]!;
    while (at < rows.start[row + 1]! && !hasBit(offerings, rows.offerings[at]!)) at++;
    if (at < rows.start[row + 1]!) found[count++] = row;
  }
  return found.slice(0, count);
}

function boundsOf(
  columns: number,
  { room, capacity }: Rows,
  rows: Int32Array,
): Pick<OfferingSet, 'roomiest' | 'tightest' | 'largestCapacity'> {
  const roomiest = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const tightest = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const largestCapacity = new Float64Array(columns);
  for (const row of rows) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      if (room[at]! > roomiest[column]!) roomiest[column] = room[at]!;
      if (room[at]! < tightest[column]!) tightest[column] = room[at]!;
      if (capacity[at]! > largestCapacity[column]!) largestCapacity[column] = capacity[at]!;
    }
  }
  return { roomiest, tightest, largestCapacity };
}

function reservationsIn({ reservations, offerings: { reservation } }: Problem, offerings: Mask): number[] {
  if (reservations.length === 0) return [];
  const found = new Set<number>();
  for (let at = nextBit(offerings, 0); at >= 0; at = nextBit(offerings, at + 1)) {
    if (reservation[at]! >= 0) found.add(reservation[at]!);
  }
  return [...found].sort((a, b) => a - b);
}

/** The first position in ascending values that is not below `value`. */
function lowerBound(values: Float64Array, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
