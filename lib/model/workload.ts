import type { PodSpec } from './pod.ts';

/** A DaemonSet: its pods are overhead of every node they select. */
export interface DaemonSet {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly template: PodSpec;
}
