import type { ResourceList } from './resources.ts';
import type { Taint } from './taint.ts';

/** A Kubernetes Node as the poller sees it. */
export interface Node {
  readonly name: string;
  readonly uid: string;
  /** Opaque; equal means unchanged. */
  readonly resourceVersion: string;
  readonly createdAtMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  /** `aws:///us-east-1a/i-0123…`; empty until the cloud provider sets it. */
  readonly providerId: string;
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Transition time of the Ready condition. */
  readonly readySinceMs: number;
  readonly deletionAtMs?: number;
}

/** The EC2 instance id in a provider id, or undefined when it is not one of EC2. */
export function instanceIdOfProviderId(providerId: string): string | undefined {
  return /^aws:\/\/\/[^/]*\/(i-[0-9a-f]+)$/.exec(providerId)?.[1];
}
