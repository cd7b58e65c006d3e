/**
 * Pods that the optimiser treats alike: the same offerings and bins, and the same requests. Where there are more than
 * `MAX_CLASSES`, near sizes share a class that asks for the largest of them in every column, so that a plan for classes is
 * a plan for pods.
 */
import { hasBit, orInto } from '../mask.ts';
import type { Item, Mask, Problem } from '../problem.ts';
import { type Kinds, kindsOf } from './kinds.ts';

export const MAX_CLASSES = 160;

/** What the resource core handles: requests, one alternative, and nothing that looks at other pods. */
export function isPlain({ levels, counted, ports, volumes }: Item): boolean {
  return (
    counted.length === 0 &&
    ports.length === 0 &&
    volumes.length === 0 &&
    levels.every(({ owned, alternatives }) => owned.length === 0 && alternatives.length === 1)
  );
}

export interface Classes {
  readonly count: number;
  /** C × R. At least what any of its pods asks for. */
  readonly requests: Float64Array;
  /** Pods of class c are `pods[start[c]]` up to `pods[start[c + 1]]`. */
  readonly start: Int32Array;
  /** The item of each pod: within a class the larger ones first. */
  readonly pods: Int32Array;
  /** 1 where all pods of the class ask for the same. */
  readonly uniform: Uint8Array;
  readonly kinds: Kinds;
  /** C × K: 1 where a pod of the class may be on the kind and fits it alone. */
  readonly fits: Uint8Array;
  /** Per class, the bins its pods may be on. */
  readonly bins: readonly Mask[];
  /** Per item: the relaxation level at which a new node takes its pods. */
  readonly level: Int32Array;
}

/** Items with the same level's offerings and the same bins. */
interface Rule {
  readonly offerings: Mask;
  readonly bins: Mask;
  readonly items: number[];
}

/** Items in one class, with the room of the largest. */
interface Bucket {
  readonly rule: Rule;
  readonly items: readonly number[];
  readonly largest: Float64Array;
  /** What rounding up costs in all, as a share of what is asked for; and the column to split for it. */
  readonly loss: number;
  readonly column: number;
}

/** All items must be plain. `prices` (R, per unit) weigh the columns against each other. */
export function classesOf(problem: Problem, prices: Float64Array): Classes {
  const masks = distinctMasks(problem);
  const kinds = kindsOf(problem, masks);
  const level = Int32Array.from(problem.items, (item) => levelOf(item, kinds, problem.resources));
  const rules = rulesOf(problem, level);
  const buckets = bucketsOf(problem, rules, prices);
  const R = problem.resources;
  const count = buckets.length;
  const requests = new Float64Array(count * R);
  const start = new Int32Array(count + 1);
  const pods: number[] = [];
  const fits = new Uint8Array(count * kinds.count);
  for (const [at, bucket] of buckets.entries()) {
    const { largest, rule } = bucket;
    requests.set(largest, at * R);
    for (const item of largerFirst(problem, bucket, prices))
      for (let n = problem.items[item]!.order.length; n > 0; n--) pods.push(item);
    start[at + 1] = pods.length;
    for (let kind = 0; kind < kinds.count; kind++) {
      const fit = hasBit(rule.offerings, kinds.offering[kind]!) && isWithin(largest, kinds.room, kind * R);
      fits[at * kinds.count + kind] = fit ? 1 : 0;
    }
  }
  return {
    count,
    requests,
    start,
    pods: Int32Array.from(pods),
    uniform: Uint8Array.from(buckets, ({ loss }) => (loss === 0 ? 1 : 0)),
    kinds,
    fits,
    bins: buckets.map(({ rule }) => rule.bins),
    level,
  };
}

function distinctMasks({ items }: Problem): Mask[] {
  const seen = new Set<Mask>();
  const byText = new Map<string, Mask>();
  for (const { levels } of items) {
    for (const { alternatives } of levels) {
      const { offerings } = alternatives[0]!;
      if (seen.has(offerings)) continue;
      seen.add(offerings);
      const text = offerings.join(' ');
      if (!byText.has(text)) byText.set(text, offerings);
    }
  }
  return [...byText.values()];
}

/** The first level at which some kind takes a pod; where none does, the last, since only bins are left. */
function levelOf({ levels, requests }: Item, kinds: Kinds, R: number): number {
  for (const [level, { alternatives }] of levels.entries()) {
    const { offerings } = alternatives[0]!;
    // The dearest tend to be the largest.
    for (let kind = kinds.count - 1; kind >= 0; kind--) {
      if (hasBit(offerings, kinds.offering[kind]!) && isWithin(requests, kinds.room, kind * R)) return level;
    }
  }
  return levels.length - 1;
}

function isWithin(amounts: Float64Array, room: Float64Array, from: number): boolean {
  for (let column = 0; column < amounts.length; column++) {
    if (amounts[column]! > room[from + column]!) return false;
  }
  return true;
}

function rulesOf({ items }: Problem, level: Int32Array): Rule[] {
  const byText = new Map<string, Rule>();
  const byLevels = new Map<Item['levels'], Map<number, Rule>>();
  for (const [index, { levels }] of items.entries()) {
    const chosen = level[index]!;
    const known = byLevels.get(levels) ?? new Map<number, Rule>();
    byLevels.set(levels, known);
    let rule = known.get(chosen);
    if (!rule) {
      const { offerings } = levels[chosen]!.alternatives[0]!;
      const bins = levels[0]!.alternatives[0]!.bins.slice();
      for (let to = 1; to <= chosen; to++) orInto(bins, levels[to]!.alternatives[0]!.bins);
      const text = `${offerings.join(' ')}/${bins.join(' ')}`;
      rule = byText.get(text) ?? { offerings, bins, items: [] };
      byText.set(text, rule);
      known.set(chosen, rule);
    }
    rule.items.push(index);
  }
  return [...byText.values()];
}

/** The bucket whose rounding costs most is split in two until there are enough or nothing is rounded. */
function bucketsOf(problem: Problem, rules: readonly Rule[], prices: Float64Array): Bucket[] {
  const whole = (rule: Rule, items: readonly number[]) => bucketOf(problem, rule, items, prices);
  const buckets = rules.map((rule) => whole(rule, rule.items));
  while (buckets.length < Math.max(MAX_CLASSES, rules.length)) {
    let worst = 0;
    for (let at = 1; at < buckets.length; at++) if (buckets[at]!.loss > buckets[worst]!.loss) worst = at;
    const { rule, items, loss, column } = buckets[worst] ?? { loss: 0, items: [], column: 0 };
    if (loss === 0 || !rule) break;
    const amount = (item: number) => problem.items[item]!.requests[column]!;
    const sorted = [...items].sort((a, b) => amount(a) - amount(b) || a - b);
    const cut = cutOf(sorted.map(amount));
    buckets[worst] = whole(rule, sorted.slice(0, cut));
    buckets.push(whole(rule, sorted.slice(cut)));
  }
  const worth = new Map(buckets.map((bucket) => [bucket, worthOf(bucket.largest, prices)]));
  return buckets.sort((a, b) => worth.get(b)! - worth.get(a)! || a.items[0]! - b.items[0]!);
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

function bucketOf(problem: Problem, rule: Rule, items: readonly number[], prices: Float64Array): Bucket {
  const R = problem.resources;
  const largest = new Float64Array(R);
  const sum = new Float64Array(R);
  let pods = 0;
  for (const item of items) {
    const { requests, order } = problem.items[item]!;
    for (let r = 0; r < R; r++) {
      if (requests[r]! > largest[r]!) largest[r] = requests[r]!;
      sum[r]! += requests[r]! * order.length;
    }
    pods += order.length;
  }
  let [loss, column, most] = [0, 0, 0];
  for (let r = 0; r < R; r++) {
    const rounded = largest[r]! * pods - sum[r]!;
    if (rounded <= 0) continue;
    // Rounding in a column without a price must count a little, or it could make pods fit nowhere.
    const cost = rounded * prices[r]! + (rounded / largest[r]!) * 1e-9;
    loss += cost;
    if (cost > most) [most, column] = [cost, r];
  }
  return { rule, items, largest, loss, column };
}

/** The items of a bucket, the larger pods first. */
function largerFirst(
  { items }: Problem,
  { items: members, loss }: Bucket,
  prices: Float64Array,
): readonly number[] {
  if (loss === 0) return members;
  const worth = new Map(members.map((item) => [item, worthOf(items[item]!.requests, prices)]));
  return [...members].sort((a, b) => worth.get(b)! - worth.get(a)! || a - b);
}

function worthOf(amounts: Float64Array, prices: Float64Array): number {
  let worth = 0;
  for (let r = 0; r < amounts.length; r++) worth += amounts[r]! * prices[r]!;
  return worth;
}
