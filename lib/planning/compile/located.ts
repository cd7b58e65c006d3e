// Where the pods of the cluster are, for topology counts: on nodes that may take pods (bins) and on all others.
import { withStableKeys } from '../../constraints/label-keys.ts';
import { isTerminal, type Pod } from '../../model/pod.ts';
import type { Taint } from '../../model/taint.ts';
import type { ProvisioningInput } from '../types.ts';

export interface Located {
  readonly pod: Pod;
  /** Index of its bin, or -1 when its node takes no pods. */
  readonly bin: number;
  readonly node: {
    readonly name: string;
    /** By stable key. */
    readonly labels: Readonly<Record<string, string>>;
    readonly taints: readonly Taint[];
  };
}

/** Pods that count: on a node, and neither ended nor ending. Source: karpenter `scheduling/topology.go` (`countDomains`). */
export function locatedPods(input: Pick<ProvisioningInput, 'nodes' | 'cluster'>): Located[] {
  const located: Located[] = [];
  const seen = new Set<string>();
  for (const [bin, { name, labels, taints, pods }] of input.nodes.entries()) {
    const node = { name, labels: withStableKeys(labels), taints };
    for (const pod of pods) {
      seen.add(pod.uid);
      if (counts(pod)) located.push({ pod, bin, node });
    }
  }
  const others = new Map(input.cluster.nodes.map((node) => [node.name, node]));
  for (const pod of input.cluster.pods) {
    const node = pod.nodeName === undefined ? undefined : others.get(pod.nodeName);
    if (node === undefined || seen.has(pod.uid) || !counts(pod)) continue;
    const { name, labels, taints } = node;
    located.push({ pod, bin: -1, node: { name, labels: withStableKeys(labels), taints } });
  }
  return located;
}

const counts = (pod: Pod): boolean => !isTerminal(pod) && pod.deletionAtMs === undefined;
