// How good a plan provably is, and how it was found. Everything here repeats: milliseconds do not belong into it.
import { counted } from '../model/counted.ts';
import type { ProvisioningPlan } from '../planning/types.ts';

type Judged = Pick<ProvisioningPlan, 'solver' | 'placedMore'>;

/**
 * `$12.31/h, within 0.4 % of the cheapest possible; Karpenter's algorithm: $14.02/h`; undefined where neither this plan nor
 * Karpenter's buys anything.
 */
export function qualityLine({ solver, placedMore }: Judged): string | undefined {
  const { pricePerHour, baselinePerHour } = solver;
  if (pricePerHour === 0 && baselinePerHour === 0) return undefined;
  if (solver.solver === 'greedy') {
    return `${dollars(pricePerHour)}/h by Karpenter's algorithm, which proves no lower bound`;
  }
  const left = placedMore > 0 ? `, with ${counted(placedMore, 'more pod')} left without a place` : '';
  return `${dollars(pricePerHour)}/h, ${proven(solver)}; Karpenter's algorithm: ${dollars(baselinePerHour)}/h${left}`;
}

/** Rounded up to a tenth of a percent, so that what is said holds. Prices are whole, so less than one above is none. */
function proven({ pricePerHour, lowerBoundPerHour = 0 }: ProvisioningPlan['solver']): string {
  if (pricePerHour - lowerBoundPerHour < 1) return 'provably the cheapest possible';
  if (lowerBoundPerHour <= 0) return 'with no lower bound above zero';
  return `within ${percentUp(pricePerHour / lowerBoundPerHour - 1)} of the cheapest possible`;
}

/** A share as percent with one decimal, rounded up but for what arithmetic adds to it: a gap is at most what is said. */
export const percentUp = (share: number): string => `${(Math.ceil(1000 * share - 1e-9) / 10).toFixed(1)} %`;

/** Why the plan costs what it does and what the search did, one line each; nothing for Karpenter's algorithm alone. */
export function searchLines(plan: Judged): string[] {
  const { solver } = plan;
  if (solver.solver === 'greedy') return [];
  const { winner, iterations, decidedFirst, cut } = solver;
  const found = winner === 'greedy' ? "Karpenter's algorithm: nothing better was found" : winner;
  const terms = solver.terms.filter(({ perHour }) => isShown(perHour));
  const isDearer = plan.placedMore === 0 && isShown(dearerBy(solver)) && dearerBy(solver) > 0;
  return [
    ...(isDearer ? [dearerLine(solver, terms)] : []),
    `found by ${found}; ${counted(iterations, 'iteration')}`,
    ...(isDearer || terms.length === 0 ? [] : [`beside the price: ${terms.map(termText).join(', ')}`]),
    ...decidedFirst.map(decidedLine),
    ...(cut === undefined ? [] : [`cut short: ${cut}; this is the best plan so far`]),
  ];
}

type Report = ProvisioningPlan['solver'];

const dearerBy = ({ pricePerHour, baselinePerHour }: Report): number => pricePerHour - baselinePerHour;

/** The terms of Karpenter's plan are not known: what tips the scales is among those of this one, or missing in it. */
function dearerLine(solver: Report, terms: Report['terms']): string {
  const room = terms
    .filter(({ name }) => name === 'headroom')
    .map(({ perHour }) => `room worth ${dollars(-perHour)}/h to pods that follow (headroom)`);
  const others = terms.filter(({ name }) => name !== 'headroom').map(termText);
  const beside = [...room, ...others].join(', ') || 'nothing in this plan';
  const pods = solver.baselineUnplaced > 0 ? 'in which pods have a place, or ' : '';
  return `dearer than Karpenter's algorithm by ${dollars(dearerBy(solver))}/h, and better ${pods}with what counts beside the price: ${beside}`;
}

const termText = ({ name, perHour }: Report['terms'][number]): string => `${name} ${dollars(perHour)}/h`;

function decidedLine({ what, pods, atMostPerHour }: Report['decidedFirst'][number]): string {
  const cost = isShown(atMostPerHour) ? `, which costs at most ${dollars(atMostPerHour)}/h` : '';
  return `decided before packing: ${what} of ${counted(pods, 'pod')}${cost}`;
}

/** Half a hundredth of a cent and more: less is printed as nothing. */
const isShown = (microUsd: number): boolean => Math.abs(microUsd) >= 50;

/** Cents where there are dollars, else four digits. */
function dollars(microUsd: number): string {
  const amount = Math.abs(microUsd) / 1e6;
  return `${microUsd < 0 ? '-' : ''}$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}
