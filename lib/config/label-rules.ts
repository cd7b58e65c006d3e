/**
 * What Kubernetes allows as label keys and values, and which keys Karpenter keeps for itself.
 * Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ and karpenter `pkg/apis/v1/labels.go`
 * (both repositories).
 */
import { LABEL } from '../model/labels.ts';
import { didYouMean } from '../model/suggest.ts';

const RESTRICTED_DOMAINS = ['karpenter.sh', 'karpenter.k8s.aws', 'dovetail.sh'];

/** The AWS provider's labels that offerings and types carry, without their `karpenter.k8s.aws/`. */
const AWS_LABELS = [
  'instance-hypervisor',
  'instance-encryption-in-transit-supported',
  'nitro-sandbox',
  'instance-category',
  'instance-capability-flex',
  'instance-family',
  'instance-generation',
  'instance-size',
  'instance-local-nvme',
  'instance-cpu',
  'instance-cpu-manufacturer',
  'instance-cpu-sustained-clock-speed-mhz',
  'instance-memory',
  'instance-ebs-bandwidth',
  'instance-network-bandwidth',
  'instance-gpu-name',
  'instance-gpu-manufacturer',
  'instance-gpu-count',
  'instance-gpu-memory',
  'instance-accelerator-name',
  'instance-accelerator-manufacturer',
  'instance-accelerator-count',
  'instance-tenancy',
  'ec2nodeclass',
  'capacity-reservation-id',
  'capacity-reservation-type',
  'capacity-reservation-interruptible',
  'placement-group-id',
  'placement-group-partition',
].map((name) => `karpenter.k8s.aws/${name}`);

const WELL_KNOWN_RESTRICTED: readonly string[] = [...AWS_LABELS, LABEL.capacityType];

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const domain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What is wrong with a label key, or undefined. */
export function labelKeyProblem(key: string): string | undefined {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const rest = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !domain.test(prefix))) {
    return `invalid label key ${JSON.stringify(key)}: what comes before the "/" must be a DNS name`;
  }
  return name.test(rest)
    ? undefined
    : `invalid label key ${JSON.stringify(key)}: want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit`;
}

/** What is wrong with a label value, or undefined. */
export const labelValueProblem = (value: string): string | undefined =>
  value === '' || name.test(value)
    ? undefined
    : `invalid label value ${JSON.stringify(value)}: want at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit`;

/** Why a NodePool may not name this key in its labels or requirements, or undefined. */
export function restrictedKeyProblem(key: string): string | undefined {
  if (key === LABEL.hostname || key === LABEL.nodePool) {
    return `label ${JSON.stringify(key)} is set on each node and cannot be chosen: remove it`;
  }
  if (WELL_KNOWN_RESTRICTED.includes(key)) return undefined;
  const prefix = key.split('/')[0] ?? '';
  const owner = RESTRICTED_DOMAINS.find(
    (restricted) => prefix === restricted || prefix.endsWith(`.${restricted}`),
  );
  if (owner === undefined || !key.includes('/')) return undefined;
  const meant = didYouMean(key, WELL_KNOWN_RESTRICTED);
  return `label ${JSON.stringify(key)} is in the reserved domain "${owner}"${meant || ': use a domain of your own'}`;
}
