/**
 * The packing problem that the greedy, the optimiser and the verifier share: integer arrays in, indices and reasons out.
 * It knows no Kubernetes word beyond the shape of its constraints. Built by `planning/compile`; nobody changes it.
 *
 * Every list is indexed by position; a `Mask` is a bitset over such positions. Amounts are non-negative integers below
 * 2^53, one per resource column; prices are micro-USD per hour.
 */
export interface Problem {
  /** Number of resource columns R. Every vector below has R entries per row. */
  readonly resources: number;
  readonly shapes: Shapes;
  readonly offerings: Offerings;
  /** Units left of each capacity reservation. */
  readonly reservations: readonly number[];
  readonly overheadGroups: readonly OverheadGroup[];
  readonly pools: readonly Pool[];
  /** Number of domains of each topology key. A node's own host is no key here: see `HOST_KEY`. */
  readonly topologyDomains: readonly number[];
  readonly groups: readonly Group[];
  readonly items: readonly Item[];
  readonly bins: readonly Bin[];
}

/** Bitset: bit i of word i >>> 5. */
export type Mask = Uint32Array;

/** The topology key whose domains are the nodes themselves: each bin, and each new node, is its own domain. */
export const HOST_KEY = -1;

/** What a node offers, row by row; several offerings share a shape. */
export interface Shapes {
  readonly count: number;
  /** S × R: for pods. */
  readonly allocatable: Float64Array;
  /** S × R: what pool limits count. */
  readonly capacity: Float64Array;
  /** Per driver index, S numbers of volumes a new node can attach; -1 and a missing driver: no limit. */
  readonly volumeLimits: readonly Int32Array[];
}

/** Columns over offerings. An offering is one pool's view of one type × zone × capacity type × label variant. */
export interface Offerings {
  readonly count: number;
  readonly price: Float64Array;
  readonly shape: Int32Array;
  readonly pool: Int32Array;
  /** DaemonSets that a node of this offering carries. */
  readonly overheadGroup: Int32Array;
  /** Offerings that cannot be one node's alternatives (another label variant) have different variants. */
  readonly variant: Int32Array;
  /** Purchase classes in order of choice: 0 reserved, 1 spot, 2 on demand. A launch uses one class. */
  readonly purchase: Int32Array;
  /** Reservation index, or -1. */
  readonly reservation: Int32Array;
  /** 1 where the type is metal, GPU or accelerator: left out of a launch when others remain. */
  readonly exotic: Uint8Array;
  /** Per topology key: domain index of each offering, or -1 where the node would lack the label. */
  readonly domain: readonly Int32Array[];
  /** Per minValues key of any pool: value index of each offering, or -1. */
  readonly keyValue: readonly Int32Array[];
}

export interface OverheadGroup {
  /** R amounts. */
  readonly requests: Float64Array;
  readonly ports: readonly number[];
}

export interface Pool {
  /** Order of choice: lower first. Equal only for itself. */
  readonly rank: number;
  /** R amounts left under the pool's limits; Infinity where there is none. Nodes count `capacity`. */
  readonly limits: Float64Array;
  /** Nodes left under the pool's limit; Infinity where there is none. */
  readonly nodesLeft: number;
  readonly minValues: readonly { readonly key: number; readonly min: number }[];
  readonly minValuesPolicy: 'Strict' | 'BestEffort';
}

/**
 * Pods equal for scheduling. `order` holds one key per pod: the place of each in the queue of all pods of the problem,
 * so that interleaving with other items is exact. `levels[0]` has all preferences; each next one is one relaxation on.
 */
export interface Item {
  readonly requests: Float64Array;
  readonly order: Int32Array;
  readonly priority: number;
  readonly levels: readonly Level[];
  /** Groups whose selector matches these pods: placing one raises their counts. */
  readonly counted: readonly number[];
  /** Host ports as small integers; equal integers exclude each other. A wildcard address is compiled to all it covers. */
  readonly ports: readonly number[];
  /** Volume handles each pod attaches, per driver index. A handle shared by two pods is attached once. */
  readonly volumes: readonly { readonly driver: number; readonly handle: number }[];
}

export interface Level {
  /** ORed, in order: the first that works is taken (volume zones). Never empty. */
  readonly alternatives: readonly Alternative[];
  /** Groups that constrain these pods, with the domains among which they are counted. */
  readonly owned: readonly OwnedGroup[];
}

export interface Alternative {
  readonly offerings: Mask;
  readonly bins: Mask;
}

export interface OwnedGroup {
  readonly group: number;
  /** Domains that count for the pod: set for `spread`, absent for every domain and for HOST_KEY groups. */
  readonly eligible?: Mask;
}

/**
 * `spread`: counts of the counted pods may differ by `maxSkew` at most · `together`: a domain must already hold a counted
 * pod, or none does and the pod counts itself · `apart`: the domain holds no counted pod · `apart-inverse`: the group's
 * *owners* hold domains, and pods it counts must stay out of those: the other direction of `apart`.
 */
export interface Group {
  /** Topology key index, or HOST_KEY. */
  readonly key: number;
  readonly kind: 'spread' | 'together' | 'apart' | 'apart-inverse';
  readonly maxSkew: number;
  /** Fewer eligible domains than this and the minimum counts as zero. 0 where unset. */
  readonly minDomains: number;
  /** Per domain of the key: pods already there (counted pods; for `apart-inverse`, owners). Empty for HOST_KEY. */
  readonly counts: Int32Array;
  /** Per bin: the same for HOST_KEY groups. Empty otherwise. */
  readonly binCounts: Int32Array;
  /** Nodes whose pods count (nodeAffinityPolicy, nodeTaintsPolicy); absent means all. */
  readonly countingOfferings?: Mask;
  readonly countingBins?: Mask;
}

/** An existing or in-flight node: already paid for. In list order they are tried first. */
export interface Bin {
  readonly free: Float64Array;
  readonly price: number;
  /** Per topology key: domain index, or -1. */
  readonly domain: readonly number[];
  readonly ports: readonly number[];
  /** Attachments left per driver index; absent driver: no limit. */
  readonly volumeLimits: ReadonlyMap<number, number>;
  readonly volumes: readonly { readonly driver: number; readonly handle: number }[];
}
