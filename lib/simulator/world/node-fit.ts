// kube-scheduler's filters over the whole cluster: which nodes can take a pod, and the reasons of the others.
import type { KubeApi } from '../../adapters/memory/kube-api.ts';
import { clusterFailures } from '../../constraints/cluster-filters.ts';
import { matchesNodeSelector } from '../../constraints/node-selector.ts';
import { type FilterFailure, type NodeView, nodeFailures } from '../../constraints/pod-on-node.ts';
import { untoleratedTaint } from '../../constraints/taints.ts';
import { type VolumePlaces, volumePlaces } from '../../constraints/volumes.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Node } from '../../model/node.ts';
import { isTerminal, type Pod, type PodSpec } from '../../model/pod.ts';
import { type ResourceList, sumResources } from '../../model/resources.ts';
import { compareText } from '../../model/stable-json.ts';

export interface Fit {
  /** Nodes with the pods bound to them, sorted by name. */
  readonly candidates: readonly NodeView[];
  /** kube-scheduler's message when there are none. */
  readonly message: string;
}

export function fittingNodes(pod: Pod, api: KubeApi): Fit {
  const nodes = api.nodes().map((node) => viewsOf(node, api));
  const places = placesOf(pod, api);
  const topology = topologyFailures(
    pod,
    nodes.map(({ view }) => view),
    api,
  );
  const failureOn = ({ view, loaded }: Views): FilterFailure | undefined => {
    const local = nodeFailures(pod, loaded, places);
    return (local.length > 0 ? local : topology(view))[0];
  };
  const roomy = nodes.filter(({ view }) => hasResources(pod, view));
  const candidates = roomy.filter((node) => failureOn(node) === undefined).map(({ view }) => view);
  // Why the others refuse is only told where all do.
  if (candidates.length > 0) return { candidates, message: '' };
  const refusals = groupBy(nodes, (node) => failureOn(node)?.reason);
  const reasons = [...refusals].map(([reason, here]) => `${here.length} ${reason}`).sort(compareText);
  return {
    candidates,
    message: `0/${nodes.length} nodes are available${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}.`,
  };
}

/** The first look at a node, as most are full: whether what the pod requests is free there. */
function hasResources(pod: Pod, { allocatable, pods }: NodeView): boolean {
  const { used } = loadOf(pods);
  return Object.entries(pod.spec.requests).every(
    ([name, amount]) => amount <= 0 || amount <= (allocatable[name] ?? 0) - (used[name] ?? 0),
  );
}

/** Whether this one node could take the pod, topology aside. */
export const hasRoomFor = (pod: Pod, node: Node, api: KubeApi): boolean =>
  nodeFailures(pod, viewsOf(node, api).loaded, placesOf(pod, api)).length === 0;

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
  readonly used: ResourceList;
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
    used: requests,
    pods: first === undefined ? [] : [{ ...first, spec: { ...first.spec, requests, hostPorts } }],
    keepsOthersAway: pods.some(({ spec }) => spec.affinity.podAntiRequired.length > 0),
  };
  loads.set(pods, load);
  return load;
}

/** A node with its pods, and with the one that stands for them. */
interface Views {
  readonly view: NodeView;
  readonly loaded: NodeView;
}

const views = new WeakMap<Node, Views>();

function viewsOf(node: Node, api: KubeApi): Views {
  const pods = api.podsOnNode(node.name);
  const known = views.get(node);
  if (known?.view.pods === pods) return known;
  const fresh = { view: { ...node, pods }, loaded: { ...node, pods: loadOf(pods).pods } };
  views.set(node, fresh);
  return fresh;
}

const placesOf = (pod: Pod, api: KubeApi): VolumePlaces | undefined =>
  pod.spec.volumeClaims.length === 0 ? undefined : volumePlaces(pod, api.state());
