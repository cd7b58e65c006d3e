// What is proven about the price of placing certain pods: whatever plan places them, it costs no less than this.
import type { PodUid } from '../../model/ids.ts';
import { fluidBound } from '../../solver/index.ts';
import { type Compiled, compile } from '../compile.ts';
import type { ProvisioningInput, ProvisioningPlan } from '../types.ts';
import { withSpreadParts } from './spread-parts.ts';

export interface Bound {
  readonly lowerBoundPerHour: number;
  /** R amounts: micro-USD per unit. */
  readonly prices: Float64Array;
  /** No pod has a preference to give up, so that the solver's bound is one on every plan. */
  readonly isPlain: boolean;
  readonly compiled: Compiled;
}

/** Pods that the input refuses must not be among `placed`. */
export function boundOf(input: ProvisioningInput, placed: ReadonlySet<PodUid>): Bound {
  const compiled = compile(
    input,
    input.pods.filter(({ uid }) => placed.has(uid)),
  );
  const { problem } = compiled;
  const { lowerBoundMicroUsdPerHour, prices } = fluidBound(problem);
  const parts = withSpreadParts(problem);
  return {
    lowerBoundPerHour:
      parts === problem
        ? lowerBoundMicroUsdPerHour
        : Math.max(lowerBoundMicroUsdPerHour, fluidBound(parts).lowerBoundMicroUsdPerHour),
    prices,
    isPlain: problem.items.every(({ levels }) => levels.length === 1),
    compiled,
  };
}

/**
 * The better of the two bounds. The solver's own holds for plans that give up no more preferences than its plan does, so
 * that it says nothing about the others where there are any.
 */
export const provenBy = (
  { lowerBoundPerHour, isPlain }: Pick<Bound, 'lowerBoundPerHour' | 'isPlain'>,
  { solver }: ProvisioningPlan,
): number => (isPlain ? Math.max(lowerBoundPerHour, solver.lowerBoundPerHour ?? 0) : lowerBoundPerHour);
