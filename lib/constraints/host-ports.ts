import type { HostPort } from '../model/pod.ts';

/**
 * Addresses that stand for every address of the node. kube-scheduler knows the first two only; with the IPv6 one we are
 * as careful as Karpenter, because the kernel refuses the second socket. Source: karpenter `scheduling/hostportusage.go`.
 */
export const isWildcardIp = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';

/**
 * Two pods cannot share a node when they want the same protocol and port on the same address, where a wildcard address
 * is every address. Source: Kubernetes `HostPortInfo.CheckConflict`.
 */
export function portsConflict(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.hostIp === b.hostIp || isWildcardIp(a.hostIp) || isWildcardIp(b.hostIp);
}

export const anyPortsConflict = (wanted: readonly HostPort[], used: readonly HostPort[]): boolean =>
  wanted.some((a) => used.some((b) => portsConflict(a, b)));
