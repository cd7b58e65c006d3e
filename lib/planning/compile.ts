// A provisioning decision's input as the solver's `Problem`, with the tables that turn its answer back into Kubernetes'
// terms. One file per part in `compile/`.
import { stableKey } from '../constraints/label-keys.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { CapacityType, InstanceType } from '../model/offering.ts';
import { isTerminal, type Pod } from '../model/pod.ts';
import { type ResourceList, sumResources } from '../model/resources.ts';
import { compareText } from '../model/stable-json.ts';
import type { Offerings, OverheadGroup, Pool, Problem, Shapes } from '../solver/index.ts';
import { binsOf } from './compile/bins.ts';
import { inQueueOrder, type PodClass, podClasses, rulesOfClass } from './compile/classes.ts';
import {
  type AttractedPods,
  attractedPods,
  type DaemonSetPod,
  daemonSetPlaces,
  daemonSetPods,
} from './compile/daemonsets.ts';
import { GroupTable } from './compile/groups.ts';
import { itemsOf } from './compile/items.ts';
import { locatedPods } from './compile/located.ts';
import { type OfferingTable, offeringTable } from './compile/offerings.ts';
import { PlaceIndex } from './compile/places.ts';
import { namedValues } from './compile/pools.ts';
import { PortIds } from './compile/ports.ts';
import { ResourceColumns } from './compile/resources.ts';
import { TopologyKeys } from './compile/topology.ts';
import { VolumeIds } from './compile/volume-ids.ts';
import { NodeVolumes, shapeVolumeLimits } from './compile/volume-limits.ts';
import type { RelaxationPolicy } from './relaxation.ts';
import type { ProvisioningInput } from './types.ts';
import { poolsThatBringVolumes } from './volumes-to-come.ts';

export interface Compiled {
  readonly problem: Problem;
  readonly input: ProvisioningInput;
  /** Names of the resource columns. */
  readonly resources: readonly string[];
  /** Pools and offering rows, by the problem's indices. */
  readonly table: OfferingTable;
  /** Pods by order key. */
  readonly queue: readonly Pod[];
  /** DaemonSet pods per overhead group. */
  readonly overhead: readonly (readonly DaemonSetPod[])[];
  readonly policy: RelaxationPolicy;
  /** Answers which places a requirement leaves, for explanations. */
  readonly places: PlaceIndex;
}

/** `pods` are those of the input that nothing refuses. */
export function compile(input: ProvisioningInput, pods: readonly Pod[]): Compiled {
  const queue = inQueueOrder(pods);
  const classes = podClasses(queue);
  const located = locatedPods(input);
  const running = located.pods.flatMap(({ pods: here }) => here);
  const exemplars = classes.map(({ exemplar }) => exemplar);
  const table = offeringTable(input, namedValues(exemplars, running));
  const places = new PlaceIndex(table, input.nodes, located.bins, located.others);
  const daemonSets = daemonSetPods(input.cluster);
  const attracted = daemonSetPlaces(daemonSets, places);
  const attractedBy = (kind: 'offerings' | 'bins', count: number): AttractedPods =>
    attractedPods(
      count,
      daemonSets,
      attracted.map((where) => where[kind]),
    );
  const overhead = attractedBy('offerings', table.rows.length);
  const policy = policyOf(input, table);
  const keys = new TopologyKeys(places);
  const groups = new GroupTable(places, keys, input.cluster.namespaces);
  const bringing = poolsThatBringVolumes(input.nodePools);
  const bound = classes.map((podClass) => {
    const rules = rulesOfClass(podClass, policy, input.cluster, bringing);
    return { podClass, rules, owned: rules.levels.map((level) => groups.ownedAt(level, podClass)) };
  });
  groups.addExistingOwners(located.pods, classes);
  groups.count(located.pods, input.nodes.length);
  const ports = new PortIds(allHostPorts(input, classes, daemonSets));
  const volumes = new VolumeIds();
  const columns = columnsOf(classes, daemonSets, table.pools);
  const minValueKeys = minValueKeysOf(table.pools);
  const items = itemsOf(bound, { columns, index: places, groups, ports, volumes });
  const problem: Problem = {
    resources: columns.names.length,
    ...offeringColumns(table, {
      overheadGroup: overhead.groupOf,
      columns,
      keys,
      minValueKeys,
      places,
      drivers: volumes.drivers(),
    }),
    reservations: [],
    overheadGroups: overhead.members.map((members) => overheadGroup(members, columns, ports)),
    pools: table.pools.map((pool, rank) => poolOf(pool, rank, input, columns, minValueKeys)),
    topologyDomains: keys.all().map(({ positions }) => positions.size),
    items,
    groups: groups.groups(),
    bins: binsOf(input.nodes, {
      columns,
      keys,
      ports,
      volumes: new NodeVolumes(volumes, input),
      daemonSets: attractedBy('bins', input.nodes.length),
    }),
  };
  return {
    problem,
    input,
    resources: columns.names,
    table,
    queue,
    overhead: overhead.members,
    policy,
    places,
  };
}

const policyOf = (input: ProvisioningInput, { pools }: OfferingTable): RelaxationPolicy => ({
  preferencePolicy: input.preferencePolicy,
  softTaints: [...pools.map(({ template }) => template), ...input.nodes].some(({ taints }) =>
    taints.some(({ effect }) => effect === 'PreferNoSchedule'),
  ),
});

function columnsOf(
  classes: readonly PodClass[],
  daemonSets: readonly DaemonSetPod[],
  pools: readonly NodePool[],
): ResourceColumns {
  return new ResourceColumns(
    [
      ...classes.flatMap(({ sizes }) => sizes.map(({ requests }) => requests)),
      ...daemonSets.map(({ spec }) => spec.requests),
    ],
    pools.map(({ limits }) => limits),
  );
}

function* allHostPorts(
  { nodes }: ProvisioningInput,
  classes: readonly PodClass[],
  daemonSets: readonly DaemonSetPod[],
): Generator<Pod['spec']['hostPorts'][number]> {
  for (const { exemplar } of classes) yield* exemplar.spec.hostPorts;
  for (const { spec } of daemonSets) yield* spec.hostPorts;
  for (const { pods } of nodes) {
    for (const pod of pods) if (pod.spec.hostPorts.length > 0 && !isTerminal(pod)) yield* pod.spec.hostPorts;
  }
}

const overheadGroup = (
  members: readonly DaemonSetPod[],
  columns: ResourceColumns,
  ports: PortIds,
): OverheadGroup => ({
  requests: columns.row(sumResources(members.map(({ spec }) => spec.requests))),
  ports: ports.of(members.flatMap(({ spec }) => spec.hostPorts)),
});

const minValueKeysOf = (pools: readonly NodePool[]): string[] => {
  const counted = pools.flatMap(({ template }) =>
    template.requirements.filter(({ minValues }) => minValues !== undefined),
  );
  return [...new Set(counted.map(({ key }) => stableKey(key)))].sort(compareText);
};

function poolOf(
  pool: NodePool,
  rank: number,
  input: ProvisioningInput,
  columns: ResourceColumns,
  minValueKeys: readonly string[],
): Pool {
  const left = limitsLeft(pool, input.usage[pool.name] ?? {});
  // Over any limit a pool adds no node at all, not even one without that resource (karpenter `provisioner.go`, `Create`).
  const isOver = Object.values(left).some((amount) => amount < 0);
  return {
    rank,
    limits: columns.row(left, Number.POSITIVE_INFINITY),
    nodesLeft: isOver ? 0 : (left['nodes'] ?? Number.POSITIVE_INFINITY),
    minValues: pool.template.requirements.flatMap(({ key, minValues }) =>
      minValues === undefined ? [] : [{ key: minValueKeys.indexOf(stableKey(key)), min: minValues }],
    ),
    minValuesPolicy: input.minValuesPolicy,
  };
}

/** What a pool may still grow by, for the resources it limits, by name. Below zero where it is over its limit already. */
export const limitsLeft = ({ limits }: NodePool, usage: ResourceList): ResourceList =>
  Object.fromEntries(
    Object.keys(limits)
      .sort(compareText)
      .map((name) => [name, (limits[name] ?? 0) - (usage[name] ?? 0)]),
  );

interface ColumnParts {
  readonly overheadGroup: Int32Array;
  readonly columns: ResourceColumns;
  readonly keys: TopologyKeys;
  readonly minValueKeys: readonly string[];
  readonly places: PlaceIndex;
  /** Of the pending pods' volumes, by index. */
  readonly drivers: readonly string[];
}

const PURCHASE: Readonly<Record<CapacityType, number>> = { reserved: 0, spot: 1, 'on-demand': 2 };

function offeringColumns(
  { rows }: OfferingTable,
  parts: ColumnParts,
): { shapes: Shapes; offerings: Offerings } {
  const shapes = new Map<InstanceType, number>();
  for (const { type } of rows) if (!shapes.has(type)) shapes.set(type, shapes.size);
  const types = [...shapes.keys()];
  return {
    shapes: {
      count: types.length,
      allocatable: parts.columns.matrix(types.map(({ allocatable }) => allocatable)),
      capacity: parts.columns.matrix(types.map(({ capacity }) => capacity)),
      volumeLimits: shapeVolumeLimits(types, parts.drivers),
    },
    offerings: {
      count: rows.length,
      price: Float64Array.from(rows, ({ offering }) => offering.priceMicroUsdPerHour),
      shape: Int32Array.from(rows, ({ type }) => shapes.get(type) ?? 0),
      pool: Int32Array.from(rows, ({ pool }) => pool),
      overheadGroup: parts.overheadGroup,
      variant: Int32Array.from(rows, ({ variant }) => variant),
      purchase: Int32Array.from(rows, ({ offering }) => PURCHASE[offering.capacityType]),
      reservation: new Int32Array(rows.length).fill(-1),
      exotic: Uint8Array.from(rows, ({ type }) => (type.exotic ? 1 : 0)),
      domain: parts.keys.all().map(({ rows: domains }) => domains),
      keyValue: parts.minValueKeys.map((key) => {
        const { labels, index } = parts.places.labelsOf(key).rows;
        return index.map((label) => (labels[label] === undefined ? -1 : label));
      }),
    },
  };
}
