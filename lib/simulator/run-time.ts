// How long the pods of an arriving job run.
import type { RandomStream } from './random.ts';

/** `drawn`: around the median, and never longer than `longestMs`. */
export type RunTime =
  | { readonly kind: 'exact'; readonly durationMs: number }
  | { readonly kind: 'drawn'; readonly medianMs: number; readonly longestMs: number };

/**
 * Log-normal with sigma 0.6, as run times of builds and tests are: a tenth is below half the median, a tenth above twice
 * it. In thousandths of the median at every twentieth of the distribution, the ends at 0.5 and 99.5 %, so that only
 * integers are drawn and every machine draws the same.
 */
const QUANTILES: readonly number[] = [
  213, 373, 464, 537, 604, 667, 730, 794, 859, 927, 1000, 1078, 1164, 1260, 1370, 1499, 1657, 1862, 2157,
  2683, 4690,
];

export function drawRunTimeMs(runTime: RunTime, random: RandomStream): number {
  if (runTime.kind === 'exact') return runTime.durationMs;
  const step = random.below(QUANTILES.length - 1);
  const [from = 0, to = 0] = QUANTILES.slice(step, step + 2);
  const drawnMs = Math.round((runTime.medianMs * random.between(from, to)) / 1_000);
  return Math.min(drawnMs, runTime.longestMs);
}
