/**
 * From parts of nodes to whole ones: patterns are bought as often as the master uses them, rounded down, then those it
 * uses most of the rest, and the master is asked again about what is left.
 */
import type { Run } from '../optimal/model.ts';
import type { Generated, Generator } from './generation.ts';
import type { Instance, Pattern } from './instance.ts';

/** Rounding errors of a number of nodes are below it. */
const WHOLE = 1e-6;

/** How one dive rounds. */
export interface Rounding {
  /** Patterns of which so much of a node or more is used are bought at once. */
  readonly most: number;
  /** Rounds of pricing per step; none: the known patterns must do. */
  readonly rounds: number;
}

/** Nodes bought so far, in classes of the instance. It changes as the dive goes on. */
export interface Bought {
  readonly runs: readonly Run[];
  readonly cost: number;
  /** Per class of the instance. */
  readonly left: Float64Array;
}

/** The rest must be cheaper by this factor before it is looked at again. */
const LOOK_AGAIN_AT = 0.8;

/**
 * Tells `visit` what has been bought every time the rest has become a good deal cheaper, and at the end. Ends when nothing
 * is left or `isOver` says so, given what all will cost at least.
 */
export function dive(
  instance: Instance,
  generator: Generator,
  first: Pick<Generated, 'patterns' | 'uses' | 'cost'>,
  { most, rounds }: Rounding,
  isOver: (cost: number) => boolean,
  visit: (bought: Bought) => void,
): void {
  const basket = new Basket(instance);
  let rest = first;
  let looked = first.cost;
  while (!isOver(basket.cost + rest.cost)) {
    const { patterns, uses } = rest;
    const chosen = toBuy(uses, most);
    if (chosen.length === 0) return;
    for (const [at, times] of chosen) basket.buy(patterns[at]!, times);
    if (basket.left.every((count) => count === 0)) {
      visit(basket);
      return;
    }
    rest = generator.run(basket.left, patterns, rounds);
    if (rest.cost > LOOK_AGAIN_AT * looked) continue;
    looked = rest.cost;
    visit(basket);
  }
}

/** Patterns, by their place, and how often each is bought: whole nodes where there are any, or else those used most. */
function toBuy(uses: Float64Array, most: number): (readonly [number, number])[] {
  const used = [...uses.keys()].filter((at) => uses[at]! > WHOLE);
  const whole = used.filter((at) => uses[at]! >= 1 - WHOLE);
  if (whole.length > 0) return whole.map((at) => [at, Math.floor(uses[at]! + WHOLE)]);
  return used
    .sort((a, b) => uses[b]! - uses[a]! || a - b)
    .filter((at, place) => place === 0 || uses[at]! >= most)
    .map((at) => [at, 1]);
}

/** What is bought, and what is left to place. */
class Basket implements Bought {
  readonly runs: Run[] = [];
  readonly left: Float64Array;
  cost = 0;
  private readonly instance: Instance;

  constructor(instance: Instance) {
    this.instance = instance;
    this.left = instance.demand.slice();
  }

  buy(pattern: Pattern, times: number): void {
    for (let rest = times; rest > 0; ) {
      const run = trimmed(this.instance, pattern, this.left, rest);
      if (run === undefined) return;
      for (const [at, c] of run.classes.entries()) this.left[c]! -= run.counts[at]! * run.times;
      this.runs.push(run);
      this.cost += run.times * this.instance.cost[run.kind]!;
      rest -= run.times;
    }
  }
}

/** The pattern as far as units are left, on the cheapest kind that holds so much; as often as all of it is left. */
function trimmed(instance: Instance, pattern: Pattern, left: Float64Array, times: number): Run | undefined {
  const classes: number[] = [];
  const counts: number[] = [];
  let most = times;
  for (const [at, c] of pattern.classes.entries()) {
    const count = Math.min(pattern.counts[at]!, left[c]!);
    if (count === 0) continue;
    classes.push(c);
    counts.push(count);
    most = Math.min(most, Math.floor(left[c]! / count));
  }
  if (classes.length === 0) return undefined;
  return { kind: cheapestKind(instance, pattern.kind, classes, counts), times: most, classes, counts };
}

/** The cheapest kind that takes these units, at most the cost of `kind`, which does. */
function cheapestKind(
  { kinds, columns, room, cost, requests, fits }: Instance,
  kind: number,
  classes: readonly number[],
  counts: readonly number[],
): number {
  const used = new Float64Array(columns);
  for (const [at, c] of classes.entries()) {
    for (let r = 0; r < columns; r++) used[r]! += requests[c * columns + r]! * counts[at]!;
  }
  let best = kind;
  for (let other = 0; other < kinds; other++) {
    if (cost[other]! >= cost[best]!) continue;
    const holds = used.every((amount, r) => amount <= room[other * columns + r]!);
    if (holds && classes.every((c) => fits[c * kinds + other] === 1)) best = other;
  }
  return best;
}
