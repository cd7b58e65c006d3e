import type { PodSpec } from './pod.ts';

export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** A DaemonSet: its pods are overhead of every node they select. */
export interface DaemonSet {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly template: PodTemplate;
}

/**
 * A PersistentVolumeClaim that each pod gets for itself: of a StatefulSet's `volumeClaimTemplates` it is named
 * `<name>-<pod>`, of an ephemeral volume `<pod>-<name>`.
 */
export interface ClaimTemplate {
  readonly kind: 'stateful' | 'ephemeral';
  readonly name: string;
  readonly storageClassName?: string;
}

/** An object whose controller creates pods. Its pods' owner reference names it. */
export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'ReplicationController' | 'Job';
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** For a Job: completions still to run, bounded by parallelism. */
  readonly replicas: number;
  readonly template: PodTemplate;
  /** Absent means none. */
  readonly claimTemplates?: readonly ClaimTemplate[];
}
