/**
 * Lots that the optimiser treats alike: the same offerings, bins and rules, and the same requests. Where there are more
 * than `MAX_CLASSES`, near sizes share a class that asks for the largest of them in every column, so that a plan for
 * classes is a plan for pods.
 */
import { createMask, intersects, maskOf, setBit } from '../mask.ts';
import type { Mask } from '../problem.ts';
import { fitsKind, type Kinds } from './kinds.ts';
import type { Classes, Lot, Sharing } from './model.ts';

export const MAX_CLASSES = 160;

/** Lots with the same offerings, bins and rules. */
interface Rule {
  readonly offerings: Mask;
  readonly bins: Mask;
  readonly sharing: Sharing;
  readonly lots: number[];
}

/** Lots in one class, with the room of the largest. */
interface Bucket {
  readonly rule: Rule;
  readonly lots: readonly number[];
  readonly largest: Float64Array;
  /** What rounding up costs in all; and the column to split for it. */
  readonly loss: number;
  readonly column: number;
}

export const unitsOf = ({ orders, bundle }: Lot): number => (bundle ? 1 : orders.length);

/** `prices` (per unit of each column) weigh the columns against each other. */
export function classesOf(
  lots: readonly Lot[],
  kinds: Kinds,
  counterLimits: Int32Array,
  prices: Float64Array,
): Classes {
  const buckets = bucketsOf(lots, rulesOf(lots), prices);
  const columns = prices.length;
  const count = buckets.length;
  const requests = new Float64Array(count * columns);
  const start = new Int32Array(count + 1);
  const lotOf: number[] = [];
  const fits = new Uint8Array(count * kinds.count);
  for (const [at, { largest, rule, ...bucket }] of buckets.entries()) {
    requests.set(largest, at * columns);
    for (const lot of largerFirst(lots, bucket, prices)) {
      for (let n = unitsOf(lots[lot]!); n > 0; n--) lotOf.push(lot);
    }
    start[at + 1] = lotOf.length;
    for (let kind = 0; kind < kinds.count; kind++) {
      fits[at * kinds.count + kind] = fitsKind(kinds, kind, rule.offerings, largest) ? 1 : 0;
    }
  }
  const sharing = buckets.map(({ rule }) => rule.sharing);
  return {
    count,
    requests,
    start,
    lotOf: Int32Array.from(lotOf),
    uniform: Uint8Array.from(buckets, ({ loss }) => (loss === 0 ? 1 : 0)),
    fits,
    bins: buckets.map(({ rule }) => rule.bins),
    sharing,
    counterLimits,
    apart: apartOf(sharing),
  };
}

/** Two classes are apart where one marks what the other shuns. */
function apartOf(sharing: readonly Sharing[]): (Mask | undefined)[] {
  const marks = 1 + Math.max(-1, ...sharing.flatMap((one) => [...one.marks, ...one.shuns]));
  const marking = sharing.map((one) => maskOf(marks, one.marks));
  const shunning = sharing.map((one) => maskOf(marks, one.shuns));
  return sharing.map((one, c) => {
    if (one.marks.length + one.shuns.length === 0) return undefined;
    const others = createMask(sharing.length);
    for (let other = 0; other < sharing.length; other++) {
      const isApart = intersects(marking[c]!, shunning[other]!) || intersects(shunning[c]!, marking[other]!);
      if (isApart && other !== c) setBit(others, other);
    }
    return others;
  });
}

function rulesOf(lots: readonly Lot[]): Rule[] {
  const numbers = new Map<object, number>();
  const texts = new Map<string, number>();
  // Most lots share their masks, so a mask is spelt out once.
  const numberOf = (part: object, spell: () => string): number => {
    const known = numbers.get(part);
    if (known !== undefined) return known;
    const text = spell();
    const number = texts.get(text) ?? texts.size;
    texts.set(text, number);
    numbers.set(part, number);
    return number;
  };
  const rules = new Map<string, Rule>();
  for (const [index, { offerings, bins, sharing }] of lots.entries()) {
    const parts = [
      numberOf(offerings, () => `o${offerings.join(' ')}`),
      numberOf(bins, () => `b${bins.join(' ')}`),
      numberOf(sharing, () => `s${JSON.stringify(sharing)}`),
    ];
    const name = parts.join('/');
    const rule = rules.get(name) ?? { offerings, bins, sharing, lots: [] };
    rules.set(name, rule);
    rule.lots.push(index);
  }
  return [...rules.values()];
}

/** The bucket whose rounding costs most is split in two until there are enough or nothing is rounded. */
function bucketsOf(lots: readonly Lot[], rules: readonly Rule[], prices: Float64Array): Bucket[] {
  const whole = (rule: Rule, members: readonly number[]) => bucketOf(lots, rule, members, prices);
  const buckets = rules.map((rule) => whole(rule, rule.lots));
  while (buckets.length < Math.max(MAX_CLASSES, rules.length)) {
    let worst = 0;
    for (let at = 1; at < buckets.length; at++) if (buckets[at]!.loss > buckets[worst]!.loss) worst = at;
    const { rule, lots: members, loss, column } = buckets[worst] ?? { loss: 0, lots: [], column: 0 };
    if (loss === 0 || !rule) break;
    const amount = (lot: number) => lots[lot]!.requests[column]!;
    const sorted = [...members].sort((a, b) => amount(a) - amount(b) || a - b);
    const cut = cutOf(sorted.map(amount));
    buckets[worst] = whole(rule, sorted.slice(0, cut));
    buckets.push(whole(rule, sorted.slice(cut)));
  }
  const worth = new Map(buckets.map((bucket) => [bucket, worthOf(bucket.largest, prices)]));
  return buckets.sort((a, b) => worth.get(b)! - worth.get(a)! || a.lots[0]! - b.lots[0]!);
}

/** Where the value steps, nearest the middle. The values ascend and are not all equal. */
function cutOf(values: readonly number[]): number {
  const middle = values.length >>> 1;
  for (let away = 0; ; away++) {
    const up = middle + away;
    if (up > 0 && up < values.length && values[up]! > values[up - 1]!) return up;
    const down = middle - away;
    if (down > 0 && values[down]! > values[down - 1]!) return down;
  }
}

function bucketOf(
  lots: readonly Lot[],
  rule: Rule,
  members: readonly number[],
  prices: Float64Array,
): Bucket {
  const columns = prices.length;
  const largest = new Float64Array(columns);
  const sum = new Float64Array(columns);
  let units = 0;
  for (const member of members) {
    const { requests } = lots[member]!;
    const count = unitsOf(lots[member]!);
    for (let r = 0; r < columns; r++) {
      if (requests[r]! > largest[r]!) largest[r] = requests[r]!;
      sum[r]! += requests[r]! * count;
    }
    units += count;
  }
  let [loss, column, most] = [0, 0, 0];
  for (let r = 0; r < columns; r++) {
    const rounded = largest[r]! * units - sum[r]!;
    if (rounded <= 0) continue;
    // Rounding in a column without a price must count a little, or it could make pods fit nowhere.
    const cost = rounded * prices[r]! + (rounded / largest[r]!) * 1e-9;
    loss += cost;
    if (cost > most) [most, column] = [cost, r];
  }
  return { rule, lots: members, largest, loss, column };
}

/** The lots of a bucket, the larger ones first. */
function largerFirst(
  lots: readonly Lot[],
  { lots: members, loss }: Pick<Bucket, 'lots' | 'loss'>,
  prices: Float64Array,
): readonly number[] {
  if (loss === 0) return members;
  const worth = new Map(members.map((lot) => [lot, worthOf(lots[lot]!.requests, prices)]));
  return [...members].sort((a, b) => worth.get(b)! - worth.get(a)! || a - b);
}

function worthOf(amounts: Float64Array, prices: Float64Array): number {
  let worth = 0;
  for (let r = 0; r < amounts.length; r++) worth += amounts[r]! * prices[r]!;
  return worth;
}
