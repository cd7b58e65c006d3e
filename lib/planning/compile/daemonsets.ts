// The DaemonSet pods that every node carries: overhead of offerings, and what is still to come on existing nodes.
import { untoleratedTaint } from '../../constraints/taints.ts';
import { TAINT } from '../../model/labels.ts';
import { isDaemonSetPod, isTerminal, type Pod, type PodSpec } from '../../model/pod.ts';
import { maxResources, type ResourceList, subtractResources, sumResources } from '../../model/resources.ts';
import type { ClusterState } from '../../model/snapshot.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Taint } from '../../model/taint.ts';
import { hasBit } from '../../solver/index.ts';
import type { PlanningNode } from '../types.ts';
import type { OfferingTable } from './offerings.ts';
import { bothPlaces, type PlaceIndex, type Places } from './places.ts';

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
  pods.map(({ spec }) => bothPlaces(index.selectedBy(spec), index.tolerated(spec.tolerations, false)));

/** Rows that attract the same DaemonSets share a group. `groupOf` is per row, `members` per group. */
export function overheadGroups(
  table: OfferingTable,
  pods: readonly DaemonSetPod[],
  places: readonly Places[],
): { readonly groupOf: Int32Array; readonly members: readonly (readonly DaemonSetPod[])[] } {
  const groups = new Map<string, number>();
  const members: DaemonSetPod[][] = [];
  const groupOf = Int32Array.from(table.rows, (_, row) => {
    const here = places.map(({ offerings }) => hasBit(offerings, row));
    const name = here.map((carried) => (carried ? '1' : '0')).join('');
    const known = groups.get(name);
    if (known !== undefined) return known;
    groups.set(name, members.length);
    return members.push(pods.filter((_, index) => here[index] === true)) - 1;
  });
  return { groupOf, members };
}

/** DaemonSet pods that an existing node is still to get, and the room that they need beyond what is there. */
export function remainingOnNode(
  node: PlanningNode,
  bin: number,
  pods: readonly DaemonSetPod[],
  places: readonly Places[],
): { readonly missing: readonly DaemonSetPod[]; readonly requests: ResourceList } {
  const expected = pods.filter((_, index) => hasBit(places[index]?.bins ?? new Uint32Array(0), bin));
  const present = node.pods.filter((pod) => isDaemonSetPod(pod) && !isTerminal(pod));
  const owners = new Set(present.map((pod) => pod.owner?.uid));
  const wanted = sumResources(expected.map(({ spec }) => spec.requests));
  const there = sumResources(present.map(({ spec }) => spec.requests));
  return {
    missing: expected.filter(({ uid }) => !owners.has(uid)),
    requests: maxResources(subtractResources(wanted, there), {}),
  };
}

/** The taint that a node opens with, for a claim that no toleration can name. */
const SLOT: Taint = { key: TAINT.slot, value: '', effect: 'NoSchedule' };

/** Whether a DaemonSet's pod waits until a slotted node is opened for all. */
export const waitsForSlot = ({ spec }: DaemonSetPod): boolean =>
  untoleratedTaint([SLOT], spec.tolerations) !== undefined;
