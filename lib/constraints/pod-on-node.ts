// May this pod run on this node? The filters of kube-scheduler that need nothing but the two; those that look at the whole
// cluster are in `cluster-filters.ts`. Reasons are kube-scheduler's own words. Source: Kubernetes plugins
// `nodeunschedulable`, `tainttoleration`, `nodeaffinity`, `nodeports`, `noderesources` (`fit.go`) and `volumebinding`.
import { isTerminal, type Pod } from '../model/pod.ts';
import { lackingResources, type ResourceList, subtractResources, sumResources } from '../model/resources.ts';
import type { Taint } from '../model/taint.ts';
import { anyPortsConflict } from './host-ports.ts';
import { matchesNodeSelector } from './node-selector.ts';
import { admitsLabels } from './requirements.ts';
import { taintText, tolerates, untoleratedTaint } from './taints.ts';
import type { VolumePlaces } from './volumes.ts';

/** What a filter reads of a node. `pods` are those bound or promised to it; terminal ones count for nothing. */
export interface NodeView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable?: boolean;
  readonly allocatable: ResourceList;
  readonly pods: readonly Pod[];
}

export interface FilterFailure {
  readonly plugin:
    | 'NodeUnschedulable'
    | 'TaintToleration'
    | 'NodeAffinity'
    | 'NodePorts'
    | 'NodeResourcesFit'
    | 'VolumeBinding'
    | 'PodTopologySpread'
    | 'InterPodAffinity';
  readonly reason: string;
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Every node-local filter that refuses the pod; empty means it fits. `places` is what the pod's volumes ask of a node. */
export function nodeFailures(pod: Pod, node: NodeView, places?: VolumePlaces): FilterFailure[] {
  const failures: FilterFailure[] = [];
  const { tolerations } = pod.spec;
  if (
    node.unschedulable === true &&
    !tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE))
  ) {
    failures.push({ plugin: 'NodeUnschedulable', reason: 'node(s) were unschedulable' });
  }
  const taint = untoleratedTaint(node.taints, tolerations);
  if (taint !== undefined) {
    const reason = `node(s) had untolerated taint {${taintText(taint)}}`;
    failures.push({ plugin: 'TaintToleration', reason });
  }
  if (!matchesNodeSelector(pod.spec, node)) {
    const reason = "node(s) didn't match Pod's node affinity/selector";
    failures.push({ plugin: 'NodeAffinity', reason });
  }
  const here = node.pods.filter((other) => !isTerminal(other));
  if (
    anyPortsConflict(
      pod.spec.hostPorts,
      here.flatMap((other) => other.spec.hostPorts),
    )
  ) {
    const reason = "node(s) didn't have free ports for the requested pod ports";
    failures.push({ plugin: 'NodePorts', reason });
  }
  for (const name of lackingResources(pod.spec.requests, freeResources(node))) {
    const reason = name === 'pods' ? 'Too many pods' : `Insufficient ${name}`;
    failures.push({ plugin: 'NodeResourcesFit', reason });
  }
  const volumes = volumeFailure(node, places);
  return volumes === undefined ? failures : [...failures, volumes];
}

/** Allocatable less the requests of the pods there; below zero where a node is overcommitted. */
export const freeResources = (node: Pick<NodeView, 'allocatable' | 'pods'>): ResourceList =>
  subtractResources(
    node.allocatable,
    sumResources(node.pods.filter((pod) => !isTerminal(pod)).map((pod) => pod.spec.requests)),
  );

function volumeFailure(node: NodeView, places: VolumePlaces | undefined): FilterFailure | undefined {
  if (places === undefined) return undefined;
  if (places.kind === 'refused') return { plugin: 'VolumeBinding', reason: places.reason };
  if (places.alternatives.some((alternative) => admitsLabels(alternative, node.labels))) return undefined;
  return { plugin: 'VolumeBinding', reason: 'node(s) had volume node affinity conflict' };
}
