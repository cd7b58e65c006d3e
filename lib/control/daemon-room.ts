import { matchesNodeSelector } from '../constraints/node-selector.ts';
import { untoleratedTaint } from '../constraints/taints.ts';
import { TAINT } from '../model/labels.ts';
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import type { Taint } from '../model/taint.ts';
import type { DaemonSet } from '../model/workload.ts';
import { isEphemeralTaint } from './node-step.ts';

const anySlot: Taint = { key: TAINT.slot, value: '', effect: 'NoSchedule' };

/**
 * DaemonSets that belong on the node once it is open, do not tolerate its slot, and have no pod bound to it yet: those
 * whose room would be taken if the node opened to everybody at once.
 */
export function daemonSetsWithoutPod(
  daemonSets: readonly DaemonSet[],
  node: Node,
  pods: readonly Pod[],
): DaemonSet[] {
  const present = new Set(pods.map((pod) => pod.owner?.uid));
  const lasting = node.taints.filter((taint) => taint.key !== TAINT.slot && !isEphemeralTaint(taint));
  return daemonSets.filter(({ uid, template: { spec } }) => {
    if (present.has(uid) || untoleratedTaint([anySlot], spec.tolerations) === undefined) return false;
    return matchesNodeSelector(spec, node) && untoleratedTaint(lasting, spec.tolerations) === undefined;
  });
}
