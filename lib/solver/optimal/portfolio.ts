/**
 * The portfolio: constructions that choose differently, the quick ones first, of which the cheapest few are kept for the
 * phases that improve on them.
 */
import type { Budget } from './budget.ts';
import { build, type Variant, type Workshop, workshopOf } from './construct.ts';
import type { Model, Packing } from './model.ts';
import { buildInTiers, type Tiers, unplacedPerTier } from './tiers.ts';

export interface Candidate {
  readonly packing: Packing;
  /** The variant's name. */
  readonly winner: string;
}

/** Packings that are kept, and how near to the bound the best one ends the portfolio. */
const KEPT = 4;
const NEAR_ENOUGH = 0.0005;

const BASE: Variant = { name: 'mix 3', mix: 3, big: 0.06, waste: 0, sizeCap: 1, run: 0.1, looks: 8 };

/** In the order in which they are tried. */
const PORTFOLIO: readonly Variant[] = [
  { ...BASE, name: 'quick', mix: 1.6, run: 0.25, looks: 3 },
  { ...BASE, name: 'mix 1.6', mix: 1.6, big: 0.15 },
  BASE,
  { ...BASE, name: 'mix 1.15', mix: 1.15 },
  { ...BASE, name: 'half the size', mix: 2, big: 1, sizeCap: 0.5 },
  { ...BASE, name: 'no mix', mix: Number.POSITIVE_INFINITY, run: 0.02 },
  { ...BASE, name: 'mix 6', mix: 6, big: 1 },
  { ...BASE, name: 'even, half the size', mix: 1.15, sizeCap: 0.5 },
  { ...BASE, name: 'mix 1.3', mix: 1.3, big: 0.15, looks: 16 },
  { ...BASE, name: 'mix 2, all sizes', mix: 2, big: 1, looks: 16 },
  { ...BASE, name: 'step by step', mix: 3, big: 1, run: 0.02, looks: 16 },
  { ...BASE, name: 'waste as money', mix: 2, big: 1, waste: 0.3 },
];

/**
 * The best packings of `remaining`, the units per class that bins leave: distinct, best first. Below `lowerBound` no
 * packing costs; 0 where that is unknown. With `tiers` no unit of a lower tier takes what a higher one could have used.
 */
export function portfolio(
  model: Model,
  remaining: Int32Array,
  lowerBound: number,
  budget: Budget,
  tiers?: Tiers,
): Candidate[] {
  const workshop = workshopOf(model);
  const kept: Ranked[] = [];
  for (const variant of PORTFOLIO) {
    const packing = packed(workshop, remaining, variant, budget, tiers);
    if (packing) keep(kept, { packing, winner: variant.name, left: leftOf(remaining, packing, tiers) });
    const [best] = kept;
    if (budget.left <= 0) break;
    if (best && best.packing.unplaced === 0 && best.packing.cost <= lowerBound * (1 + NEAR_ENOUGH)) break;
  }
  return kept.map(({ packing, winner }) => ({ packing, winner }));
}

interface Ranked extends Candidate {
  /** Units without a node, per tier. */
  readonly left: readonly number[];
}

function packed(
  workshop: Workshop,
  remaining: Int32Array,
  variant: Variant,
  budget: Budget,
  tiers: Tiers | undefined,
): Packing | undefined {
  if (tiers) return buildInTiers(workshop, remaining, variant, tiers, budget);
  return build(workshop, remaining, variant, closingsOf(variant), budget);
}

/** How the tail is tried. */
function closingsOf(variant: Variant): Variant[] {
  const close = { ...variant, mix: 6, big: 1, run: 0.02 };
  return [
    close,
    { ...close, mix: 2 },
    { ...close, sizeCap: 0.5 * variant.sizeCap },
    { ...close, mix: 1, big: 0.2 },
    { ...close, waste: 0.3 },
  ];
}

const leftOf = (remaining: Int32Array, packing: Packing, tiers: Tiers | undefined) =>
  tiers ? unplacedPerTier(remaining, packing, tiers) : [packing.unplaced];

/** Inserts in order; the first of equals stays and the last goes when there are too many. */
function keep(kept: Ranked[], one: Ranked): void {
  if (kept.some((other) => compare(one, other) === 0)) return;
  kept.push(one);
  // The sort is stable, so the portfolio's order breaks ties.
  kept.sort(compare);
  if (kept.length > KEPT) kept.pop();
}

function compare(one: Ranked, other: Ranked): number {
  for (const [tier, left] of one.left.entries()) {
    if (left !== other.left[tier]) return left - other.left[tier]!;
  }
  return one.packing.cost - other.packing.cost;
}
