import type { NodeSelectorTerm } from './affinity.ts';

/** PersistentVolumeClaim, reduced to what decides a pod's place. */
export interface PersistentVolumeClaim {
  readonly namespace: string;
  readonly name: string;
  readonly storageClassName?: string;
  /** Name of the bound PersistentVolume. */
  readonly volumeName?: string;
  readonly phase: 'Pending' | 'Bound' | 'Lost';
  readonly deletionAtMs?: number;
}

export interface PersistentVolume {
  readonly name: string;
  /** Terms are ORed; empty means anywhere. */
  readonly nodeAffinity: readonly NodeSelectorTerm[];
  readonly csiDriver?: string;
  readonly deletionAtMs?: number;
}

export interface StorageClass {
  readonly name: string;
  readonly provisioner: string;
  readonly volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer';
  /** ORed; empty means anywhere. */
  readonly allowedTopologies: readonly NodeSelectorTerm[];
}

export interface CsiNode {
  readonly nodeName: string;
  /** Driver name to the number of volumes the node can attach; absent drivers have no limit. */
  readonly limits: Readonly<Record<string, number>>;
}
