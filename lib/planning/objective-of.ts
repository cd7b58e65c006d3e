// What the solver compares plans by: the settings' terms, as amounts per offering of a compiled problem.
import type { InstanceType } from '../model/offering.ts';
import type { HeadroomSettings, NodeSizeSettings, PerformanceWeights } from '../model/solver-settings.ts';
import { MONEY_ALONE, type Objective, type Surcharge } from '../solver/index.ts';
import type { OfferingRow } from './compile/offerings.ts';
import type { Compiled } from './compile.ts';

/** Terms that add nothing are left out, so that settings of zero give `MONEY_ALONE`. */
export function objectiveOf({ table, queue, input }: Compiled): Objective {
  const { nodeFeeMicroUsdPerHour, nodeSize, flexibility, headroom, weights } = input.solver.objective;
  const isFlexible = flexibility.alternatives > 0 && flexibility.share > 0;
  return {
    surcharges: [
      surcharge('nodeFee', table.rows, () => nodeFeeMicroUsdPerHour),
      surcharge('nodeSize', table.rows, (row) => nodeSizeSurcharge(row, nodeSize)),
      surcharge('performance', table.rows, (row) => performanceSurcharge(row, weights)),
    ].filter(({ perOffering }) => perOffering.some((amount) => amount > 0)),
    flexibility: isFlexible ? flexibility : MONEY_ALONE.flexibility,
    headroomShare: headroomShare(queue.length, headroom),
  };
}

const surcharge = (
  name: string,
  rows: readonly OfferingRow[],
  amountOf: (row: OfferingRow) => number,
): Surcharge => ({ name, perOffering: Float64Array.from(rows, amountOf) });

/** Prices are nearly linear in vCPU within a family, so the part of the price is the part of the vCPUs. */
function nodeSizeSurcharge(
  { type, offering }: OfferingRow,
  { softMaxVcpu, share }: NodeSizeSettings,
): number {
  const vcpu = (type.capacity['cpu'] ?? 0) / 1000;
  const above = vcpu > softMaxVcpu ? (vcpu - softMaxVcpu) / vcpu : 0;
  return offering.priceMicroUsdPerHour * above * share;
}

function performanceSurcharge({ type, offering }: OfferingRow, weights: PerformanceWeights): number {
  const weight = weightOf(type, 'family', weights) * weightOf(type, 'generation', weights);
  return offering.priceMicroUsdPerHour * (weight - 1);
}

const weightOf = ({ labels }: InstanceType, what: keyof PerformanceWeights, weights: PerformanceWeights) =>
  weights[what][labels[`karpenter.k8s.aws/instance-${what}`] ?? ''] ?? 1;

/** All of it for a few pods, nothing for many: a large batch fills its own left-over room. */
export function headroomShare(pods: number, { share, fullPods, untilPods }: HeadroomSettings): number {
  const part = (untilPods - pods) / (untilPods - fullPods);
  return share * Math.max(0, Math.min(1, part));
}
