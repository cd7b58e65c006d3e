/**
 * Spot nodes that have alternatives. A node that is filled to what one offering holds may fit no other one; filled to what
 * the best alternatives all hold, it fits each of them. Both are kinds, the former dearer for what it lacks.
 */
import { commonRoom, costOf, holds, type Kind, largerCapacity, lossOf, type Market } from './market.ts';
import { capacityOf, roomOf } from './stock.ts';

const SPOT = 1;

/** `kinds` are of single offerings, in an order that is kept; each set comes behind its cheapest offering. */
export function withAlternatives(market: Market, kinds: readonly Kind[]): readonly Kind[] {
  const { purchase } = market.problem.offerings;
  const { alternatives, share } = market.objective.flexibility;
  const isSpot = ({ offering }: Kind) => purchase[offering] === SPOT;
  if (share === 0 || alternatives < 2 || !kinds.some(isSpot)) return kinds;
  const spot = byName(market, (at) => `${market.stock.template[at]}`);
  const peers = byName(market, (at) => peerName(market, at));
  return kinds.flatMap((kind) => {
    if (!isSpot(kind)) return [kind];
    const all = nearPriced(market, kind, spot.get(`${market.stock.template[kind.offering]}`)!);
    const near = nearPriced(market, kind, peers.get(peerName(market, kind.offering))!);
    return flexible(market, kind, Math.min(alternatives, all.length), near);
  });
}

/** Spot offerings by name, cheapest first. */
function byName(
  { labels: { label }, problem }: Market,
  nameOf: (at: number) => string,
): Map<string, number[]> {
  const { price, purchase } = problem.offerings;
  const lists = new Map<string, number[]>();
  for (let at = 0; at < label.length; at++) {
    if (label[at]! < 0 || purchase[at] !== SPOT) continue;
    const name = nameOf(at);
    const list = lists.get(name);
    if (list) list.push(at);
    else lists.set(name, [at]);
  }
  for (const list of lists.values()) list.sort((a, b) => price[a]! - price[b]! || a - b);
  return lists;
}

/** A launch leaves exotic types out where others do, so the two are no alternatives of each other. */
function peerName({ labels, stock, problem }: Market, at: number): string {
  return `${stock.template[at]}/${labels.signature[at]}/${problem.offerings.exotic[at]}`;
}

/** The kind and, where some of the wanted alternatives do not hold its whole room, what the best of them hold together. */
function flexible(market: Market, kind: Kind, wanted: number, peers: readonly number[]): Kind[] {
  const { problem, stock, prices } = market;
  const near = peers.map((offering) => {
    const room = roomOf(problem, stock, offering);
    return { offering, room, loss: lossOf(kind.room, room, prices), isWhole: holds(room, kind.room) };
  });
  const missing = wanted - near.filter(({ isWhole }) => isWhole).length;
  if (missing <= 0) return [kind];
  const single = { ...kind, cost: kind.cost + penaltyOf(market, kind, missing) };
  const chosen = near.sort((a, b) => a.loss - b.loss || a.offering - b.offering).slice(0, wanted);
  let { room, capacity } = kind;
  for (const one of chosen) {
    room = commonRoom(room, one.room);
    capacity = largerCapacity(capacity, capacityOf(problem, stock, one.offering));
  }
  const cost = costOf(market, kind.offering, kind.price, room);
  return [single, { ...kind, room, capacity, cost: cost + penaltyOf(market, kind, wanted - chosen.length) }];
}

function penaltyOf({ objective }: Market, { price }: Kind, missing: number): number {
  const { alternatives, share } = objective.flexibility;
  return (price * share * missing) / (alternatives - 1);
}

/** Those of the offerings, cheapest first, that cost as much as the kind up to a share more. */
function nearPriced({ problem, objective }: Market, kind: Kind, offerings: readonly number[]): number[] {
  const { price } = problem.offerings;
  const most = kind.price * (1 + objective.flexibility.within);
  const first = offerings.findIndex((at) => price[at]! >= kind.price);
  const end = offerings.findIndex((at) => price[at]! > most);
  return offerings.slice(first, end < 0 ? undefined : end);
}
