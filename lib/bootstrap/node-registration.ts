/**
 * What a kubelet registers its node with: the labels that are the same for all of a pool's nodes, as far as a kubelet may
 * set them itself, and the taints. `control/register` adds the other labels and swaps the starting taint for the slot.
 */
import { LABEL, TAINT } from '../model/labels.ts';
import type { NodePool } from '../model/node-pool.ts';
import { compareText } from '../model/stable-json.ts';
import type { Taint } from '../model/taint.ts';

/**
 * Labels under `kubernetes.io` and `k8s.io` that a kubelet may set. With any other of these domains it does not start, and
 * the NodeRestriction plugin would refuse it.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
const KUBELET_LABELS: readonly string[] = [
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
];
const KUBELET_DOMAINS = /(^|\.)(kubelet|node)\.kubernetes\.io$/;
const KUBERNETES_DOMAINS = /(^|\.)(kubernetes|k8s)\.io$/;

export function kubeletMaySet(label: string): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
  return !KUBERNETES_DOMAINS.test(domain) || KUBELET_DOMAINS.test(domain) || KUBELET_LABELS.includes(label);
}

/** Sorted by key. */
export function registrationLabels({ name, template }: NodePool): ReadonlyMap<string, string> {
  const labels = { ...template.labels, [LABEL.nodePool]: name, [LABEL.nodeClass]: template.nodeClass };
  return new Map(
    Object.entries(labels)
      .filter(([key]) => kubeletMaySet(key))
      .sort(([a], [b]) => compareText(a, b)),
  );
}

/** The starting taint first. One entry per key and effect, as the API demands; the first of two counts. */
export function registrationTaints({ template }: NodePool): readonly Taint[] {
  const taints: readonly Taint[] = [
    { key: TAINT.starting, effect: 'NoSchedule' },
    ...template.taints,
    ...template.startupTaints,
  ];
  const identity = ({ key, effect }: Taint): string => `${key}:${effect}`;
  const identities = taints.map(identity);
  return taints.filter((taint, index) => identities.indexOf(identity(taint)) === index);
}

/** `a=b,c=d`: the value of `--node-labels`. Values need no quoting: Kubernetes allows letters, digits, `-`, `_` and `.`. */
export const labelsFlag = (labels: ReadonlyMap<string, string>): string =>
  [...labels].map(([key, value]) => `${key}=${value}`).join(',');

/** `key=value:Effect,key:Effect`: the value of `--register-with-taints`. */
export const taintsFlag = (taints: readonly Taint[]): string =>
  taints
    .map(({ key, value = '', effect }) => `${value === '' ? key : `${key}=${value}`}:${effect}`)
    .join(',');
