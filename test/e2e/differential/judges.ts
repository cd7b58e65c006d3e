/**
 * Our side, of what the API server gives back: every node's failures by lib/constraints with the attachments that planning
 * counts beside them, the reference's, and where a plan over the existing nodes puts the pod.
 */
import { clusterFailures } from '../../../lib/constraints/cluster-filters.ts';
import { nodeFailures } from '../../../lib/constraints/pod-on-node.ts';
import { type VolumeUse, volumePlaces, volumeUses } from '../../../lib/constraints/volumes.ts';
import { isTerminal, type Pod } from '../../../lib/model/pod.ts';
import type { ClusterState } from '../../../lib/model/snapshot.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import { aPlanningNode, aProvisioningInput } from '../../support/builders.ts';
import type { ReferenceCluster, ReferenceNode } from '../../support/reference/cluster.ts';

export interface Failure {
  readonly plugin: string;
  readonly reason: string;
}

/** The state once more, each node with the pods on it. */
export const clusterOf = (state: ClusterState): ReferenceCluster => ({
  ...state,
  nodes: state.nodes.map((node) => ({
    ...node,
    pods: state.pods.filter(({ nodeName }) => nodeName === node.name),
  })),
});

/** In kube-scheduler's order of plugins; an empty list means that the node fits. */
export function libraryFailures(
  pod: Pod,
  cluster: ReferenceCluster,
  state: ClusterState,
): (node: ReferenceNode) => readonly Failure[] {
  const places = volumePlaces(pod, state);
  const onCluster = clusterFailures(pod, cluster.nodes, cluster.namespaces);
  return (node) => [
    ...nodeFailures(pod, node, places),
    ...attachmentFailures(pod, node, state),
    ...onCluster(node),
  ];
}

function attachmentFailures(pod: Pod, node: ReferenceNode, state: ClusterState): Failure[] {
  const limits = state.csiNodes.find(({ nodeName }) => nodeName === node.name)?.limits ?? {};
  const there = attachments(
    node.pods.filter((other) => !isTerminal(other)).flatMap((other) => volumeUses(other, state)),
  );
  const added = attachments(volumeUses(pod, state)).filter(({ id }) => !there.some((one) => one.id === id));
  const exceeded = Object.entries(limits).some(([driver, limit]) => {
    const more = added.filter((one) => one.driver === driver).length;
    return more > 0 && there.filter((one) => one.driver === driver).length + more > limit;
  });
  return exceeded ? [{ plugin: 'NodeVolumeLimits', reason: 'node(s) exceed max volume count' }] : [];
}

/** Each volume once. */
function attachments(
  uses: readonly VolumeUse[],
): readonly { readonly id: string; readonly driver: string }[] {
  const distinct = new Map(uses.map(({ driver, handle }) => [`${driver} ${handle}`, driver]));
  return [...distinct].map(([id, driver]) => ({ id, driver }));
}

/** The node of a plan that may open no other; undefined where it finds none. */
export function plannedNode(pod: Pod, cluster: ReferenceCluster, state: ClusterState): string | undefined {
  const input = aProvisioningInput({
    pods: [pod],
    nodePools: [],
    instanceTypes: {},
    cluster: { ...state, nodes: [], pods: state.pods.filter(({ nodeName }) => nodeName !== undefined) },
    nodes: cluster.nodes.map(({ name, labels, taints, allocatable, pods }) =>
      aPlanningNode({ name, labels, taints, allocatable, pods }),
    ),
  });
  return planProvisioning(input).existing[0]?.node;
}
