/**
 * What pools and reservations still allow while solving: limits, node counts, reserved units. Opening a node takes the
 * largest capacity it could have (Karpenter's pessimism), once; reserved units come back when a node drops them.
 */
import type { OfferingSet, OfferingSets } from './offering-sets.ts';
import type { Problem } from './problem.ts';

export class Ledger {
  private readonly sets: OfferingSets;
  private readonly limits: readonly Float64Array[];
  private readonly isLimited: readonly boolean[];
  private readonly nodesLeft: number[];
  private readonly reservationsLeft: number[];
  /** Rises when what may be opened changes, except for node counts. */
  version = 0;

  constructor(problem: Problem, sets: OfferingSets) {
    this.sets = sets;
    this.limits = problem.pools.map((pool) => pool.limits.slice());
    this.isLimited = this.limits.map((limits) => limits.some((limit) => limit !== Number.POSITIVE_INFINITY));
    this.nodesLeft = problem.pools.map((pool) => pool.nodesLeft);
    this.reservationsLeft = [...problem.reservations];
  }

  nodesAllowed(pool: number): boolean {
    return this.nodesLeft[pool]! >= 1;
  }

  /** Of the offerings that a new node might start with those that it may, as long as `version` stays the same. */
  openOfferings(set: OfferingSet): OfferingSet | null {
    const within = this.withinLimits(set);
    return within && this.withUnits(within);
  }

  /** The offerings whose capacity is within what is left of the pool's limits. */
  withinLimits(set: OfferingSet): OfferingSet | null {
    const limits = this.limits[set.template.pool]!;
    if (isWithin(set.largestCapacity, 0, limits)) return set;
    const { capacity } = set.template.rows;
    return this.sets.keeping(set, (row) => isWithin(capacity, row * limits.length, limits));
  }

  /** The offerings without those of reservations that have no unit left. */
  withUnits(set: OfferingSet): OfferingSet | null {
    return this.sets.unreserved(set, (reservation) => this.reservationsLeft[reservation]! <= 0);
  }

  /** Charges a node just opened with these offerings; answers the reservations it holds a unit of. */
  open({ template, largestCapacity, reservations }: OfferingSet): readonly number[] {
    const { pool } = template;
    this.nodesLeft[pool]!--;
    const limits = this.limits[pool]!;
    for (let column = 0; column < limits.length; column++) limits[column]! -= largestCapacity[column]!;
    for (const reservation of reservations) this.reservationsLeft[reservation]!--;
    if (this.isLimited[pool] || reservations.length > 0) this.version++;
    return reservations;
  }

  /** Gives back the units of reservations that a node no longer has an offering of; answers those it still holds. */
  release(held: readonly number[], { reservations }: OfferingSet): readonly number[] {
    if (held.length === 0) return held;
    for (const reservation of held) {
      if (reservations.includes(reservation)) continue;
      this.reservationsLeft[reservation]!++;
      this.version++;
    }
    return reservations;
  }
}

/** Whether R amounts from a position on are within limits. */
function isWithin(amounts: Float64Array, from: number, limits: Float64Array): boolean {
  for (let column = 0; column < limits.length; column++) {
    if (amounts[from + column]! > limits[column]!) return false;
  }
  return true;
}
