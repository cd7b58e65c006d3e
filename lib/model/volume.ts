import type { NodeSelectorTerm } from './affinity.ts';

/** PersistentVolumeClaim, reduced to what decides a pod's place. */
export interface PersistentVolumeClaim {
  readonly namespace: string;
  readonly name: string;
  readonly storageClassName?: string;
  /** Name of the bound PersistentVolume. */
  readonly volumeName?: string;
  /** Bound once the control plane has completed the binding, whatever `volumeName` says. */
  readonly phase: 'Pending' | 'Bound' | 'Lost';
  /** Its access mode is ReadWriteOncePod: one pod of the whole cluster at a time. */
  readonly oncePod?: true;
  readonly deletionAtMs?: number;
}

export interface PersistentVolume {
  readonly name: string;
  /** Terms are ORed; empty means anywhere. */
  readonly nodeAffinity: readonly NodeSelectorTerm[];
  readonly csiDriver?: string;
  /** The driver's name for it; volumes with equal handles are one attachment. */
  readonly csiHandle?: string;
  /** The storage class whose unbound claims may take it; absent while a claim has it. */
  readonly freeInClass?: string;
  /** A `local` or `hostPath` volume: a directory of one host. */
  readonly onHost?: true;
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
