// Pods that wait on a node for a volume that the node itself brings: a DaemonSet makes it of the node's disks.
import { nodeFailures } from '../constraints/pod-on-node.ts';
import { admitsLabels } from '../constraints/requirements.ts';
import { type VolumeState, volumePlaces } from '../constraints/volumes.ts';
import type { Node } from '../model/node.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { Pod } from '../model/pod.ts';
import { compareText } from '../model/stable-json.ts';
import type { ProvisioningInput, ProvisioningPlan } from './types.ts';

/** Names of those that add nodes for pods, sorted; no node can be bought for a volume in the others. */
export const poolsThatBringVolumes = (nodePools: readonly NodePool[]): string[] =>
  nodePools
    .filter(({ replicas }) => replicas === undefined)
    .map(({ name }) => name)
    .sort(compareText);

interface Placed {
  readonly existing: ProvisioningPlan['existing'];
  /** Pods that kube-scheduler cannot bind yet, with the reason. */
  readonly early: ProvisioningPlan['unschedulable'];
}

/**
 * Takes out the pods whose open node still lacks their volume. They have used up its room, so that no other node was planned
 * for them, but get no slot: nobody is to wait for them, and they are asked for again ever more rarely.
 */
export function withoutEarly(
  existing: ProvisioningPlan['existing'],
  { cluster, nodes }: Pick<ProvisioningInput, 'cluster' | 'nodes'>,
): Placed {
  const open = new Map(nodes.filter(({ inFlight }) => !inFlight).map((node) => [node.name, node.labels]));
  const sorted = existing.map(({ node, pods }) => {
    const labels = open.get(node);
    const isEarly = (pod: Pod): boolean => labels !== undefined && !reachesVolumes(pod, labels, cluster);
    return { node, pods: pods.filter((pod) => !isEarly(pod)), early: pods.filter(isEarly) };
  });
  return {
    existing: sorted.flatMap(({ node, pods }) => (pods.length === 0 ? [] : [{ node, pods }])),
    early: sorted.flatMap(({ node, early }) => early.map((pod) => ({ pod, reasons: [reasonOf(pod, node)] }))),
  };
}

const reasonOf = ({ spec }: Pod, node: string): string =>
  `existing nodes: ${node} has room for it but no free volume for its claims ${spec.volumeClaims.join(', ')} yet: it waits for those that the node brings, and no other node is bought meanwhile`;

/** As kube-scheduler sees it now. */
function reachesVolumes(pod: Pod, labels: Node['labels'], state: VolumeState): boolean {
  if (pod.spec.volumeClaims.length === 0) return true;
  const places = volumePlaces(pod, state);
  return places.kind === 'places' && places.alternatives.some((place) => admitsLabels(place, labels));
}

/**
 * Whether the pod would run on the node once that brought a volume: such a node is not let go as empty, or another would be
 * bought for the pod at once.
 */
export function waitsForVolumeOn(
  pod: Pod,
  node: Node,
  here: readonly Pod[],
  state: VolumeState,
  bringing: readonly string[],
): boolean {
  if (reachesVolumes(pod, node.labels, state)) return false;
  return nodeFailures(pod, { ...node, pods: here }, volumePlaces(pod, state, bringing)).length === 0;
}
