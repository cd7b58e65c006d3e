/** What kinds of node are made from, and what one costs. */
import type { Objective } from '../objective.ts';
import type { Problem } from '../problem.ts';
import type { Labels } from './labels.ts';
import type { Stock } from './stock.ts';

/** One kind before all are put into columns. */
export interface Kind {
  /** The offering that stands for it. */
  readonly offering: number;
  readonly price: number;
  readonly cost: number;
  readonly room: Float64Array;
  readonly capacity: Float64Array;
}

export interface Market {
  readonly problem: Problem;
  readonly stock: Stock;
  readonly labels: Labels;
  readonly objective: Objective;
  /** Per offering, the sum of the objective's surcharges. */
  readonly surcharge: Float64Array;
  /** Per column of room, micro-USD per unit. */
  readonly prices: Float64Array;
}

/** A node whose room is worth much is still not bought for nothing. */
const LEAST_COST_SHARE = 0.001;

/** Price and surcharges less what the room is worth, of which pods take away alike on every plan; above zero. */
export function costOf(
  { objective, prices, surcharge }: Market,
  offering: number,
  price: number,
  room: Float64Array,
): number {
  const headroom = objective.headroomShare * worthOf(room, prices);
  return Math.max(price * LEAST_COST_SHARE, price + surcharge[offering]! - headroom);
}

export function worthOf(amounts: Float64Array, prices: Float64Array): number {
  let worth = 0;
  for (let r = 0; r < amounts.length; r++) worth += amounts[r]! * prices[r]!;
  return worth;
}

export function holds(room: Float64Array, needed: Float64Array): boolean {
  for (let r = 0; r < needed.length; r++) if (room[r]! < needed[r]!) return false;
  return true;
}

/** What both have room for. */
export function commonRoom(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((amount, r) => Math.min(amount, b[r]!));
}

/** What of the first one's worth the second one has no room for. */
export function lossOf(room: Float64Array, other: Float64Array, prices: Float64Array): number {
  let loss = 0;
  for (let r = 0; r < room.length; r++) loss += prices[r]! * Math.max(0, room[r]! - other[r]!);
  return loss;
}

/** What limits could count, whichever of the two is launched. */
export function largerCapacity(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((amount, r) => Math.max(amount, b[r]!));
}
