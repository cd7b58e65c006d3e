import type { Affinity, TopologySpreadConstraint } from './affinity.ts';
import type { PodUid } from './ids.ts';
import type { ResourceList } from './resources.ts';
import type { Toleration } from './taint.ts';

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface HostPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly hostIp: string;
}

/**
 * The part of a pod's specification that decides where it may run. Equal values are interchangeable for scheduling.
 * `requests` is effective: containers, init containers, sidecars and overhead already combined by Kubernetes' rule, and
 * `pods: 1` included.
 */
export interface PodSpec {
  readonly requests: ResourceList;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly affinity: Affinity;
  readonly tolerations: readonly Toleration[];
  readonly topologySpread: readonly TopologySpreadConstraint[];
  readonly hostPorts: readonly HostPort[];
  /** Names of PersistentVolumeClaims in the pod's namespace. */
  readonly volumeClaims: readonly string[];
  /** Names of DRA resource claims; any makes the pod one we refuse by name. */
  readonly resourceClaims: readonly string[];
  readonly priority: number;
  readonly preemptionPolicy: 'PreemptLowerPriority' | 'Never';
  readonly schedulerName: string;
  readonly schedulingGates: readonly string[];
  readonly terminationGracePeriodSeconds: number;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface Pod {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  /** The controlling owner, when there is one. */
  readonly owner?: OwnerReference;
  readonly spec: PodSpec;
  /** Set when the pod is bound. */
  readonly nodeName?: string;
  /** Set by kube-scheduler when it preempts for this pod; never ours to overwrite. */
  readonly nominatedNodeName?: string;
  readonly phase: PodPhase;
  /** The `PodScheduled` condition is False with reason `Unschedulable`; `sinceMs` is its transition time. */
  readonly unschedulable?: { readonly sinceMs: number; readonly message: string };
  readonly startedAtMs?: number;
  readonly deletionAtMs?: number;
}

export const podKey = (pod: { readonly namespace: string; readonly name: string }): string =>
  `${pod.namespace}/${pod.name}`;

export const isTerminal = (pod: Pod): boolean => pod.phase === 'Succeeded' || pod.phase === 'Failed';
export const isDaemonSetPod = (pod: Pod): boolean => pod.owner?.kind === 'DaemonSet';
/** Mirror pods show a node's static pods; the API server cannot move them. */
export const isMirrorPod = (pod: Pod): boolean => 'kubernetes.io/config.mirror' in pod.annotations;
