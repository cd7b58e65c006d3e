// A provisioning decision's input as the solver's `Problem`, with the tables that turn its answer back into Kubernetes'
// terms. One file per part in `compile/`.
import { stableKey } from '../constraints/label-keys.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { CapacityType, InstanceType } from '../model/offering.ts';
import { isTerminal, type Pod } from '../model/pod.ts';
import { type ResourceList, subtractResources, sumResources } from '../model/resources.ts';
import { compareText } from '../model/stable-json.ts';
import type { Offerings, OverheadGroup, Pool, Problem, Shapes } from '../solver/index.ts';
import { binsOf } from './compile/bins.ts';
import { inQueueOrder, podClasses } from './compile/classes.ts';
import { type DaemonSetPod, daemonSetPlaces, daemonSetPods, overheadGroups } from './compile/daemonsets.ts';
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
import type { RelaxationPolicy } from './relaxation.ts';
import type { ProvisioningInput } from './types.ts';

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
  const table = offeringTable(input, namedValues(queue));
  const places = new PlaceIndex(table, input.nodes);
  const daemonSets = daemonSetPods(input.cluster);
  const attracted = daemonSetPlaces(daemonSets, places);
  const overhead = overheadGroups(table, daemonSets, attracted);
  const policy = {
    preferencePolicy: input.preferencePolicy,
    softTaints: table.pools.some(({ template }) =>
      template.taints.some(({ effect }) => effect === 'PreferNoSchedule'),
    ),
  };
  const classes = podClasses(queue, policy, input.cluster);
  const keys = new TopologyKeys(places);
  const groups = new GroupTable(places, keys, input.cluster.namespaces);
  const owned = classes.map((podClass) => podClass.levels.map((level) => groups.ownedAt(level, podClass)));
  const located = locatedPods(input);
  groups.addExistingOwners(located, classes);
  const ports = new PortIds(allHostPorts(input, queue, daemonSets));
  const volumes = new VolumeIds();
  const columns = columnsOf(queue, daemonSets, table.pools);
  const minValueKeys = minValueKeysOf(table.pools);
  const problem: Problem = {
    resources: columns.names.length,
    ...offeringColumns(table, { overheadGroup: overhead.groupOf, columns, keys, minValueKeys, places }),
    reservations: [],
    overheadGroups: overhead.members.map((members) => overheadGroup(members, columns, ports)),
    pools: table.pools.map((pool, rank) => poolOf(pool, rank, input, columns, minValueKeys)),
    topologyDomains: keys.all().map(({ positions }) => positions.size),
    items: itemsOf(classes, owned, { columns, index: places, groups, ports, volumes }),
    groups: groups.build(located, input.nodes.length),
    bins: binsOf(input.nodes, {
      cluster: input.cluster,
      columns,
      keys,
      ports,
      volumes,
      daemonSets,
      daemonSetPlaces: attracted,
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

function columnsOf(
  queue: readonly Pod[],
  daemonSets: readonly DaemonSetPod[],
  pools: readonly NodePool[],
): ResourceColumns {
  const requested = [...queue, ...daemonSets].map(({ spec }) => spec.requests);
  return new ResourceColumns(
    requested,
    pools.map(({ limits }) => limits),
  );
}

function* allHostPorts(
  { nodes }: ProvisioningInput,
  queue: readonly Pod[],
  daemonSets: readonly DaemonSetPod[],
): Generator<Pod['spec']['hostPorts'][number]> {
  const bound = nodes.flatMap(({ pods }) => pods.filter((pod) => !isTerminal(pod)));
  for (const { spec } of [...queue, ...daemonSets, ...bound]) yield* spec.hostPorts;
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
  return {
    rank,
    limits: columns.row(left, Number.POSITIVE_INFINITY),
    nodesLeft: Math.max(0, left['nodes'] ?? Number.POSITIVE_INFINITY),
    minValues: pool.template.requirements.flatMap(({ key, minValues }) =>
      minValues === undefined ? [] : [{ key: minValueKeys.indexOf(stableKey(key)), min: minValues }],
    ),
    minValuesPolicy: input.minValuesPolicy,
  };
}

/** What a pool may still grow by, for the resources it limits. Below zero where it is over its limit already. */
export const limitsLeft = (pool: NodePool, usage: ResourceList): ResourceList =>
  Object.fromEntries(
    Object.entries(subtractResources(pool.limits, usage)).filter(([name]) => name in pool.limits),
  );

interface ColumnParts {
  readonly overheadGroup: Int32Array;
  readonly columns: ResourceColumns;
  readonly keys: TopologyKeys;
  readonly minValueKeys: readonly string[];
  readonly places: PlaceIndex;
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
      volumeLimits: [],
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
