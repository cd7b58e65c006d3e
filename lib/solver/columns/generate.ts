/**
 * Plans from column generation, for where few pods fit a node. Only for kinds of which there can be any number: patterns
 * know no limits of pools and reservations.
 */
import type { Budget } from '../optimal/budget.ts';
import { build, isCheaper, type Variant, type Workshop, workshopOf } from '../optimal/construct.ts';
import type { Model, Packing, Run } from '../optimal/model.ts';
import { type Bought, dive, type Rounding } from './dive.ts';
import { Generator } from './generation.ts';
import type { Pattern } from './instance.ts';
import { instanceOfModel, type ModelInstance } from './of-model.ts';

const MOST_CLASSES = 300;
/** Classes times units on a node: with more, pricing a pattern takes longer than any search does to find as good a packing. */
const MOST_WORK = 2_500;
const MOST_ROUNDS = 400;

const ROUNDINGS: readonly Rounding[] = [
  { most: 0.75, rounds: 2 },
  { most: 0.9, rounds: 0 },
  { most: 0.5, rounds: 4 },
];

/** What packs the rest when a dive looks at it. */
const TAILS: readonly Variant[] = [
  { name: 'tail', mix: Number.POSITIVE_INFINITY, big: 1, waste: 0, sizeCap: 1, run: 0.02, looks: 16 },
  { name: 'even tail', mix: 1.5, big: 0.06, waste: 0.3, sizeCap: 1, run: 0.02, looks: 16 },
];

/**
 * The cheapest packing of `remaining` (units per class that bins leave) that diving into the master's answer finds;
 * `starts` are packings whose patterns it begins with. Undefined where kinds are limited, where it would
 * take too long for what it finds, or where nothing was found in time.
 */
export function generate(
  model: Model,
  remaining: Int32Array,
  starts: readonly Packing[],
  budget: Budget,
): Packing | undefined {
  if (starts[0] && !paysOff(remaining, starts[0])) return undefined;
  const instance = instanceOfModel(model, remaining, MOST_CLASSES);
  if (instance === undefined) return undefined;
  const generator = new Generator(instance, budget);
  const root = generator.run(instance.demand, patternsOf(instance, starts), MOST_ROUNDS);
  const workshop = workshopOf(model);
  let best: Packing | undefined;
  for (const rounding of ROUNDINGS) {
    if (budget.left <= 0) break;
    const isOver = (cost: number) =>
      budget.left <= 0 || (best !== undefined && best.unplaced === 0 && cost >= best.cost);
    dive(instance, generator, root, rounding, isOver, (bought) => {
      const packing = completed(workshop, instance, remaining, bought, budget);
      if (packing && (best === undefined || isCheaper(packing, best))) best = packing;
    });
  }
  return best;
}

/** Whether so few units go on a node of a packing that patterns are worth their time. */
export function paysOff(remaining: Int32Array, { runs }: Packing): boolean {
  const classes = remaining.reduce((sum, units) => sum + (units > 0 ? 1 : 0), 0);
  const units = remaining.reduce((sum, each) => sum + each, 0);
  const nodes = runs.reduce((sum, { times }) => sum + times, 0);
  return classes * units <= MOST_WORK * nodes;
}

function patternsOf({ classOf }: ModelInstance, starts: readonly Packing[]): Pattern[] {
  const own = new Map(classOf.map((c, at) => [c, at]));
  return starts
    .flatMap(({ runs }) => runs)
    .flatMap(({ kind, classes, counts }) => {
      const entries = classes
        .map((c, at) => [own.get(c) ?? -1, counts[at]!] as const)
        .sort(([a], [b]) => a - b);
      if (entries.some(([c]) => c < 0)) return [];
      return [{ kind, classes: entries.map(([c]) => c), counts: entries.map(([, count]) => count) }];
    });
}

/** What was bought, and the cheapest construction for the rest. */
function completed(
  workshop: Workshop,
  { classOf }: ModelInstance,
  remaining: Int32Array,
  bought: Bought,
  budget: Budget,
): Packing | undefined {
  const rest = remaining.slice();
  for (const [at, c] of classOf.entries()) rest[c] = bought.left[at]!;
  let tail: Packing | undefined;
  for (const variant of TAILS) {
    const built = build(workshop, rest, variant, [], budget);
    if (built && (tail === undefined || isCheaper(built, tail))) tail = built;
  }
  if (tail === undefined) return undefined;
  const own: Run[] = bought.runs.map((run) => ({ ...run, classes: run.classes.map((c) => classOf[c]!) }));
  return { ...tail, runs: [...own, ...tail.runs], cost: bought.cost + tail.cost };
}
