// Existing and in-flight nodes as the solver's bins.
import { type VolumeState, volumePlaces } from '../../constraints/volumes.ts';
import { isTerminal, type Pod } from '../../model/pod.ts';
import { subtractResources, sumResources } from '../../model/resources.ts';
import type { ClusterState } from '../../model/snapshot.ts';
import type { Bin } from '../../solver/index.ts';
import type { PlanningNode } from '../types.ts';
import { type DaemonSetPod, remainingOnNode } from './daemonsets.ts';
import type { Places } from './places.ts';
import type { PortIds } from './ports.ts';
import type { ResourceColumns } from './resources.ts';
import type { TopologyKeys } from './topology.ts';
import type { VolumeIds } from './volume-ids.ts';

export interface BinParts {
  readonly cluster: VolumeState & Pick<ClusterState, 'csiNodes'>;
  readonly columns: ResourceColumns;
  readonly keys: TopologyKeys;
  readonly ports: PortIds;
  readonly volumes: VolumeIds;
  readonly daemonSets: readonly DaemonSetPod[];
  readonly daemonSetPlaces: readonly Places[];
}

/** One bin per node, in the same order. */
export function binsOf(nodes: readonly PlanningNode[], parts: BinParts): Bin[] {
  const limitsOf = new Map(parts.cluster.csiNodes.map(({ nodeName, limits }) => [nodeName, limits]));
  return nodes.map((node, bin) => {
    const here = node.pods.filter((pod) => !isTerminal(pod));
    const { missing, requests } = remainingOnNode(node, bin, parts.daemonSets, parts.daemonSetPlaces);
    const used = sumResources([...here.map(({ spec }) => spec.requests), requests]);
    const limits = limitsOf.get(node.name);
    return {
      free: parts.columns.row(subtractResources(node.allocatable, used)),
      price: node.priceMicroUsdPerHour,
      domain: parts.keys.all().map(({ nodes: domains }) => domains[bin] ?? -1),
      ports: parts.ports.of([...here, ...missing].flatMap(({ spec }) => spec.hostPorts)),
      ...(limits === undefined
        ? { volumeLimits: new Map<number, number>(), volumes: [] }
        : attachments(here, limits, parts)),
    };
  });
}

/** Attachments left per driver: what the node can take less the distinct volumes on it. */
function attachments(
  here: readonly Pod[],
  limits: Readonly<Record<string, number>>,
  { cluster, volumes }: BinParts,
): Pick<Bin, 'volumeLimits' | 'volumes'> {
  const attached = volumes.of(
    here.flatMap((pod) => {
      const places = volumePlaces(pod, cluster);
      return places.kind === 'places' ? places.uses : [];
    }),
  );
  const left = new Map<number, number>();
  for (const [name, limit] of Object.entries(limits)) {
    const driver = volumes.driver(name);
    const taken = attached.filter((volume) => volume.driver === driver).length;
    left.set(driver, Math.max(0, limit - taken));
  }
  return { volumeLimits: left, volumes: attached };
}
