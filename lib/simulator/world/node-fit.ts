// kube-scheduler's filters over the whole cluster: which nodes can take a pod, and the reasons of the others.
import type { KubeApi } from '../../adapters/memory/kube-api.ts';
import { clusterFailures } from '../../constraints/cluster-filters.ts';
import { matchesNodeSelector } from '../../constraints/node-selector.ts';
import { type NodeView, nodeFailures } from '../../constraints/pod-on-node.ts';
import { untoleratedTaint } from '../../constraints/taints.ts';
import { type VolumePlaces, volumePlaces } from '../../constraints/volumes.ts';
import type { Node } from '../../model/node.ts';
import { isTerminal, type Pod, type PodSpec } from '../../model/pod.ts';
import { sumResources } from '../../model/resources.ts';
import { compareText } from '../../model/stable-json.ts';

export interface Fit {
  /** Nodes with the pods bound to them, sorted by name. */
  readonly candidates: readonly NodeView[];
  /** kube-scheduler's message when there are none. */
  readonly message: string;
}

export function fittingNodes(pod: Pod, api: KubeApi): Fit {
  const nodes = api.nodes().map((node) => ({ ...node, pods: api.podsOnNode(node.name) }));
  const places = placesOf(pod, api);
  const topology = topologyFailures(pod, nodes, api);
  const candidates: NodeView[] = [];
  const refusals = new Map<string, number>();
  for (const node of nodes) {
    const local = nodeFailures(pod, withLoad(node, node.pods), places);
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
  nodeFailures(pod, withLoad(node, api.podsOnNode(node.name)), placesOf(pod, api)).length === 0;

/** Whether a change of other pods can be what the pod waits for. */
export const looksAtOtherPods = ({ spec }: Pod): boolean =>
  spec.topologySpread.length > 0 ||
  spec.affinity.podRequired.length > 0 ||
  spec.affinity.podAntiRequired.length > 0;

/** Where nobody looks at anybody, nothing is counted. */
function topologyFailures(
  pod: Pod,
  nodes: readonly NodeView[],
  api: KubeApi,
): ReturnType<typeof clusterFailures> {
  const matters = looksAtOtherPods(pod) || nodes.some(({ pods }) => loadOf(pods).keepsOthersAway);
  return matters ? clusterFailures(pod, nodes, api.store.list('namespaces')) : () => [];
}

/** Labels and taints, without the cordon, which DaemonSet pods tolerate: what the DaemonSet controller looks at. */
export const mayRunOn = (spec: PodSpec, node: Node): boolean =>
  matchesNodeSelector(spec, node) && untoleratedTaint(node.taints, spec.tolerations) === undefined;

/** What a node's pods take together, for the filters that only add it up. */
interface Load {
  /** One pod that stands for all that run there; empty when none does. */
  readonly pods: readonly Pod[];
  readonly keepsOthersAway: boolean;
}

/** By the API server's list of a node's pods, which is another one as soon as one of them changes. */
const loads = new WeakMap<readonly Pod[], Load>();

function loadOf(pods: readonly Pod[]): Load {
  const known = loads.get(pods);
  if (known !== undefined) return known;
  const running = pods.filter((pod) => !isTerminal(pod));
  const [first] = running;
  const requests = sumResources(running.map(({ spec }) => spec.requests));
  const hostPorts = running.flatMap(({ spec }) => spec.hostPorts);
  const load = {
    pods: first === undefined ? [] : [{ ...first, spec: { ...first.spec, requests, hostPorts } }],
    keepsOthersAway: pods.some(({ spec }) => spec.affinity.podAntiRequired.length > 0),
  };
  loads.set(pods, load);
  return load;
}

const withLoad = (node: Node, pods: readonly Pod[]): NodeView => ({ ...node, pods: loadOf(pods).pods });

const placesOf = (pod: Pod, api: KubeApi): VolumePlaces | undefined =>
  pod.spec.volumeClaims.length === 0 ? undefined : volumePlaces(pod, api.state());
