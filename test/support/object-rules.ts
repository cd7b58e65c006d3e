// What Kubernetes asks of one pod on one node, written from its documentation and sharing no code with the product: the
// rules by which `object-checker.ts` judges plans. Labels are matched as written, so a node must carry aliases itself.
import type { NodeSelectorTerm } from '../../lib/model/affinity.ts';
import { LABEL } from '../../lib/model/labels.ts';
import type { HostPort, Pod, PodSpec } from '../../lib/model/pod.ts';
import type { Requirement } from '../../lib/model/requirement.ts';
import type { ResourceList } from '../../lib/model/resources.ts';
import type { LabelSelector } from '../../lib/model/selector.ts';
import type { ClusterState } from '../../lib/model/snapshot.ts';
import type { Taint, Toleration } from '../../lib/model/taint.ts';

export type Labels = Readonly<Record<string, string>>;

/** The labels that kubelet, cloud provider and the EBS driver set beside their modern names. */
const ALSO_KNOWN_AS: Readonly<Record<string, readonly string[]>> = {
  [LABEL.zone]: ['failure-domain.beta.kubernetes.io/zone', 'topology.ebs.csi.aws.com/zone'],
  [LABEL.region]: ['failure-domain.beta.kubernetes.io/region'],
  [LABEL.arch]: ['beta.kubernetes.io/arch'],
  [LABEL.os]: ['beta.kubernetes.io/os'],
  [LABEL.instanceType]: ['beta.kubernetes.io/instance-type'],
};

export function withAliases(labels: Labels): Labels {
  const all: Record<string, string> = { ...labels };
  for (const [name, aliases] of Object.entries(ALSO_KNOWN_AS)) {
    for (const alias of aliases) if (labels[name] !== undefined) all[alias] = labels[name];
  }
  return all;
}

export function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (value === undefined) return false;
  if (operator === 'Exists') return true;
  if (operator === 'In') return values.includes(value);
  if (!/^-?\d+$/.test(value)) return false;
  const difference = Number(value) - Number(values[0]);
  if (operator === 'Gt') return difference > 0;
  if (operator === 'Lt') return difference < 0;
  return operator === 'Gte' ? difference >= 0 : difference <= 0;
}

const anyTerm = (terms: readonly NodeSelectorTerm[], labels: Labels): boolean =>
  terms.some(
    ({ matchExpressions }) =>
      matchExpressions.length > 0 && matchExpressions.every((expression) => holds(expression, labels)),
  );

type Selecting = Pick<PodSpec, 'nodeSelector' | 'affinity'>;

export const wantsNode = ({ nodeSelector, affinity }: Selecting, labels: Labels): boolean =>
  Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
  (affinity.nodeRequired.length === 0 || anyTerm(affinity.nodeRequired, labels));

/** NoSchedule and NoExecute taints without a toleration. */
export const repelled = (taints: readonly Taint[], tolerations: readonly Toleration[]): boolean =>
  taints.some(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((one) => covers(one, taint)),
  );

function covers({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key === undefined || key === '') return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
}

/** Whether some two pods of the list want the same port of the node. */
export function portsClash(pods: readonly { readonly spec: Pick<PodSpec, 'hostPorts'> }[]): boolean {
  const taken: HostPort[] = [];
  for (const { spec } of pods) {
    const clash = spec.hostPorts.some((a) =>
      taken.some(
        (b) =>
          a.port === b.port &&
          a.protocol === b.protocol &&
          (a.hostIp === b.hostIp || everyAddress(a.hostIp) || everyAddress(b.hostIp)),
      ),
    );
    if (clash) return true;
    taken.push(...spec.hostPorts);
  }
  return false;
}

const everyAddress = (ip: string): boolean => ['', '0.0.0.0', '::'].includes(ip);

export interface Volume {
  readonly driver: string;
  readonly handle: string;
  /** ORed; empty means anywhere. */
  readonly terms: readonly NodeSelectorTerm[];
}

export const reaches = ({ terms }: Volume, labels: Labels): boolean =>
  terms.length === 0 || anyTerm(terms, labels);

/** The volumes behind a pod's claims; undefined when one of them cannot be had. */
export function volumesOf(
  { namespace, spec }: Pick<Pod, 'namespace' | 'spec'>,
  cluster: ClusterState,
): Volume[] | undefined {
  const found: Volume[] = [];
  for (const name of spec.volumeClaims) {
    const claim = cluster.volumeClaims.find((one) => one.namespace === namespace && one.name === name);
    if (claim === undefined) return undefined;
    if (claim.volumeName === undefined) {
      const storage = cluster.storageClasses.find((one) => one.name === claim.storageClassName);
      if (storage?.volumeBindingMode !== 'WaitForFirstConsumer') return undefined;
      const terms = storage.allowedTopologies;
      found.push({ driver: storage.provisioner, handle: `${namespace}/${name}`, terms });
    } else {
      const volume = cluster.volumes.find((one) => one.name === claim.volumeName);
      if (volume === undefined) return undefined;
      found.push({ driver: volume.csiDriver ?? '', handle: volume.name, terms: volume.nodeAffinity });
    }
  }
  return found;
}

/** Drivers of which more distinct volumes are attached than the node can take. */
export function overAttached(
  volumes: readonly Volume[],
  limits: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(limits)
    .filter(([driver, limit]) => {
      const handles = volumes.filter((volume) => volume.driver === driver).map(({ handle }) => handle);
      return new Set(handles).size > limit;
    })
    .map(([driver]) => driver);
}

export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
    selector.matchExpressions.every((expression) => holds(expression, labels))
  );
}

export function total(pods: readonly { readonly spec: Pick<PodSpec, 'requests'> }[]): ResourceList {
  const sum: Record<string, number> = {};
  for (const { spec } of pods) {
    for (const [name, amount] of Object.entries(spec.requests)) sum[name] = (sum[name] ?? 0) + amount;
  }
  return sum;
}
