// Pods by what people wrote for them: the object that owns them, or the labels that pods without an owner share.
import { groupBy } from '../../model/group-by.ts';
import { type Pod, type PodSpec, podKey } from '../../model/pod.ts';
import { compareText, stableJson } from '../../model/stable-json.ts';

export interface Workload {
  /** `Deployment shop/checkout`; `Pod shop/migrate` and, for several alike, `Pod shop/migrate and 3 more`. */
  readonly name: string;
  readonly pods: readonly Pod[];
}

const HASH_LABEL = 'pod-template-hash';

/** In the order of their names. */
export function workloadsOf(pods: readonly Pod[]): Workload[] {
  const groups = [...groupBy(pods, groupKey).values()];
  return groups
    .map((members) => ({ name: nameOf(members), pods: members }))
    .sort((a, b) => compareText(a.name, b.name));
}

const groupKey = (pod: Pod): string =>
  ownerName(pod) ?? stableJson([pod.namespace, pod.labels, rulesOf(pod.spec)]);

/** Jobs in a loop differ in their amounts and in nothing else. */
const rulesOf = ({ requests: _, ...rules }: PodSpec): object => rules;

function nameOf(members: readonly Pod[]): string {
  const [first] = [...members].sort((a, b) => compareText(podKey(a), podKey(b)));
  if (first === undefined) return '';
  const others = members.length === 1 ? '' : ` and ${members.length - 1} more`;
  return ownerName(first) ?? `Pod ${podKey(first)}${others}`;
}

/** A ReplicaSet whose name ends in its pods' template hash belongs to the Deployment that it is named after. */
function ownerName({ namespace, labels, owner }: Pod): string | undefined {
  if (owner === undefined) return undefined;
  const suffix = `-${labels[HASH_LABEL]}`;
  return owner.kind === 'ReplicaSet' && owner.name.endsWith(suffix)
    ? `Deployment ${namespace}/${owner.name.slice(0, -suffix.length)}`
    : `${owner.kind} ${namespace}/${owner.name}`;
}
