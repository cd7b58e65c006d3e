// Existing and in-flight nodes as the solver's bins.
import { isDaemonSetPod, isTerminal, type Pod } from '../../model/pod.ts';
import type { Bin } from '../../solver/index.ts';
import type { PlanningNode } from '../types.ts';
import type { AttractedPods, DaemonSetPod } from './daemonsets.ts';
import type { PortIds } from './ports.ts';
import type { ResourceColumns } from './resources.ts';
import type { TopologyKeys } from './topology.ts';
import type { NodeVolumes } from './volume-limits.ts';

export interface BinParts {
  readonly columns: ResourceColumns;
  readonly keys: TopologyKeys;
  readonly ports: PortIds;
  readonly volumes: NodeVolumes;
  /** Of the nodes. */
  readonly daemonSets: AttractedPods;
}

/** One bin per node, in the same order. */
export function binsOf(nodes: readonly PlanningNode[], parts: BinParts): Bin[] {
  const { columns, keys, ports, volumes, daemonSets } = parts;
  const wanted = daemonSets.members.map((pods) => {
    const sum = columns.row({});
    for (const { spec } of pods) columns.addTo(sum, spec.requests, 1);
    return sum;
  });
  const domains = keys.all().map(({ bins }) => bins);
  return nodes.map((node, bin) => {
    const group = daemonSets.groupOf[bin] ?? 0;
    const here = node.pods.filter((pod) => !isTerminal(pod));
    return {
      free: freeOn(node, here, wanted[group] ?? columns.row({}), columns),
      price: node.priceMicroUsdPerHour,
      domain: domains.map((ofBins) => ofBins[bin] ?? -1),
      ports: ports.of(hostPorts(here, daemonSets.members[group] ?? [])),
      ...volumes.left(node, here),
    };
  });
}

/**
 * Allocatable less the requests of the pods there and what DaemonSets are still to request beyond those on the node.
 * Source: karpenter `scheduling/existingnode.go`.
 */
function freeOn(
  { allocatable }: PlanningNode,
  here: readonly Pod[],
  wanted: Float64Array,
  columns: ResourceColumns,
): Float64Array {
  const free = columns.row(allocatable);
  const missing = wanted.slice();
  for (const pod of here) {
    columns.addTo(free, pod.spec.requests, -1);
    if (isDaemonSetPod(pod)) columns.addTo(missing, pod.spec.requests, -1);
  }
  return free.map((amount, column) => Math.max(0, amount - Math.max(0, missing[column] ?? 0)));
}

/** Those of the pods there, and of the DaemonSets whose pod is still to come. */
function hostPorts(here: readonly Pod[], expected: readonly DaemonSetPod[]): Pod['spec']['hostPorts'] {
  const missing = expected.filter(
    ({ uid, spec }) => spec.hostPorts.length > 0 && !here.some(({ owner }) => owner?.uid === uid),
  );
  const holders = [...here.filter(({ spec }) => spec.hostPorts.length > 0), ...missing];
  return holders.length === 0 ? [] : holders.flatMap(({ spec }) => spec.hostPorts);
}
