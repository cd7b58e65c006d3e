/**
 * Spot nodes that have alternatives. A node that is filled to what one offering holds may fit few other ones, or only dear
 * ones; filled to what more of them hold, it is expected to cost less above its cheapest. Both are kinds.
 */
import { expectedAbove, isWanted, wantedOf } from '../objective.ts';
import { commonRoom, costOf, holds, type Kind, largerCapacity, lossOf, type Market } from './market.ts';
import { capacityOf, roomOf } from './stock.ts';

const SPOT = 1;

/** A spot offering that may stand in for others. */
interface Peer {
  readonly offering: number;
  readonly price: number;
  readonly room: Float64Array;
}

/** `kinds` are of single offerings, in an order that is kept; each set comes behind its cheapest offering. */
export function withAlternatives(market: Market, kinds: readonly Kind[]): readonly Kind[] {
  const { purchase } = market.problem.offerings;
  const { flexibility } = market.objective;
  const isSpot = ({ offering }: Kind) => purchase[offering] === SPOT;
  if (!isWanted(flexibility) || !kinds.some(isSpot)) return kinds;
  const peers = peersOf(market);
  const wanted = wantedOf(market.problem, flexibility);
  return kinds.flatMap((kind) => {
    if (!isSpot(kind)) return [kind];
    const all = peers.get(peerName(market, kind.offering))!;
    const others = all.slice(all.findIndex(({ offering }) => offering === kind.offering) + 1);
    return flexible(market, kind, wanted[kind.offering]!, others);
  });
}

/** Spot offerings that may stand in for each other, cheapest first. */
function peersOf(market: Market): Map<string, Peer[]> {
  const { labels, problem, stock } = market;
  const { price, purchase } = problem.offerings;
  const lists = new Map<string, Peer[]>();
  for (let at = 0; at < labels.label.length; at++) {
    if (labels.label[at]! < 0 || purchase[at] !== SPOT) continue;
    const name = peerName(market, at);
    const list = lists.get(name) ?? [];
    lists.set(name, list);
    list.push({ offering: at, price: price[at]!, room: roomOf(problem, stock, at) });
  }
  for (const list of lists.values()) list.sort((a, b) => a.price - b.price || a.offering - b.offering);
  return lists;
}

/** A launch leaves exotic types out where others do, so the two are no alternatives of each other. */
function peerName({ labels, stock, problem }: Market, at: number): string {
  return `${stock.template[at]}/${labels.signature[at]}/${problem.offerings.exotic[at]}`;
}

/** The kind and, where fewer pods per node are worth it, what it holds together with others; these come cheapest first. */
function flexible(market: Market, kind: Kind, wanted: number, others: readonly Peer[]): Kind[] {
  const { flexibility } = market.objective;
  const above = (having: readonly Peer[]) =>
    expectedAbove(flexibility, wanted, kind.price, (nth) => having[nth - 1]?.price);
  const whole = above(others.filter(({ room }) => holds(room, kind.room)));
  const single = { ...kind, cost: kind.cost + whole };
  // Dearer ones are worth no more than none.
  const near = others.filter(({ price }) => price < kind.price * (1 + flexibility.share));
  const set = bestSet(market, kind, near, above);
  if (set.length === 0) return [single];
  let { room, capacity } = kind;
  for (const one of set) {
    room = commonRoom(room, one.room);
    capacity = largerCapacity(capacity, capacityOf(market.problem, market.stock, one.offering));
  }
  if (holds(room, kind.room)) return [single];
  const cost =
    costOf(market, kind.offering, kind.price, room) + above(others.filter((one) => holds(one.room, room)));
  return cost < single.cost ? [single, { ...kind, room, capacity, cost }] : [single];
}

/** Those that lose no more than a certain worth of room, at which the loss and what the node costs above are least. */
function bestSet(
  { prices, objective }: Market,
  { room }: Kind,
  near: readonly Peer[],
  above: (having: readonly Peer[]) => number,
): readonly Peer[] {
  const most = objective.flexibility.alternatives - 1;
  const losing = near
    .map((peer, order) => ({ peer, order, loss: lossOf(room, peer.room, prices) }))
    .sort((a, b) => a.loss - b.loss || a.order - b.order);
  let having: typeof losing = [];
  let best: readonly Peer[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const one of losing) {
    having = [...having, one].sort((a, b) => a.order - b.order).slice(0, most);
    if (!having.includes(one)) continue;
    const peers = having.map(({ peer }) => peer);
    const cost = one.loss + above(peers);
    if (cost < least) [best, least] = [peers, cost];
  }
  return best;
}
