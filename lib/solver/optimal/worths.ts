/**
 * What a unit of each class is worth, and to which nodes it leans, if nodes could be bought in parts: the dual of sharing
 * the classes out over profiles of nodes, each with its own prices of resources, smoothed and followed upwards. A unit is
 * worth what it costs on the profile where that is least. Unlike one price per resource this knows which pods are needed to
 * fill a profile's nodes in all resources.
 */

/** Nodes of the same proportions. */
export interface Profile {
  /** R amounts that one unit of money buys. */
  readonly room: Float64Array;
  /** What each resource costs, once solved: a unit of money in all. */
  readonly prices: Float64Array;
  /** Per class: the share of its units that goes here. */
  readonly shares: Float64Array;
  /** Per class: 1 where a unit fits. */
  readonly fits: Uint8Array;
}

/** How blurred the choice between profiles is, as a share of the cost, at first and in the end. */
interface Schedule {
  readonly rounds: number;
  readonly first: number;
  readonly last: number;
}

export const AFRESH: Schedule = { rounds: 90, first: 0.3, last: 0.03 };
/** For prices that were right a moment ago. */
export const AGAIN: Schedule = { rounds: 20, first: 0.08, last: 0.03 };

const STEP = 3;
const LEAST_PART = 1e-4;

/** Sets prices and shares of the profiles, starting from the prices they have, and writes the worth of each class. */
export function findWorths(
  profiles: readonly Profile[],
  requests: Float64Array,
  remaining: Int32Array,
  { rounds, first, last }: Schedule,
  worth: Float64Array,
): void {
  const best = profiles.map(({ prices }) => prices.slice());
  const got = profiles.map(({ prices }) => new Float64Array(prices.length));
  let most = -1;
  for (let round = 0; round < rounds; round++) {
    const heat = first / (1 + (round / rounds) * (first / last - 1));
    const value = share(profiles, requests, remaining, heat, worth, got);
    if (value > most) {
      most = value;
      for (const [at, { prices }] of profiles.entries()) best[at]!.set(prices);
    }
    for (const [at, profile] of profiles.entries()) follow(profile, got[at]!, heat * STEP);
  }
  for (const [at, { prices }] of profiles.entries()) prices.set(best[at]!);
  share(profiles, requests, remaining, last, worth, got);
}

/** Shares the classes out at the present prices; answers what all of them are worth. */
function share(
  profiles: readonly Profile[],
  requests: Float64Array,
  remaining: Int32Array,
  heat: number,
  worth: Float64Array,
  got: readonly Float64Array[],
): number {
  const R = got[0]!.length;
  for (const amounts of got) amounts.fill(0);
  let value = 0;
  for (let c = 0; c < remaining.length; c++) {
    let least = Number.POSITIVE_INFINITY;
    for (const { prices, shares, fits } of profiles) {
      let cost = 0;
      for (let r = 0; r < R; r++) cost += prices[r]! * requests[c * R + r]!;
      shares[c] = fits[c] === 1 ? cost : Number.POSITIVE_INFINITY;
      if (shares[c]! < least) least = shares[c]!;
    }
    worth[c] = least < Number.POSITIVE_INFINITY ? least : 0;
    value += worth[c]! * remaining[c]!;
    let sum = 0;
    for (const { shares } of profiles) {
      shares[c] = worth[c]! > 0 ? falling((shares[c]! / least - 1) / heat) : 1;
      sum += shares[c]!;
    }
    for (let at = 0; at < profiles.length; at++) {
      const { shares } = profiles[at]!;
      shares[c]! /= sum;
      const units = shares[c]! * remaining[c]!;
      for (let r = 0; r < R; r++) got[at]![r]! += units * requests[c * R + r]!;
    }
  }
  return value;
}

/** A resource that takes more nodes than the profile's others gets dearer, in what keeps the price of a node. */
function follow({ room, prices }: Profile, got: Float64Array, step: number): void {
  let mean = 0;
  for (let r = 0; r < got.length; r++) mean += got[r]! * prices[r]!;
  if (mean <= 0) return;
  let sum = 0;
  for (let r = 0; r < got.length; r++) {
    if (room[r]! <= 0) continue;
    const excess = got[r]! / room[r]! / mean - 1;
    const part = prices[r]! * room[r]! * (1 + Math.max(-0.9, Math.min(2, step * excess)));
    prices[r] = Math.max(part, got[r]! > 0 ? LEAST_PART : 0);
    sum += prices[r]!;
  }
  for (let r = 0; r < got.length; r++) prices[r] = room[r]! > 0 ? prices[r]! / sum / room[r]! : 0;
}

/** Near e^-x, of the operations that give the same digits everywhere. */
function falling(x: number): number {
  let power = 1 - Math.min(40, x) / 1024;
  for (let n = 0; n < 10; n++) power *= power;
  return power;
}
