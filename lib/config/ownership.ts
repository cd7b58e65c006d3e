/**
 * What `kubectl get` shows together belongs together: a Deployment's ReplicaSets and pods are not further pods to plan.
 */
import { isTerminal, type Pod } from '../model/pod.ts';
import type { Workload } from '../model/workload.ts';
import type { OwnedWorkload } from './workloads.ts';

/** A workload with what is left to create, or the reason why nothing of it is. */
export type Outstanding =
  | { readonly kind: 'planned'; readonly workload: Workload; readonly present: number }
  | { readonly kind: 'owned'; readonly workload: Workload; readonly by: string };

/** For each workload, in order: its replicas without the live pods among `pods`, unless another document owns it. */
export function outstandingOf(owned: readonly OwnedWorkload[], pods: readonly Pod[]): Outstanding[] {
  const byKey = new Map(owned.map((entry) => [keyOf(entry.workload), entry]));
  const live = new Map<string, number>();
  for (const pod of pods) {
    if (pod.owner === undefined || isTerminal(pod) || pod.deletionAtMs !== undefined) continue;
    const key = topOwner(pod, byKey);
    live.set(key, (live.get(key) ?? 0) + 1);
  }
  return owned.map(({ workload, owner }) => {
    const ownerKey = owner === undefined ? undefined : keyOf({ ...owner, namespace: workload.namespace });
    if (ownerKey !== undefined && byKey.has(ownerKey)) return { kind: 'owned', workload, by: ownerKey };
    const present = Math.min(live.get(keyOf(workload)) ?? 0, workload.replicas);
    return { kind: 'planned', workload: { ...workload, replicas: workload.replicas - present }, present };
  });
}

function topOwner(pod: Pod, byKey: ReadonlyMap<string, OwnedWorkload>): string {
  const { owner, namespace } = pod;
  if (owner === undefined) return '';
  const direct = keyOf({ ...owner, namespace });
  const above = byKey.get(direct)?.owner;
  if (above !== undefined) return keyOf({ ...above, namespace });
  // A ReplicaSet that is not among the documents is named `<deployment>-<hash>`, and its pods carry the hash.
  const hash = pod.labels['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    const deployment = { kind: 'Deployment', namespace, name: owner.name.slice(0, -hash.length - 1) };
    if (byKey.has(keyOf(deployment))) return keyOf(deployment);
  }
  return direct;
}

const keyOf = (named: { readonly kind: string; readonly namespace: string; readonly name: string }): string =>
  `${named.kind} ${named.namespace}/${named.name}`;
