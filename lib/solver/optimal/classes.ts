/**
 * Lots that the optimiser treats alike: the same offerings, bins and rules, and the same requests. Where there are too
 * many of them, near sizes share a class that asks for the largest of them in every column, so that a plan for
 * classes is a plan for pods.
 */
import { createMask, intersects, maskOf, setBit } from '../mask.ts';
import type { Mask } from '../problem.ts';
import { fitsKind, type Kinds } from './kinds.ts';
import type { Classes, Lot, Sharing } from './model.ts';

/** Classes that lots are not rounded to fewer than. */
export const MAX_CLASSES = 160;
/**
 * So many are allowed where rules alone make many classes: lots of one rule are few then, so that rounding costs much, and
 * local search needs true sizes.
 */
const MAX_WITH_RULES = 1_000;
const SIZES_PER_RULE = 16;

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
  readonly lots: Int32Array;
  readonly largest: Float64Array;
  /** What rounding up costs in all; and the column to split for it. */
  readonly loss: number;
  readonly column: number;
}

export const unitsOf = ({ orders, bundle }: Lot): number => (bundle ? 1 : orders.length);

/** What the lots ask for, row by row, with how many units each has and what one is worth. */
interface Table {
  readonly columns: number;
  readonly requests: Float64Array;
  readonly units: Int32Array;
  readonly worth: Float64Array;
  readonly prices: Float64Array;
}

/**
 * `prices` (per unit of each column) weigh the columns against each other. With `priorities`, one per lot, no class has
 * lots of several.
 */
export function classesOf(
  lots: readonly Lot[],
  kinds: Kinds,
  counterLimits: Int32Array,
  prices: Float64Array,
  priorities?: readonly number[],
): Classes {
  const table = tableOf(lots, prices);
  const buckets = bucketsOf(table, rulesOf(lots, priorities));
  const columns = prices.length;
  const count = buckets.length;
  const requests = new Float64Array(count * columns);
  const start = new Int32Array(count + 1);
  const lotOf = new Int32Array(table.units.reduce((sum, units) => sum + units, 0));
  const fits = new Uint8Array(count * kinds.count);
  for (const [at, { largest, rule, loss, lots: members }] of buckets.entries()) {
    requests.set(largest, at * columns);
    let end = start[at]!;
    for (const lot of loss === 0 ? members : largerFirst(table, members)) {
      lotOf.fill(lot, end, end + table.units[lot]!);
      end += table.units[lot]!;
    }
    start[at + 1] = end;
    for (let kind = 0; kind < kinds.count; kind++) {
      fits[at * kinds.count + kind] = fitsKind(kinds, kind, rule.offerings, largest) ? 1 : 0;
    }
  }
  const sharing = buckets.map(({ rule }) => rule.sharing);
  return {
    count,
    requests,
    start,
    lotOf,
    uniform: Uint8Array.from(buckets, ({ loss }) => (loss === 0 ? 1 : 0)),
    fits,
    bins: buckets.map(({ rule }) => rule.bins),
    sharing,
    counterLimits,
    apart: apartOf(sharing),
  };
}

function tableOf(lots: readonly Lot[], prices: Float64Array): Table {
  const columns = prices.length;
  const requests = new Float64Array(lots.length * columns);
  const worth = new Float64Array(lots.length);
  for (const [at, lot] of lots.entries()) {
    requests.set(lot.requests, at * columns);
    for (let r = 0; r < columns; r++) worth[at]! += lot.requests[r]! * prices[r]!;
  }
  return { columns, requests, units: Int32Array.from(lots, unitsOf), worth, prices };
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

function rulesOf(lots: readonly Lot[], priorities: readonly number[] | undefined): Rule[] {
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
    const offered = numberOf(offerings, () => `o${offerings.join(' ')}`);
    const onBins = numberOf(bins, () => `b${bins.join(' ')}`);
    const shared = numberOf(sharing, () => `s${JSON.stringify(sharing)}`);
    const name = `${offered}/${onBins}/${shared}/${priorities?.[index] ?? ''}`;
    const known = rules.get(name);
    if (known) known.lots.push(index);
    else rules.set(name, { offerings, bins, sharing, lots: [index] });
  }
  return [...rules.values()];
}

const mostClasses = (rules: number): number =>
  Math.max(MAX_CLASSES, rules, Math.min(MAX_WITH_RULES, SIZES_PER_RULE * rules));

/** The bucket whose rounding costs most is split in two until there are enough or nothing is rounded. */
function bucketsOf(table: Table, rules: readonly Rule[]): Bucket[] {
  const buckets = rules.map((rule) => bucketOf(table, rule, Int32Array.from(rule.lots)));
  const most = mostClasses(rules.length);
  while (buckets.length < most) {
    let worst = 0;
    for (let at = 1; at < buckets.length; at++) if (buckets[at]!.loss > buckets[worst]!.loss) worst = at;
    const bucket = buckets[worst];
    if (!bucket || bucket.loss === 0) break;
    const amount = (lot: number) => table.requests[lot * table.columns + bucket.column]!;
    const cut = cutOf(Float64Array.from(bucket.lots, amount).sort());
    buckets[worst] = bucketOf(
      table,
      bucket.rule,
      bucket.lots.filter((lot) => amount(lot) < cut),
    );
    buckets.push(
      bucketOf(
        table,
        bucket.rule,
        bucket.lots.filter((lot) => amount(lot) >= cut),
      ),
    );
  }
  const worth = new Map(buckets.map((bucket) => [bucket, worthOf(bucket.largest, table.prices)]));
  return buckets.sort((a, b) => worth.get(b)! - worth.get(a)! || a.lots[0]! - b.lots[0]!);
}

/** The value at the step nearest the middle. The values ascend and are not all equal. */
function cutOf(values: Float64Array): number {
  const middle = values.length >>> 1;
  for (let away = 0; ; away++) {
    const up = middle + away;
    if (up > 0 && up < values.length && values[up]! > values[up - 1]!) return values[up]!;
    const down = middle - away;
    if (down > 0 && values[down]! > values[down - 1]!) return values[down]!;
  }
}

function bucketOf({ columns, requests, units, prices }: Table, rule: Rule, members: Int32Array): Bucket {
  const largest = new Float64Array(columns);
  const sum = new Float64Array(columns);
  let count = 0;
  for (let at = 0; at < members.length; at++) {
    const member = members[at]!;
    for (let r = 0; r < columns; r++) {
      const amount = requests[member * columns + r]!;
      if (amount > largest[r]!) largest[r] = amount;
      sum[r]! += amount * units[member]!;
    }
    count += units[member]!;
  }
  let [loss, column, most] = [0, 0, 0];
  for (let r = 0; r < columns; r++) {
    const rounded = largest[r]! * count - sum[r]!;
    if (rounded <= 0) continue;
    // Rounding in a column without a price must count a little, or it could make pods fit nowhere.
    const cost = rounded * prices[r]! + (rounded / largest[r]!) * 1e-9;
    loss += cost;
    if (cost > most) [most, column] = [cost, r];
  }
  return { rule, lots: members, largest, loss, column };
}

const largerFirst = ({ worth }: Table, members: Int32Array): Int32Array =>
  members.slice().sort((a, b) => worth[b]! - worth[a]! || a - b);

function worthOf(amounts: Float64Array, prices: Float64Array): number {
  let worth = 0;
  for (let r = 0; r < amounts.length; r++) worth += amounts[r]! * prices[r]!;
  return worth;
}
