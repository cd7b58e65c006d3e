/** Kubelet settings as command-line flags, for the images whose bootstrap scripts take nothing else. */
import { DovetailError } from '../model/errors.ts';
import { type Fields, isFields } from './fields.ts';
import type { Join } from './join.ts';
import { labelsFlag, taintsFlag } from './node-registration.ts';

/** Karpenter's typed settings: those its own AL2 and Windows nodes get. `between` stands between a map's key and value. */
const FLAGS: Readonly<Record<string, { readonly flag: string; readonly between?: '=' | '<' }>> = {
  maxPods: { flag: 'max-pods' },
  podsPerCore: { flag: 'pods-per-core' },
  systemReserved: { flag: 'system-reserved', between: '=' },
  kubeReserved: { flag: 'kube-reserved', between: '=' },
  evictionHard: { flag: 'eviction-hard', between: '<' },
  evictionSoft: { flag: 'eviction-soft', between: '<' },
  evictionSoftGracePeriod: { flag: 'eviction-soft-grace-period', between: '=' },
  evictionMaxPodGracePeriod: { flag: 'eviction-max-pod-grace-period' },
  imageGCHighThresholdPercent: { flag: 'image-gc-high-threshold' },
  imageGCLowThresholdPercent: { flag: 'image-gc-low-threshold' },
  cpuCFSQuota: { flag: 'cpu-cfs-quota' },
};

/**
 * Flags without the cluster's DNS address, which the scripts take by an argument of their own. Errors:
 * `KubeletFieldUnsupported`, retry never.
 */
export function kubeletFlags(join: Join): string[] {
  const { clusterDNS: _, ...settings } = join.kubelet;
  return [
    `--node-labels="${labelsFlag(join.labels)}"`,
    `--register-with-taints="${taintsFlag(join.taints)}"`,
    ...Object.entries(settings).map(([field, value]) => flagOf(join, field, value)),
  ];
}

function flagOf(join: Join, field: string, value: unknown): string {
  const known = Object.hasOwn(FLAGS, field) ? FLAGS[field] : undefined;
  if (known === undefined) throw unsupportedKubeletField(join, field);
  return `--${known.flag}=${isFields(value) ? `"${pairs(value, known.between ?? '=')}"` : String(value)}`;
}

const pairs = (map: Fields, between: string): string =>
  Object.entries(map)
    .map(([key, value]) => `${key}${between}${value}`)
    .join(',');

export const unsupportedKubeletField = ({ nodeClass, family }: Join, field: string): DovetailError =>
  new DovetailError(
    'KubeletFieldUnsupported',
    `EC2NodeClass ${nodeClass}: ${family} images take no kubelet.${field}: remove it, or use the family AL2023`,
    'never',
  );

/** The first address of the cluster's DNS service: the scripts take one. */
export const dnsAddress = ({ kubelet }: Join): string =>
  Array.isArray(kubelet['clusterDNS']) ? String(kubelet['clusterDNS'][0]) : '';
