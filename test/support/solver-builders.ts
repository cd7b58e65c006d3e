/** Hand-made packing problems: small specs with defaults, turned into the solver's arrays. */
import {
  type Bin,
  fullMask,
  type Group,
  HOST_KEY,
  type Item,
  type Level,
  type Mask,
  maskOf,
  type Offerings,
  type Pool,
  type Problem,
  type Solution,
} from '../../lib/solver/index.ts';

export interface ShapeSpec {
  readonly allocatable: readonly number[];
  /** As allocatable unless given. */
  readonly capacity?: readonly number[];
  /** Per driver; none unless given. */
  readonly volumeLimits?: readonly number[];
}

export interface OfferingSpec {
  readonly shape?: number;
  readonly price?: number;
  readonly pool?: number;
  readonly variant?: number;
  readonly overheadGroup?: number;
  readonly purchase?: number;
  readonly reservation?: number;
  readonly exotic?: boolean;
  /** Per topology key. */
  readonly domains?: readonly number[];
  /** Per minValues key. */
  readonly values?: readonly number[];
}

export interface PoolSpec extends Partial<Omit<Pool, 'limits'>> {
  readonly limits?: readonly number[];
}

export interface LevelSpec {
  readonly alternatives?: readonly {
    readonly offerings?: readonly number[];
    readonly bins?: readonly number[];
  }[];
  readonly owned?: readonly { readonly group: number; readonly eligible?: readonly number[] }[];
}

export interface ItemSpec extends Partial<Omit<Item, 'requests' | 'order' | 'levels'>> {
  readonly requests?: readonly number[];
  readonly count?: number;
  /** Given for all items or for none: then pods are queued in the order of the list. */
  readonly order?: readonly number[];
  readonly levels?: readonly LevelSpec[];
}

export interface GroupSpec
  extends Partial<Omit<Group, 'counts' | 'binCounts' | 'countingOfferings' | 'countingBins'>> {
  readonly counts?: readonly number[];
  readonly binCounts?: readonly number[];
  readonly countingOfferings?: readonly number[];
  readonly countingBins?: readonly number[];
}

export interface BinSpec extends Partial<Omit<Bin, 'free' | 'volumeLimits'>> {
  readonly free?: readonly number[];
  readonly volumeLimits?: readonly (readonly [driver: number, left: number])[];
}

export interface ProblemSpec {
  readonly resources?: number;
  readonly shapes?: readonly ShapeSpec[];
  readonly offerings?: readonly OfferingSpec[];
  readonly reservations?: readonly number[];
  readonly overheadGroups?: readonly {
    readonly requests: readonly number[];
    readonly ports?: readonly number[];
  }[];
  readonly pools?: readonly PoolSpec[];
  readonly topologyDomains?: readonly number[];
  readonly groups?: readonly GroupSpec[];
  readonly items?: readonly ItemSpec[];
  readonly bins?: readonly BinSpec[];
}

/** By default: one resource, one shape of 10, one offering of price 100, one pool without limits, one pod of 1. */
export function aProblem(spec: ProblemSpec = {}): Problem {
  const resources = spec.resources ?? 1;
  const shapes = spec.shapes ?? [{ allocatable: [10] }];
  const offerings = spec.offerings ?? [{}];
  const bins = spec.bins ?? [];
  const topologyDomains = spec.topologyDomains ?? [];
  const groups = spec.groups ?? [];
  return {
    resources,
    shapes: {
      count: shapes.length,
      allocatable: Float64Array.from(shapes.flatMap(({ allocatable }) => allocatable)),
      capacity: Float64Array.from(shapes.flatMap(({ allocatable, capacity }) => capacity ?? allocatable)),
      volumeLimits: volumeLimits(shapes),
    },
    offerings: offeringColumns(offerings, topologyDomains.length),
    reservations: spec.reservations ?? [],
    overheadGroups: (spec.overheadGroups ?? [{ requests: zeros(resources) }]).map(({ requests, ports }) => ({
      requests: Float64Array.from(requests),
      ports: ports ?? [],
    })),
    pools: (spec.pools ?? [{}]).map((pool, rank) => aPool(pool, rank, resources)),
    topologyDomains,
    groups: groups.map((group) => aGroup(group, topologyDomains, bins.length, offerings.length)),
    items: itemsOf(spec.items ?? [{}], resources, offerings.length, bins.length, topologyDomains, groups),
    bins: bins.map((bin) => aBin(bin, resources, topologyDomains.length)),
  };
}

function volumeLimits(shapes: readonly ShapeSpec[]): Int32Array[] {
  const drivers = Math.max(0, ...shapes.map((shape) => shape.volumeLimits?.length ?? 0));
  return Array.from({ length: drivers }, (_, driver) =>
    Int32Array.from(shapes, (shape) => shape.volumeLimits?.[driver] ?? -1),
  );
}

function offeringColumns(specs: readonly OfferingSpec[], keys: number): Offerings {
  const column = (of: (spec: OfferingSpec, index: number) => number) => Int32Array.from(specs, of);
  const valueKeys = Math.max(0, ...specs.map(({ values }) => values?.length ?? 0));
  return {
    count: specs.length,
    price: Float64Array.from(specs, ({ price }) => price ?? 100),
    shape: column(({ shape }) => shape ?? 0),
    pool: column(({ pool }) => pool ?? 0),
    variant: column(({ variant }) => variant ?? 0),
    overheadGroup: column(({ overheadGroup }) => overheadGroup ?? 0),
    purchase: column(({ purchase }) => purchase ?? 2),
    reservation: column(({ reservation }) => reservation ?? -1),
    exotic: Uint8Array.from(specs, ({ exotic }) => (exotic ? 1 : 0)),
    domain: Array.from({ length: keys }, (_, key) => column(({ domains }) => domains?.[key] ?? 0)),
    keyValue: Array.from({ length: valueKeys }, (_, key) => column(({ values }) => values?.[key] ?? -1)),
  };
}

function aPool({ limits, ...spec }: PoolSpec, rank: number, resources: number): Pool {
  return {
    rank,
    nodesLeft: Number.POSITIVE_INFINITY,
    minValues: [],
    minValuesPolicy: 'Strict',
    ...spec,
    limits: limits ? Float64Array.from(limits) : new Float64Array(resources).fill(Number.POSITIVE_INFINITY),
  };
}

function aGroup(spec: GroupSpec, domains: readonly number[], bins: number, offerings: number): Group {
  const { counts, binCounts, countingOfferings, countingBins, ...rest } = spec;
  const key = spec.key ?? HOST_KEY;
  const isHost = key === HOST_KEY;
  return {
    kind: 'spread',
    maxSkew: 1,
    minDomains: 0,
    ...rest,
    key,
    counts: Int32Array.from(counts ?? zeros(isHost ? 0 : (domains[key] ?? 0))),
    binCounts: Int32Array.from(binCounts ?? zeros(isHost ? bins : 0)),
    ...(countingOfferings && { countingOfferings: maskOf(offerings, countingOfferings) }),
    ...(countingBins && { countingBins: maskOf(bins, countingBins) }),
  };
}

function aBin({ free, volumeLimits, ...spec }: BinSpec, resources: number, keys: number): Bin {
  return {
    price: 0,
    domain: zeros(keys),
    ports: [],
    volumes: [],
    ...spec,
    free: Float64Array.from(free ?? Array.from({ length: resources }, () => 10)),
    volumeLimits: new Map(volumeLimits),
  };
}

function itemsOf(
  specs: readonly ItemSpec[],
  resources: number,
  offerings: number,
  bins: number,
  domains: readonly number[],
  groups: readonly GroupSpec[],
): Item[] {
  let next = 0;
  return specs.map(({ requests, count, order, levels, ...spec }) => ({
    priority: 0,
    counted: [],
    ports: [],
    volumes: [],
    ...spec,
    requests: Float64Array.from(requests ?? Array.from({ length: resources }, () => 1)),
    order: Int32Array.from(order ?? Array.from({ length: count ?? 1 }, () => next++)),
    levels: (levels ?? [{}]).map((level) => aLevel(level, offerings, bins, domains, groups)),
  }));
}

function aLevel(
  { alternatives, owned }: LevelSpec,
  offeringCount: number,
  binCount: number,
  domains: readonly number[],
  groups: readonly GroupSpec[],
): Level {
  const some = (size: number, positions?: readonly number[]): Mask =>
    positions ? maskOf(size, positions) : fullMask(size);
  return {
    alternatives: (alternatives ?? [{}]).map(({ offerings, bins }) => ({
      offerings: some(offeringCount, offerings),
      bins: some(binCount, bins),
    })),
    owned: (owned ?? []).map(({ group, eligible }) => {
      const key = groups[group]?.key ?? HOST_KEY;
      return key === HOST_KEY ? { group } : { group, eligible: some(domains[key] ?? 0, eligible) };
    }),
  };
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

/** Per new node, the order keys of its pods. */
export function podsPerNode(solution: Solution): number[][] {
  return solution.nodes.map(({ placements }) => placements.map(({ order }) => order));
}
