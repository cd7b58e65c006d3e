// The DaemonSet pods that every node carries: overhead of offerings, and what is still to come on existing nodes.
import { untoleratedTaint } from '../../constraints/taints.ts';
import { TAINT } from '../../model/labels.ts';
import type { Pod, PodSpec } from '../../model/pod.ts';
import type { ClusterState } from '../../model/snapshot.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Taint } from '../../model/taint.ts';
import { hasBit, type Mask } from '../../solver/index.ts';
import type { PlaceIndex, Places } from './places.ts';

/** A DaemonSet's pod as a new node would get it. */
export interface DaemonSetPod {
  readonly uid: string;
  readonly spec: PodSpec;
}

/**
 * One per DaemonSet, sorted by namespace and name: its newest pod, which shows what webhooks and LimitRanges made of the
 * template, with the template's own affinity because the controller pins each pod to its node.
 * Source: karpenter `pkg/controllers/state/cluster.go` (`GetDaemonSetPod`).
 */
export function daemonSetPods(cluster: Pick<ClusterState, 'daemonSets' | 'pods'>): DaemonSetPod[] {
  const newest = new Map<string, Pod>();
  for (const pod of cluster.pods) {
    if (pod.owner?.kind !== 'DaemonSet') continue;
    const known = newest.get(pod.owner.uid);
    if (known === undefined || isNewer(pod, known)) newest.set(pod.owner.uid, pod);
  }
  return [...cluster.daemonSets]
    .sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name))
    .map(({ uid, template }) => {
      const spec = newest.get(uid)?.spec ?? template.spec;
      return { uid, spec: { ...spec, affinity: template.spec.affinity } };
    });
}

const isNewer = (a: Pod, b: Pod): boolean =>
  a.createdAtMs > b.createdAtMs || (a.createdAtMs === b.createdAtMs && compareText(a.uid, b.uid) > 0);

/**
 * Where each DaemonSet's pods go: taints are tolerated (soft and startup taints do not count) and any of the required
 * terms is met. Source: karpenter `scheduling/scheduler.go` (`buildDaemonOverheadGroups`).
 */
export const daemonSetPlaces = (pods: readonly DaemonSetPod[], index: PlaceIndex): Places[] =>
  pods.map(({ spec }) => index.both(index.selectedBy(spec), index.tolerated(spec.tolerations, false)));

/** Places that attract the same DaemonSets share a group. `groupOf` is per place, `members` per group. */
export interface AttractedPods {
  readonly groupOf: Int32Array;
  readonly members: readonly (readonly DaemonSetPod[])[];
}

/** Groups in the order of their first place; `masks` say per DaemonSet which of the `count` places attract it. */
export function attractedPods(
  count: number,
  pods: readonly DaemonSetPod[],
  masks: readonly Mask[],
): AttractedPods {
  const groupOf = new Int32Array(count);
  for (const mask of masks) {
    const split = new Map<number, number>();
    for (let place = 0; place < count; place++) {
      const half = 2 * (groupOf[place] ?? 0) + (hasBit(mask, place) ? 1 : 0);
      const group = split.get(half) ?? split.size;
      split.set(half, group);
      groupOf[place] = group;
    }
  }
  const members: DaemonSetPod[][] = [];
  for (const [place, group] of groupOf.entries()) {
    members[group] ??= pods.filter((_, index) => {
      const mask = masks[index];
      return mask !== undefined && hasBit(mask, place);
    });
  }
  return { groupOf, members };
}

/** The taint that a node opens with, for a claim that no toleration can name. */
const SLOT: Taint = { key: TAINT.slot, value: '', effect: 'NoSchedule' };

/** Whether a DaemonSet's pod waits until a slotted node is opened for all. */
export const waitsForSlot = ({ spec }: DaemonSetPod): boolean =>
  untoleratedTaint([SLOT], spec.tolerations) !== undefined;
