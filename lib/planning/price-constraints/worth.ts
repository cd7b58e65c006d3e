// What nodes and pods are worth at the prices that the fluid programme gives to resources.
import type { Pod } from '../../model/pod.ts';
import type { ResourceList } from '../../model/resources.ts';
import type { OfferingRow } from '../compile/offerings.ts';
import type { Bound } from './bounds.ts';

export interface Worth {
  /** Of what a node has for pods, per price: above 1, the pods would rather have such a node. */
  readonly perPrice: (row: OfferingRow) => number;
  /** Micro-USD per hour. */
  readonly ofPods: (pods: readonly Pod[]) => number;
}

export function worthAt({ prices, compiled }: Pick<Bound, 'prices' | 'compiled'>): Worth {
  const worthOf = (amounts: ResourceList): number =>
    compiled.resources.reduce((sum, name, column) => sum + (prices[column] ?? 0) * (amounts[name] ?? 0), 0);
  return {
    perPrice: ({ type, offering }) => worthOf(type.allocatable) / Math.max(1, offering.priceMicroUsdPerHour),
    ofPods: (pods) => pods.reduce((sum, { spec }) => sum + worthOf(spec.requests), 0),
  };
}
