// What a workload of the benches is: pods on an empty cluster, with the NodePool and the catalogue it is planned on.
import type { Pod } from '../../lib/model/pod.ts';
import type { ClusterState } from '../../lib/model/snapshot.ts';
import type { ProvisioningInput } from '../../lib/planning/types.ts';
import { aPod, MIB } from '../../test/support/builders.ts';

export type Family = 'synthetic' | 'manifests' | 'traces' | 'constraints';

/** Pods before they meet a NodePool. */
export interface PodSet {
  readonly name: string;
  readonly family: Family;
  readonly pods: readonly Pod[];
  /** Claims and volumes that the pods name; none unless given. */
  readonly cluster?: ClusterState;
}

export interface Workload {
  readonly name: string;
  readonly family: Family;
  /** Whether nodes may have more than 32 vCPU. */
  readonly isCapped: boolean;
  readonly input: ProvisioningInput;
}

/** Pods in every workload, at least. */
export const PODS = 1_000;

export interface Size {
  readonly cpuMillicores: number;
  readonly memoryMib: number;
}

/** One pod of each size, named by its place. */
export const podsOf = (sizes: readonly Size[]): Pod[] =>
  sizes.map(({ cpuMillicores, memoryMib }, at) =>
    aPod({ name: `pod-${at}`, cpuMillicores, memoryBytes: memoryMib * MIB }),
  );

/** So many of a workload's pods, evenly spread over its list. */
export function sampled(workload: Workload, count: number): Workload {
  const { pods } = workload.input;
  const chosen = Array.from({ length: count }, (_, at) => pods[Math.floor((at * pods.length) / count)]);
  return {
    ...workload,
    input: { ...workload.input, pods: chosen.filter((pod) => pod !== undefined) },
  };
}
