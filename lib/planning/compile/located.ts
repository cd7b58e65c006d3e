// Where the pods of the cluster are, for topology counts: on nodes that may take pods (bins) and on all others.
import { withStableKeys } from '../../constraints/label-keys.ts';
import { TAINT } from '../../model/labels.ts';
import type { Node } from '../../model/node.ts';
import { isTerminal, type Pod } from '../../model/pod.ts';
import type { Taint } from '../../model/taint.ts';
import type { ProvisioningInput } from '../types.ts';

export interface StandingNode {
  readonly name: string;
  /** By stable key. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Its instance may not be there yet, by which labels of the instance are missing that it will have. */
  readonly inFlight: boolean;
}

export interface LocatedPods {
  readonly node: StandingNode;
  /** Index of its bin, or -1 when the node takes no pods. */
  readonly bin: number;
  /** Those that count: neither ended nor ending, and not waiting for a place in this very plan. */
  readonly pods: readonly Pod[];
}

export interface Located {
  /** One per node of the input, in order. */
  readonly bins: readonly StandingNode[];
  /** Nodes that take no pods but stay: pods may not be placed there, but their domains are there to be counted. */
  readonly others: readonly StandingNode[];
  readonly pods: readonly LocatedPods[];
}

/** Source: karpenter `scheduling/topology.go` (`countDomains`). */
export function locatedPods(input: Pick<ProvisioningInput, 'nodes' | 'cluster' | 'pods'>): Located {
  const seen = new Set<string>(input.pods.map(({ uid }) => uid));
  const bins = input.nodes.map(({ name, labels, taints, inFlight }) => ({
    name,
    labels: withStableKeys(labels),
    taints,
    inFlight,
  }));
  const pods: LocatedPods[] = [];
  for (const [bin, node] of bins.entries()) {
    const here: Pod[] = [];
    for (const pod of input.nodes[bin]?.pods ?? []) {
      if (seen.has(pod.uid)) continue;
      seen.add(pod.uid);
      if (counts(pod)) here.push(pod);
    }
    if (here.length > 0) pods.push({ node, bin, pods: here });
  }
  const names = new Set(bins.map(({ name }) => name));
  const elsewhere = podsByNode(input.cluster.pods, seen);
  const others: StandingNode[] = [];
  for (const one of input.cluster.nodes) {
    const here = elsewhere.get(one.name);
    const isOther = !names.has(one.name) && !isLeaving(one);
    if (here === undefined && !isOther) continue;
    const { name, labels, taints } = one;
    const node = { name, labels: withStableKeys(labels), taints, inFlight: false };
    if (here !== undefined) pods.push({ node, bin: -1, pods: here });
    if (isOther) others.push(node);
  }
  return { bins, others, pods };
}

function podsByNode(pods: readonly Pod[], seen: ReadonlySet<string>): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (pod.nodeName === undefined || seen.has(pod.uid) || !counts(pod)) continue;
    const here = byNode.get(pod.nodeName);
    if (here === undefined) byNode.set(pod.nodeName, [pod]);
    else here.push(pod);
  }
  return byNode;
}

const counts = (pod: Pod): boolean => !isTerminal(pod) && pod.deletionAtMs === undefined;

/** Its domain goes with it. Source: karpenter `provisioner.go` (`StateNodes.Active`). */
const isLeaving = ({ deletionAtMs, taints }: Node): boolean =>
  deletionAtMs !== undefined || taints.some(({ key }) => key === TAINT.disrupted);
