/**
 * Where EKS puts the cluster's DNS service: the tenth address of the service range
 * (https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html, nodeadm's own rule for `cluster.cidr`).
 */
export function clusterDnsIp(serviceCidr: string): string {
  const address = serviceCidr.split('/')[0] ?? '';
  return address.includes(':') ? `${address.replace(/::$/, '')}::a` : address.replace(/\.\d+$/, '.10');
}
