import type { Pod } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

interface Ranked {
  readonly pod: Pod;
  /** Pods of the same owner on its node. */
  readonly neighbours: number;
}

/**
 * The pods a ReplicaSet removes first: without a node, then not running, cheaper to delete, on the fuller node, started
 * more recently (in steps of powers of two), and newer. Source: `ActivePodsWithRanks` of k8s.io/kubernetes
 * `pkg/controller/controller_utils.go`.
 */
export function victimsOf(active: readonly Pod[], count: number, nowMs: number): readonly Pod[] {
  const perNode = new Map<string, number>();
  for (const { nodeName } of active) {
    if (nodeName !== undefined) perNode.set(nodeName, (perNode.get(nodeName) ?? 0) + 1);
  }
  const ranked = active.map((pod) => ({ pod, neighbours: perNode.get(pod.nodeName ?? '') ?? 0 }));
  return ranked
    .sort((a, b) => order(a, b, nowMs))
    .slice(0, count)
    .map(({ pod }) => pod);
}

function order(a: Ranked, b: Ranked, nowMs: number): number {
  return (
    Number(a.pod.nodeName !== undefined) - Number(b.pod.nodeName !== undefined) ||
    Number(a.pod.phase === 'Running') - Number(b.pod.phase === 'Running') ||
    deletionCost(a.pod) - deletionCost(b.pod) ||
    b.neighbours - a.neighbours ||
    ageStep(a.pod.startedAtMs, nowMs) - ageStep(b.pod.startedAtMs, nowMs) ||
    ageStep(a.pod.createdAtMs, nowMs) - ageStep(b.pod.createdAtMs, nowMs) ||
    compareText(a.pod.uid, b.pod.uid)
  );
}

const deletionCost = (pod: Pod): number => Number(pod.annotations[DELETION_COST] ?? 0) || 0;

/** Ages that share the highest bit of their nanoseconds count as equal. */
function ageStep(sinceMs: number | undefined, nowMs: number): number {
  return sinceMs === undefined || sinceMs >= nowMs ? -1 : Math.floor(Math.log2((nowMs - sinceMs) * 1e6));
}
