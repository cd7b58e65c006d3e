import type { Manifest } from '../kube-client.ts';

/** A node of four CPUs as its kubelet would register it. */
export const aNode = (name: string, labels: Readonly<Record<string, string>> = {}): Manifest => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  status: {
    capacity: { cpu: '4', memory: '8Gi', pods: '20' },
    allocatable: { cpu: '4', memory: '8Gi', pods: '20' },
    conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }],
  },
});
