// Which label keys mean the same, and which every new node has whether or not its NodePool names them.
import { LABEL } from '../model/labels.ts';

/** Deprecated and provider keys, read as their stable key. Source: karpenter `pkg/apis/v1/labels.go` (both repositories). */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', LABEL.zone],
  ['failure-domain.beta.kubernetes.io/region', LABEL.region],
  ['beta.kubernetes.io/arch', LABEL.arch],
  ['beta.kubernetes.io/os', LABEL.os],
  ['beta.kubernetes.io/instance-type', LABEL.instanceType],
  ['topology.ebs.csi.aws.com/zone', LABEL.zone],
]);

export const stableKey = (key: string): string => ALIASES.get(key) ?? key;

const WELL_KNOWN = new Set<string>([
  LABEL.arch,
  LABEL.os,
  LABEL.hostname,
  LABEL.instanceType,
  LABEL.zone,
  LABEL.zoneId,
  LABEL.region,
  LABEL.capacityType,
  LABEL.nodePool,
  LABEL.registered,
  LABEL.initialized,
  'node.kubernetes.io/windows-build',
]);

/**
 * A well-known key is decided by the instance type, the offering or the registration, so a pod may ask for it although
 * the NodePool does not mention it; any other key must be declared by the NodePool.
 * Source: karpenter `pkg/apis/v1/labels.go` (`WellKnownLabels`).
 */
export const isWellKnown = (key: string): boolean =>
  WELL_KNOWN.has(stableKey(key)) || key.startsWith('karpenter.k8s.aws/');

/**
 * A label set with every alias readable under its stable key as well; the stable key wins where both are there. Nodes
 * still carry the deprecated keys, and the EBS driver adds its own zone key.
 */
export function withStableKeys(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const added = Object.entries(labels).filter(([key]) => {
    const stable = stableKey(key);
    return stable !== key && !(stable in labels);
  });
  if (added.length === 0) return labels;
  return { ...labels, ...Object.fromEntries(added.map(([key, value]) => [stableKey(key), value])) };
}
