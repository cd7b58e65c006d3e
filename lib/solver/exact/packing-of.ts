import type { Model, Packing, Run } from '../optimal/model.ts';
import type { Problem } from '../problem.ts';
import { Filling } from '../search/filling.ts';
import { type Ground, groundOf } from '../search/ground.ts';
import type { Placed } from './baskets.ts';
import type { Crowd } from './crowd.ts';

/**
 * The model's packing of what was placed by sizes: each node as the cheapest kind that takes its pods by the rules within
 * a node. Undefined where the rules, limits or bins of the problem stand in the way.
 */
export function packingOf(
  problem: Problem,
  model: Model,
  remaining: Int32Array,
  crowd: Crowd,
  { nodes, pods }: Placed,
): Packing | undefined {
  if (!isUnlimited(problem) || !isWhole(model, remaining)) return undefined;
  const stacks = stacksOf(model, crowd);
  if (!stacks) return undefined;
  const ground = groundOf(model, new Float64Array(model.columns));
  const left = remaining.slice();
  const runs: Run[] = [];
  let cost = 0;
  for (let node = 0; node < nodes.length; node++) {
    const wanted = pods.subarray(node * crowd.sizes, (node + 1) * crowd.sizes);
    const units = unitsOf(wanted, stacks, left);
    const kind = units && cheapestFor(ground, units);
    if (!units || kind === undefined) return undefined;
    const classes = [...units.keys()].sort((a, b) => a - b);
    if (classes.length === 0) continue;
    runs.push({ kind, times: 1, classes, counts: classes.map((c) => units.get(c)!) });
    cost += model.kinds.cost[kind]!;
  }
  return left.every((units) => units === 0) ? { runs, cost, unplaced: 0 } : undefined;
}

/** The search leaves limits out, and pools in order of choice too. */
const isUnlimited = ({ pools, reservations }: Problem): boolean =>
  pools.length === 1 &&
  reservations.length === 0 &&
  pools.every(
    ({ limits, nodesLeft }) =>
      nodesLeft === Number.POSITIVE_INFINITY && limits.every((limit) => limit === Number.POSITIVE_INFINITY),
  );

const isWhole = ({ classes: { start } }: Model, remaining: Int32Array): boolean =>
  remaining.every((units, c) => units === start[c + 1]! - start[c]!);

/** Per size, the classes whose units are of it; undefined where a class has several or units of several pods. */
function stacksOf({ lots, classes }: Model, crowd: Crowd): number[][] | undefined {
  const sizeOf = new Map(crowd.itemsOf.flatMap((items, size) => items.map((item) => [item, size] as const)));
  const stacks = crowd.itemsOf.map((): number[] => []);
  for (let c = 0; c < classes.count; c++) {
    const own = new Set(classes.lotOf.subarray(classes.start[c]!, classes.start[c + 1]!));
    const sizes = new Set(
      [...own].map((lot) => (lots[lot]!.bundle ? undefined : sizeOf.get(lots[lot]!.item))),
    );
    const [size] = sizes;
    if (sizes.size !== 1 || size === undefined) return undefined;
    stacks[size]!.push(c);
  }
  return stacks;
}

/** Units per class for the pods of each size, taken from what is left. */
function unitsOf(
  wanted: Int32Array,
  stacks: readonly (readonly number[])[],
  left: Int32Array,
): Map<number, number> | undefined {
  const units = new Map<number, number>();
  for (const [size, count] of wanted.entries()) {
    let missing = count;
    for (const c of stacks[size]!) {
      const taken = Math.min(missing, left[c]!);
      if (taken === 0) continue;
      units.set(c, taken);
      left[c]! -= taken;
      missing -= taken;
    }
    if (missing > 0) return undefined;
  }
  return units;
}

function cheapestFor(ground: Ground, units: ReadonlyMap<number, number>): number | undefined {
  const filling = new Filling(ground);
  for (const kind of ground.kindsOf[0]!) {
    filling.open(kind);
    let fits = true;
    for (const [c, count] of units) {
      fits &&= filling.mostOf(c, count) === count;
      if (fits) filling.add(c, count);
    }
    if (fits) return kind;
  }
  return undefined;
}
