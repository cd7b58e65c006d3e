// Would a node that opens now take pods that were planned for another one, or that a plan is being made for? kube-scheduler
// binds a waiting pod to any open node with room; the node bought for it would then join half empty.
import { nodeFailures } from '../constraints/pod-on-node.ts';
import type { ClaimName } from '../model/ids.ts';
import { TAINT } from '../model/labels.ts';
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import { subtractResources, sumResources } from '../model/resources.ts';
import { type ClaimSlots, isWaiting } from '../model/slots.ts';
import type { DaemonSet } from '../model/workload.ts';
import { isEphemeralTaint } from './node-step.ts';

/** A pod that waits for its slot, standing for others of its shape; or for its plan, standing for all of the same wish. */
export interface WaitingPod {
  readonly pod: Pod;
  readonly claim?: ClaimName;
}

interface Waiting {
  readonly items: readonly ClaimSlots[];
  readonly pods: ReadonlyMap<string, Pod>;
  readonly asked: readonly string[];
}

/** What a pod asks of a node, as text. Pods are read-only, and a burst of ten thousand is looked at every second. */
const wishes = new WeakMap<Pod, string>();

function wishOf(pod: Pod): string {
  const known = wishes.get(pod) ?? JSON.stringify(pod.spec);
  wishes.set(pod, known);
  return known;
}

/**
 * Pending pods whose slot waits for them, of each shape those of two claims, because a node is of one of them at most; and
 * those that nodes were asked for, one per wish.
 */
export function waitingPods({ items, pods, asked }: Waiting): WaitingPod[] {
  const waiting = new Map<string, WaitingPod[]>();
  for (const item of items) {
    for (const slot of item.slots) {
      if (!isWaiting(slot)) continue;
      const pod = pods.get(slot.podUid);
      const same = waiting.get(slot.shapeHash) ?? [];
      if (pod === undefined || pod.nodeName !== undefined) continue;
      if (same.length === 2 || same[0]?.claim === item.claim) continue;
      waiting.set(slot.shapeHash, [...same, { pod, claim: item.claim }]);
    }
  }
  const planless = new Map<string, WaitingPod>();
  for (const uid of asked) {
    const pod = pods.get(uid);
    if (pod !== undefined && pod.nodeName === undefined) planless.set(wishOf(pod), { pod });
  }
  return [...[...waiting.values()].flat(), ...planless.values()];
}

/** True while a pod planned for another claim, or for none yet, fits into the room that this node would open with. */
export function attractsOthers(
  node: Node,
  claim: ClaimName,
  waiting: readonly WaitingPod[],
  podsHere: readonly Pod[],
  missingDaemonSets: readonly DaemonSet[],
): boolean {
  const reserved = sumResources(missingDaemonSets.map((daemonSet) => daemonSet.template.spec.requests));
  const opened = {
    name: node.name,
    labels: node.labels,
    taints: node.taints.filter((taint) => taint.key !== TAINT.slot && !isEphemeralTaint(taint)),
    allocatable: subtractResources(node.allocatable, reserved),
    pods: podsHere,
  };
  return waiting.some((other) => other.claim !== claim && nodeFailures(other.pod, opened).length === 0);
}
