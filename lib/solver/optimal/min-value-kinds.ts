/**
 * Kinds of pools that ask for distinct values among a node's alternatives (minValues): each has the room that offerings with
 * enough values all have, so that even a full node keeps them.
 */
import { commonRoom, costOf, holds, type Kind, largerCapacity, lossOf, type Market } from './market.ts';

/** A kind with what it adds to a node's values. */
interface Member extends Kind {
  readonly template: number;
  readonly signature: number;
  readonly reservation: number;
  /** Per minValues entry of the pool. */
  readonly values: readonly ReadonlySet<number>[];
}

/**
 * One kind around each of `bases`, of which those are left out around which the values cannot be had. `kinds` are all of
 * single offerings in such pools.
 */
export function withValues(market: Market, bases: readonly Kind[], kinds: readonly Kind[]): Kind[] {
  if (bases.length === 0) return [];
  const values = valuesOf(market);
  const members = kinds.map((kind): Member => {
    const { offering } = kind;
    return {
      ...kind,
      template: market.stock.template[offering]!,
      signature: market.labels.signature[offering]!,
      reservation: market.problem.offerings.reservation[offering]!,
      values: values.get(market.labels.label[offering]!)!,
    };
  });
  const chosen = new Set(bases.map(({ offering }) => offering));
  return members.flatMap((one) => (chosen.has(one.offering) ? (wholeSet(market, one, members) ?? []) : []));
}

/** Per label, the values its offerings have of each key that their pool asks for. */
function valuesOf({ labels: { label }, problem }: Market): Map<number, Set<number>[]> {
  const { keyValue, pool } = problem.offerings;
  const values = new Map<number, Set<number>[]>();
  for (let at = 0; at < label.length; at++) {
    const { minValues } = problem.pools[pool[at]!]!;
    if (label[at]! < 0 || minValues.length === 0) continue;
    const sets = values.get(label[at]!) ?? minValues.map(() => new Set<number>());
    values.set(label[at]!, sets);
    for (const [entry, { key }] of minValues.entries()) {
      if (keyValue[key]![at]! >= 0) sets[entry]!.add(keyValue[key]![at]!);
    }
  }
  return values;
}

/** Adds the member that costs least room for a value that is short until none is; undefined where that cannot be. */
function wholeSet(market: Market, base: Member, members: readonly Member[]): Kind | undefined {
  const { problem, labels, prices } = market;
  const { minValues, limits } = problem.pools[problem.offerings.pool[base.offering]!]!;
  const peers = members.filter(
    ({ template, signature, reservation }) =>
      template === base.template &&
      (reservation < 0 || reservation === base.reservation) &&
      labels.covers(signature, base.signature),
  );
  let { room, capacity } = base;
  for (;;) {
    const inside = peers.filter((one) => holds(one.room, room) && isWithin(one.capacity, capacity, limits));
    const have = minValues.map((_, entry) => new Set(inside.flatMap((one) => [...one.values[entry]!])));
    const short = minValues.flatMap(({ min }, entry) => (have[entry]!.size < min ? [entry] : []));
    if (short.length === 0) {
      const launched = inside.reduce((best, one) => (one.price < best.price ? one : best));
      const { price } = launched;
      return {
        offering: base.offering,
        price,
        room,
        capacity,
        cost: costOf(market, launched.offering, price, room),
      };
    }
    const adding = peers.filter((one) =>
      short.some((entry) => [...one.values[entry]!].some((value) => !have[entry]!.has(value))),
    );
    const next = leastLoss(room, adding, prices);
    if (!next) return undefined;
    room = commonRoom(room, next.room);
    capacity = largerCapacity(capacity, next.capacity);
  }
}

function leastLoss(room: Float64Array, members: readonly Member[], prices: Float64Array): Member | undefined {
  let [best, least]: [Member | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const member of members) {
    const loss = lossOf(room, member.room, prices);
    if (loss < least) [best, least] = [member, loss];
  }
  return best;
}

/** Whether nothing that is limited is larger. */
function isWithin(capacity: Float64Array, most: Float64Array, limits: Float64Array): boolean {
  return limits.every((limit, r) => limit === Number.POSITIVE_INFINITY || capacity[r]! <= most[r]!);
}
