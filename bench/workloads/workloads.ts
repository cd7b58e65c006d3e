// Every workload that costs and gaps are measured on. Real ones need ../shared and are left out where it is not there.
import { hasSharedData, inputOf } from '../../test/support/shared-data.ts';
import { karpenterMix } from '../support/provisioning-inputs.ts';
import { onBothPools } from './cluster.ts';
import { manifestPods } from './manifests.ts';
import { syntheticPods } from './synthetic.ts';
import { tracedPods } from './traces.ts';
import { type Family, PODS, type PodSet, type Workload } from './workload.ts';

/** The seed draws the synthetic pods and samples the traces; manifests and Karpenter's mixes are what they are. */
export function workloads(seed: number): Workload[] {
  const real = hasSharedData
    ? [
        ...manifestPods(),
        ...manifestSizes(),
        ...tracedPods(seed),
        ...yardstickPods('constraints', ['mix-1000-s44']),
      ]
    : [];
  return [
    ...onBothPools([...syntheticPods(seed), ...real, benchmarkMix()]),
    {
      name: "Karpenter's mix on its own types",
      family: 'constraints',
      isCapped: false,
      input: karpenterMix(PODS),
    },
  ];
}

/** Spread over zones and hosts, affinity, anti-affinity. */
const benchmarkMix = (): PodSet => ({
  name: "Karpenter's mix",
  family: 'constraints',
  pods: karpenterMix(PODS).pods,
});

/** Manifests stripped to their requests: what the floors for manifests were measured on. */
const manifestSizes = (): PodSet[] =>
  yardstickPods('manifests', ['karpenter-examples-1000', 'kube-thanos-1000', 'online-boutique-1000']);

/** Pods that the real Karpenter planned for the yardstick. */
const yardstickPods = (family: Family, names: readonly string[]): PodSet[] =>
  names.map((name) => ({
    name,
    family,
    pods: inputOf({ workload: name, pool: 'cap32', costPerHour: 0, nodes: 0 }).pods,
  }));
