/**
 * Pending pods that share a ReadWriteOncePod claim. kube-scheduler runs one of them at a time, so that a node bought for
 * another would stay empty.
 * Source: Kubernetes' scheduler plugin `volumerestrictions`.
 */
import { type Pod, podKey } from '../model/pod.ts';
import type { ClusterState } from '../model/snapshot.ts';
import { compareText } from '../model/stable-json.ts';

/** The pods that have to wait, each with the reason: of every claim's sharers all but the one that is scheduled first. */
export function waitingForClaims(
  pods: readonly Pod[],
  { volumeClaims }: Pick<ClusterState, 'volumeClaims'>,
): ReadonlyMap<Pod, string> {
  const oncePod = new Set(volumeClaims.filter((claim) => claim.oncePod).map(podKey));
  const waiting = new Map<Pod, string>();
  if (oncePod.size === 0) return waiting;
  const holders = new Map<string, Pod>();
  for (const pod of inSchedulingOrder(pods)) {
    const claims = pod.spec.volumeClaims.filter((name) => oncePod.has(`${pod.namespace}/${name}`));
    const taken = claims.find((name) => holders.has(`${pod.namespace}/${name}`));
    if (taken === undefined) for (const name of claims) holders.set(`${pod.namespace}/${name}`, pod);
    else waiting.set(pod, reasonOf(taken, holders.get(`${pod.namespace}/${taken}`)));
  }
  return waiting;
}

const reasonOf = (claim: string, holder: Pod | undefined): string =>
  `persistentvolumeclaim "${claim}" is ReadWriteOncePod and planned for pod "${holder?.name}"`;

/** kube-scheduler's: priority, then age. */
const inSchedulingOrder = (pods: readonly Pod[]): Pod[] =>
  [...pods].sort(
    (a, b) => b.spec.priority - a.spec.priority || a.createdAtMs - b.createdAtMs || compareText(a.uid, b.uid),
  );
