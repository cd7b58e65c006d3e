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
  const percent = Math.ceil((1000 * (pricePerHour - lowerBoundPerHour)) / lowerBoundPerHour - 1e-9) / 10;
  return `within ${percent.toFixed(1)} % of the cheapest possible`;
}

/** What the search did, one line each; nothing for Karpenter's algorithm alone. */
export function searchLines({ solver }: Pick<ProvisioningPlan, 'solver'>): string[] {
  if (solver.solver === 'greedy') return [];
  const { winner, iterations, terms, decidedFirst, cut } = solver;
  const found = winner === 'greedy' ? "Karpenter's algorithm: nothing better was found" : winner;
  const added = terms.filter(({ perHour }) => Math.round(perHour) !== 0);
  return [
    `found by ${found}; ${counted(iterations, 'iteration')}`,
    ...(added.length === 0
      ? []
      : [
          `beside the price: ${added.map(({ name, perHour }) => `${name} ${dollars(perHour)}/h`).join(', ')}`,
        ]),
    ...decidedFirst.map(
      ({ what, pods, atMostPerHour }) =>
        `decided before packing: ${what} of ${counted(pods, 'pod')}, which costs at most ${dollars(atMostPerHour)}/h`,
    ),
    ...(cut === undefined ? [] : [`cut short: ${cut}; this is the best plan so far`]),
  ];
}

/** Cents where there are dollars, else four digits. */
function dollars(microUsd: number): string {
  const amount = Math.abs(microUsd) / 1e6;
  return `${microUsd < 0 ? '-' : ''}$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}
