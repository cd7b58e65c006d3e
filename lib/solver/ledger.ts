/**
 * What pools and reservations still allow while solving: limits, node counts, reserved units. Opening a node takes the
 * largest capacity it could have (Karpenter's pessimism), once; reserved units come back when a node drops them.
 */
import { clearBit, nextBit } from './mask.ts';
import type { Mask, Problem } from './problem.ts';
import type { Template } from './template.ts';

export class Ledger {
  private readonly problem: Problem;
  private readonly limits: readonly Float64Array[];
  private readonly nodesLeft: number[];
  private readonly reservationsLeft: number[];
  /** Rises when what may be opened changes, except for node counts. */
  version = 0;

  constructor(problem: Problem) {
    this.problem = problem;
    this.limits = problem.pools.map((pool) => pool.limits.slice());
    this.nodesLeft = problem.pools.map((pool) => pool.nodesLeft);
    this.reservationsLeft = [...problem.reservations];
  }

  nodesAllowed(pool: number): boolean {
    return this.nodesLeft[pool]! >= 1;
  }

  /** Offerings a new node may start with, as long as `version` stays the same. */
  openOfferings(template: Template): Mask {
    const open = template.offerings.slice();
    this.dropOverLimits(template, open);
    this.dropReserved(open);
    return open;
  }

  /** Takes out the offerings whose capacity exceeds what is left of the pool's limits. */
  dropOverLimits(template: Template, offerings: Mask): void {
    const limits = this.limits[template.pool]!;
    if (limits.every((limit) => limit === Number.POSITIVE_INFINITY)) return;
    const { rows } = template;
    for (let row = 0; row < rows.count; row++) {
      if (this.withinLimits(limits, rows.shape[row]!)) continue;
      for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++)
        clearBit(offerings, rows.offerings[at]!);
    }
  }

  /** Takes out the offerings of reservations without a unit left. */
  dropReserved(offerings: Mask): void {
    if (this.reservationsLeft.every((left) => left > 0)) return;
    const { reservation } = this.problem.offerings;
    for (let at = nextBit(offerings, 0); at >= 0; at = nextBit(offerings, at + 1)) {
      if (reservation[at]! >= 0 && this.reservationsLeft[reservation[at]!]! <= 0) clearBit(offerings, at);
    }
  }

  /** Charges a node just opened with these offerings; answers the reservations it holds a unit of. */
  open(pool: number, offerings: Mask): number[] {
    this.nodesLeft[pool]!--;
    this.subtractLargest(this.limits[pool]!, offerings);
    const held = this.reservationsIn(offerings);
    for (const reservation of held) this.reservationsLeft[reservation]!--;
    if (held.length > 0) this.version++;
    return held;
  }

  /** Gives back the units of reservations that a node no longer has an offering of; answers those it still holds. */
  release(held: readonly number[], offerings: Mask): number[] {
    if (held.length === 0) return [];
    const still = this.reservationsIn(offerings);
    for (const reservation of held) {
      if (still.includes(reservation)) continue;
      this.reservationsLeft[reservation]!++;
      this.version++;
    }
    return still;
  }

  private withinLimits(limits: Float64Array, shape: number): boolean {
    const { resources, shapes } = this.problem;
    for (let column = 0; column < resources; column++) {
      if (shapes.capacity[shape * resources + column]! > limits[column]!) return false;
    }
    return true;
  }

  private subtractLargest(limits: Float64Array, offerings: Mask): void {
    if (limits.every((limit) => limit === Number.POSITIVE_INFINITY)) return;
    this.version++;
    const { resources, shapes } = this.problem;
    const largest = new Float64Array(resources);
    for (let at = nextBit(offerings, 0); at >= 0; at = nextBit(offerings, at + 1)) {
      const from = this.problem.offerings.shape[at]! * resources;
      for (let column = 0; column < resources; column++) {
        largest[column] = Math.max(largest[column]!, shapes.capacity[from + column]!);
      }
    }
    for (let column = 0; column < resources; column++) limits[column]! -= largest[column]!;
  }

  private reservationsIn(offerings: Mask): number[] {
    if (this.reservationsLeft.length === 0) return [];
    const found = new Set<number>();
    const { reservation } = this.problem.offerings;
    for (let at = nextBit(offerings, 0); at >= 0; at = nextBit(offerings, at + 1)) {
      if (reservation[at]! >= 0) found.add(reservation[at]!);
    }
    return [...found].sort((a, b) => a - b);
  }
}
