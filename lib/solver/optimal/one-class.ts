import type { Model, Run } from './model.ts';
import { NodeRules } from './node-rules.ts';
import type { Openings } from './openings.ts';

/** Units times kinds up to which every combination is looked through. */
const MOST_WORK = 2_000_000;

/** The cheapest nodes for the units of a class when no other is left; undefined where others are or limits bind. */
export function closeOneClass(model: Model, remaining: Int32Array, openings: Openings): Run[] | undefined {
  let c = -1;
  for (let other = 0; other < remaining.length; other++) {
    if (remaining[other] === 0) continue;
    if (c >= 0) return undefined;
    c = other;
  }
  if (c < 0) return undefined;
  const units = remaining[c]!;
  const sizes = sizesOf(model, c, units, openings);
  if (!sizes || sizes.length === 0 || sizes.length * units > MOST_WORK) return undefined;
  const cost = new Float64Array(units + 1);
  const last = new Int32Array(units + 1);
  for (let n = 1; n <= units; n++) {
    cost[n] = Number.POSITIVE_INFINITY;
    for (const [at, { holds, price }] of sizes.entries()) {
      const all = cost[Math.max(0, n - holds)]! + price;
      if (all < cost[n]!) [cost[n], last[n]] = [all, at];
    }
  }
  const runs = new Map<string, Run>();
  for (let n = units; n > 0; ) {
    const { kind, holds } = sizes[last[n]!]!;
    const count = Math.min(n, holds);
    const name = `${kind}/${count}`;
    runs.set(name, { kind, times: 1 + (runs.get(name)?.times ?? 0), classes: [c], counts: [count] });
    n -= count;
  }
  return [...runs.values()];
}

interface Size {
  readonly kind: number;
  readonly holds: number;
  readonly price: number;
}

/** Kinds by how many units they hold, without those that a cheaper one holds as many as; undefined where any is scarce. */
function sizesOf(
  { classes, kinds, columns }: Model,
  c: number,
  units: number,
  openings: Openings,
): Size[] | undefined {
  const allowed = new NodeRules(classes).room(c, units);
  const sizes: Size[] = [];
  let most = 0;
  const { table, step } = openings.offered(0);
  for (let kind = 0; kind < kinds.count; kind++) {
    if (table[kind + c * step] === 0) continue;
    if (openings.most(kind) < units) return undefined;
    let holds = allowed;
    for (let r = 0; r < columns; r++) {
      const each = classes.requests[c * columns + r]!;
      if (each > 0) holds = Math.min(holds, Math.floor(kinds.room[kind * columns + r]! / each));
    }
    if (holds <= most) continue;
    most = holds;
    sizes.push({ kind, holds, price: kinds.cost[kind]! });
  }
  return sizes;
}
