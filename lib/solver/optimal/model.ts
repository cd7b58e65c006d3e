/**
 * The problem as the optimiser sees it. Everything that looks at other nodes is decided: each lot of pods has its
 * relaxation level and the domains it may be in, and what is left are rules within one node. So any packing of classes on
 * kinds that keeps those rules is a plan.
 */
import type { Mask, Problem } from '../problem.ts';
import type { BinPlacement, Placement } from '../solution.ts';
import type { Kinds } from './kinds.ts';

export interface Model {
  readonly problem: Problem;
  /** Columns of every amount here: the problem's resources, then one per driver whose volumes some pod attaches. */
  readonly columns: number;
  readonly kinds: Kinds;
  readonly lots: readonly Lot[];
  readonly classes: Classes;
  /** Pods that stay on the bins where the greedy put them. */
  readonly fixed: readonly BinPlacement[];
  /** Per bin: what those pods leave. Some amounts may be below zero. */
  readonly room: readonly Float64Array[];
}

/** Pods of one item that were decided alike, or a bundle of pods that must share a node. */
export interface Lot {
  readonly item: number;
  /** The relaxation level at which a new node takes its pods. */
  readonly level: number;
  /** Order keys of the pods, in the order in which they are handed out. Empty for a bundle. */
  readonly orders: Int32Array;
  /** Pods that go on one node, as one unit. */
  readonly bundle?: readonly Placement[];
  /** Amounts per unit. */
  readonly requests: Float64Array;
  /** Offerings that a unit may be on, after everything that was decided. */
  readonly offerings: Mask;
  /** Bins that a unit may be moved to. */
  readonly bins: Mask;
  readonly sharing: Sharing;
}

/** What a unit of a lot does to a new node beside using resources. Lots with the same rules share one object. */
export interface Sharing {
  /** Counters it raises, ascending; and by how much. */
  readonly counters: readonly number[];
  readonly amounts: readonly number[];
  /** Marks it puts on its node, and marks it cannot be beside. Ascending. */
  readonly marks: readonly number[];
  readonly shuns: readonly number[];
}

/** Lots that the phases treat alike: the same offerings, bins and rules, and near requests. */
export interface Classes {
  readonly count: number;
  /** C × columns. At least what any of its units asks for. */
  readonly requests: Float64Array;
  /** Units of class c are `lotOf[start[c]]` up to `lotOf[start[c + 1]]`: the lot of each, the larger ones first. */
  readonly start: Int32Array;
  readonly lotOf: Int32Array;
  /** 1 where all units of the class ask for the same. */
  readonly uniform: Uint8Array;
  /** C × K: 1 where a unit of the class may be on the kind and fits it alone. */
  readonly fits: Uint8Array;
  /** Per class, the bins its units may be on. */
  readonly bins: readonly Mask[];
  readonly sharing: readonly Sharing[];
  /** What a new node allows of each counter. */
  readonly counterLimits: Int32Array;
  /** Per class, the classes it cannot share a new node with; absent where there are none. */
  readonly apart: readonly (Mask | undefined)[];
}

/** Equal nodes: so many units of so many classes on each. */
export interface Run {
  readonly kind: number;
  readonly times: number;
  readonly classes: readonly number[];
  readonly counts: readonly number[];
}

/** Nodes for what bins leave. Each class's units are handed out in its order, run by run. */
export interface Packing {
  readonly runs: readonly Run[];
  /** Where units were chosen one by one: the order to hand them out in, in place of the classes' `lotOf`. */
  readonly lotOf?: Int32Array;
  /** Sum of the kinds' cost. */
  readonly cost: number;
  /** Units that are on no node. */
  readonly unplaced: number;
}
