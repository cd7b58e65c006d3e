/**
 * Kinds of node that may be opened. Offerings that no pod can tell apart are one kind at the price of the cheapest; where a
 * node must have alternatives, a kind stands for a set of offerings and has the room that all of them have. Kinds that
 * another one beats in everything are left out.
 */
import { hasBit } from '../mask.ts';
import { type Objective, surchargeOf } from '../objective.ts';
import type { Mask, Problem } from '../problem.ts';
import type { Template } from '../template.ts';
import { withAlternatives } from './flexible-kinds.ts';
import { labelsOf } from './labels.ts';
import { costOf, holds, type Kind, type Market } from './market.ts';
import { withValues } from './min-value-kinds.ts';
import { capacityOf, roomOf, type Stock } from './stock.ts';

/** Kinds come by ascending cost, so that a scan from the front finds the cheapest that holds something. */
export interface Kinds {
  readonly count: number;
  readonly templates: readonly Template[];
  /** The offering that stands for each: pods that may be on it may be on every one of its kind. */
  readonly offering: Int32Array;
  readonly price: Float64Array;
  /** What a node of it adds to the objective, micro-USD per hour: never negative, not zero unless the price is. */
  readonly cost: Float64Array;
  readonly template: Int32Array;
  readonly pool: Int32Array;
  /** Reservation index, or -1. */
  readonly reservation: Int32Array;
  readonly exotic: Uint8Array;
  /** K × columns of the model: allocatable less DaemonSets, volumes that can be attached. Never negative. */
  readonly room: Float64Array;
  /** K × R: what pool limits count. */
  readonly capacity: Float64Array;
}

/** `masks` are all that decide which offerings a pod may use; `prices` are R fluid prices. */
export function kindsOf(
  problem: Problem,
  stock: Stock,
  masks: readonly Mask[],
  objective: Objective,
  prices: Float64Array,
): Kinds {
  const padded = new Float64Array(problem.resources + stock.drivers.length);
  padded.set(prices);
  const market = {
    problem,
    stock,
    labels: labelsOf(problem, stock, masks),
    objective,
    surcharge: surchargeOf(problem, objective),
    prices: padded,
  };
  const singles = singlesOf(market);
  const hasValues = ({ offering }: Kind) => asksForValues(market, offering);
  const valuable = singles.filter(hasValues);
  const valued = withValues(market, undominated(market, valuable), valuable);
  const others = undominated(
    market,
    singles.filter((kind) => !hasValues(kind)),
  );
  const flexible = withAlternatives(market, others);
  if (valued.length === 0 && flexible === others) return columnsOf(market, others);
  return columnsOf(market, undominated(market, [...valued, ...flexible]));
}

function asksForValues({ problem: { pools, offerings } }: Market, offering: number): boolean {
  const { minValues, minValuesPolicy } = pools[offerings.pool[offering]!]!;
  return minValues.length > 0 && minValuesPolicy === 'Strict';
}

/** One per label: the cheapest offering. */
function singlesOf(market: Market): Kind[] {
  const { problem, stock, labels } = market;
  const { price } = problem.offerings;
  const cheapest: number[] = [];
  for (let at = 0; at < labels.label.length; at++) {
    const label = labels.label[at]!;
    if (label >= 0 && !(price[cheapest[label] ?? -1]! <= price[at]!)) cheapest[label] = at;
  }
  return cheapest.map((offering) => {
    const room = roomOf(problem, stock, offering);
    return {
      offering,
      price: price[offering]!,
      cost: costOf(market, offering, price[offering]!, room),
      room,
      capacity: capacityOf(problem, stock, offering),
    };
  });
}

/** By ascending cost, without those beside which a cheaper one does all that they do and takes no more of what is limited. */
function undominated(market: Market, kinds: readonly Kind[]): Kind[] {
  // Of the same cost the roomier first, so that it is there when the other one asks.
  const sorted = [...kinds].sort(
    (a, b) => a.cost - b.cost || compareRoom(b.room, a.room) || a.offering - b.offering,
  );
  const kept: Kind[] = [];
  const rivals = new Map<number, Kind[]>();
  for (const kind of sorted) {
    const template = market.stock.template[kind.offering]!;
    const ahead = rivals.get(template) ?? [];
    if (ahead.some((other) => beats(market, other, kind))) continue;
    rivals.set(template, ahead);
    ahead.push(kind);
    kept.push(kind);
  }
  return kept;
}

function compareRoom(a: Float64Array, b: Float64Array): number {
  for (let r = 0; r < a.length; r++) if (a[r] !== b[r]) return a[r]! - b[r]!;
  return 0;
}

/** Whether a kind that costs no more, of the same template, leaves no use for the other one. */
function beats({ problem, labels }: Market, one: Kind, other: Kind): boolean {
  const { exotic, reservation, pool } = problem.offerings;
  if (exotic[one.offering] !== exotic[other.offering] || reservation[one.offering]! >= 0) return false;
  if (!holds(one.room, other.room)) return false;
  const { limits } = problem.pools[pool[one.offering]!]!;
  for (let r = 0; r < limits.length; r++) {
    if (limits[r] !== Number.POSITIVE_INFINITY && one.capacity[r]! > other.capacity[r]!) return false;
  }
  return labels.covers(labels.signature[one.offering]!, labels.signature[other.offering]!);
}

function columnsOf({ problem, stock, prices }: Market, kinds: readonly Kind[]): Kinds {
  const { pool, reservation, exotic } = problem.offerings;
  const columns = prices.length;
  const room = new Float64Array(kinds.length * columns);
  const capacity = new Float64Array(kinds.length * problem.resources);
  for (const [at, kind] of kinds.entries()) {
    room.set(kind.room, at * columns);
    capacity.set(kind.capacity, at * problem.resources);
  }
  const offering = Int32Array.from(kinds, (kind) => kind.offering);
  return {
    count: kinds.length,
    templates: stock.templates,
    offering,
    price: Float64Array.from(kinds, ({ price }) => price),
    cost: Float64Array.from(kinds, ({ cost }) => cost),
    template: offering.map((at) => stock.template[at]!),
    pool: offering.map((at) => pool[at]!),
    reservation: offering.map((at) => reservation[at]!),
    exotic: Uint8Array.from(offering, (at) => exotic[at]!),
    room,
    capacity,
  };
}

/** Whether a unit that may be on these offerings fits the kind alone. */
export function fitsKind(
  { offering, room }: Kinds,
  kind: number,
  offerings: Mask,
  requests: Float64Array,
): boolean {
  if (!hasBit(offerings, offering[kind]!)) return false;
  const from = kind * requests.length;
  for (let column = 0; column < requests.length; column++) {
    if (requests[column]! > room[from + column]!) return false;
  }
  return true;
}
