import type { Mask } from './problem.ts';

/** A packing: where each pod goes. Pods are named by (item, order key). */
export interface Solution {
  readonly nodes: readonly NewNode[];
  /** Pods on existing bins. */
  readonly onBins: readonly BinPlacement[];
  readonly unplaced: readonly Unplaced[];
  /** Sum over new nodes of the cheapest offering they would be launched with. */
  readonly pricePerHour: number;
}

export interface Placement {
  readonly item: number;
  /** The pod's order key. */
  readonly order: number;
  /** The relaxation level it was placed at. */
  readonly level: number;
}

export interface NewNode {
  readonly pool: number;
  /** Every offering that fits all its pods and keeps every rule: the node's alternatives. Never empty. */
  readonly offerings: Mask;
  /** The alternatives of one purchase class after the exotic and spot-price rules, cheapest first; at most 600 types. */
  readonly ranked: Int32Array;
  readonly placements: readonly Placement[];
  /** R amounts: pods plus the overhead of the cheapest offering. */
  readonly requests: Float64Array;
}

export interface BinPlacement extends Placement {
  readonly bin: number;
}

/**
 * Why a pod found no place: one entry per pool in order of choice. Pools that would have taken a pod are left out, which
 * happens only to pods whose node the cut to the cheapest types ended.
 */
export interface Unplaced {
  readonly item: number;
  readonly order: number;
  readonly pools: readonly PoolRejection[];
}

export interface PoolRejection {
  readonly pool: number;
  readonly reason:
    | 'requirements' // no offering of the pool agrees with the pod
    | 'resources' // some agree, none is large enough even when empty
    | 'volumes' // some are large enough, none attaches as many volumes even when empty
    | 'limits' // large enough ones exceed what is left of the pool's limits
    | 'topology' // spread or affinity leaves no domain
    | 'ports'
    | 'min-values' // fewer distinct values are left than the pool asks for, at once or among the cheapest types
    | 'reservation';
  /** Offerings that were left before the rule named in `reason` excluded the rest. */
  readonly candidates: number;
  /** For `resources`: the column that excludes, what is asked (with overhead) and the largest there is. */
  readonly resource?: { readonly column: number; readonly requested: number; readonly largest: number };
  /** For `volumes`: the driver that excludes, how many volumes of it are asked for and the most that one node attaches. */
  readonly volumes?: { readonly driver: number; readonly asked: number; readonly most: number };
}
