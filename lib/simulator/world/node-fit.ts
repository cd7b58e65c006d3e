// kube-scheduler's filters over the whole cluster: which nodes can take a pod, and the reasons of the others.
import type { KubeApi } from '../../adapters/memory/kube-api.ts';
import { clusterFailures } from '../../constraints/cluster-filters.ts';
import { matchesNodeSelector } from '../../constraints/node-selector.ts';
import { type NodeView, nodeFailures } from '../../constraints/pod-on-node.ts';
import { untoleratedTaint } from '../../constraints/taints.ts';
import { type VolumePlaces, volumePlaces } from '../../constraints/volumes.ts';
import type { Node } from '../../model/node.ts';
import type { Pod, PodSpec } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';

export interface Fit {
  /** Nodes with the pods bound to them, sorted by name. */
  readonly candidates: readonly NodeView[];
  /** kube-scheduler's message when there are none. */
  readonly message: string;
}

export function fittingNodes(pod: Pod, api: KubeApi): Fit {
  const nodes = api.nodes().map((node) => viewOf(node, api));
  const places = placesOf(pod, api);
  const topology = clusterFailures(pod, nodes, api.store.list('namespaces'));
  const candidates: NodeView[] = [];
  const refusals = new Map<string, number>();
  for (const node of nodes) {
    const local = nodeFailures(pod, node, places);
    const [failure] = local.length > 0 ? local : topology(node);
    if (failure === undefined) candidates.push(node);
    else refusals.set(failure.reason, (refusals.get(failure.reason) ?? 0) + 1);
  }
  const reasons = [...refusals].map(([reason, count]) => `${count} ${reason}`).sort(compareText);
  return {
    candidates,
    message: `0/${nodes.length} nodes are available${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}.`,
  };
}

/** Whether this one node could take the pod, topology aside. */
export const hasRoomFor = (pod: Pod, node: Node, api: KubeApi): boolean =>
  nodeFailures(pod, viewOf(node, api), placesOf(pod, api)).length === 0;

/** Labels and taints, without the cordon, which DaemonSet pods tolerate: what the DaemonSet controller looks at. */
export const mayRunOn = (spec: PodSpec, node: Node): boolean =>
  matchesNodeSelector(spec, node) && untoleratedTaint(node.taints, spec.tolerations) === undefined;

const viewOf = (node: Node, api: KubeApi): NodeView => ({ ...node, pods: api.podsOnNode(node.name) });

const placesOf = (pod: Pod, api: KubeApi): VolumePlaces | undefined =>
  pod.spec.volumeClaims.length === 0 ? undefined : volumePlaces(pod, api.state());
