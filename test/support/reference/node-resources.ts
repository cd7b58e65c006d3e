// Plugins NodeResourcesFit and NodePorts.
// Sources: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled
// and the `hostIP` field of https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
import { podsHolding, type ReferencePlugin } from './cluster.ts';

/** Each request beside the sum of the requests there; nothing asked of a resource is always there. */
export const nodeResourcesFit: ReferencePlugin = (pod, node) => {
  const reasons: string[] = [];
  for (const [name, wanted] of Object.entries(pod.spec.requests)) {
    if (wanted === 0) continue;
    let used = 0;
    for (const other of podsHolding(node)) used += other.spec.requests[name] ?? 0;
    if (used + wanted > (node.allocatable[name] ?? 0)) reasons.push(`NodeResourcesFit ${name}`);
  }
  return reasons.sort();
};

/** The same protocol and port on the same address, or on 0.0.0.0, which is every address. */
export const nodePorts: ReferencePlugin = (pod, node) => {
  const everywhere = (ip: string): boolean => ip === '' || ip === '0.0.0.0';
  for (const other of podsHolding(node)) {
    for (const used of other.spec.hostPorts) {
      for (const { port, protocol, hostIp } of pod.spec.hostPorts) {
        if (port !== used.port || protocol !== used.protocol) continue;
        if (hostIp === used.hostIp || everywhere(hostIp) || everywhere(used.hostIp)) return ['NodePorts'];
      }
    }
  }
  return [];
};
