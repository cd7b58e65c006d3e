/**
 * How plans are searched for and what they are compared by beside money; see docs/solver.md. They are part of a decision's
 * recorded input. What comes from outside is checked by `config/solver-settings.ts`.
 */
export interface SolverSettings {
  /** `greedy` is Karpenter's algorithm alone; `optimal` searches for something cheaper and proves how near it came. */
  readonly solver: SolverName;
  /** How much may be tried: a node filled, a pattern priced or a move of the local search is one. */
  readonly iterations: number;
  /** Draws of the local search. The same input and seed give the same plan. */
  readonly seed: number;
  readonly objective: ObjectiveSettings;
}

export const SOLVERS = ['optimal', 'greedy'] as const;
export type SolverName = (typeof SOLVERS)[number];

/** What a plan's price is raised or lowered by before plans are compared. Everything at zero: money alone counts. */
export interface ObjectiveSettings {
  /** What every new node costs beside its price: root volume, licences per host. */
  readonly nodeFeeMicroUsdPerHour: number;
  readonly nodeSize: NodeSizeSettings;
  readonly flexibility: FlexibilitySettings;
  readonly headroom: HeadroomSettings;
  readonly weights: PerformanceWeights;
}

/** Larger nodes lose more pods at once. The vCPUs of a node above the soft maximum cost `share` more. */
export interface NodeSizeSettings {
  readonly softMaxVcpu: number;
  /** Of the part of the price that belongs to the vCPUs above. */
  readonly share: number;
}

/** Spot nodes should have alternatives, so that the allocation finds a pool with capacity at a price near the cheapest. */
export interface FlexibilitySettings {
  /** Offerings that a spot node should have, the cheapest included; where its pool has fewer on spot, those. */
  readonly alternatives: number;
  /** Beyond those, a launch names what costs at most 1 + `within` times the cheapest. */
  readonly within: number;
  /** What a node without any alternative costs, as a share of its price; the dearer an alternative, the less it helps. */
  readonly share: number;
}

/** Small batches have followers, which room that is left over is good for. */
export interface HeadroomSettings {
  /** What left-over room is worth, as a share of its fluid price. */
  readonly share: number;
  /** Batches of up to so many pods count all of it; then it falls evenly, to nothing at `untilPods`. */
  readonly fullPods: number;
  readonly untilPods: number;
}

/** A price is multiplied by these when plans are compared, family and generation each; what is not named counts as 1. */
export interface PerformanceWeights {
  /** By instance family, such as `m5`. */
  readonly family: Readonly<Record<string, number>>;
  /** By instance generation, such as `4`. */
  readonly generation: Readonly<Record<string, number>>;
}

/**
 * 20 GiB of gp3, the root volume of the node images, at $0.08 a GB and month of 730 hours (us-east-1).
 * Source: https://aws.amazon.com/ebs/pricing/
 */
const ROOT_VOLUME_MICRO_USD_PER_HOUR = Math.round((20 * 0.08 * 1e6) / 730);

export const DEFAULT_SOLVER_SETTINGS: SolverSettings = {
  solver: 'optimal',
  iterations: 20_000,
  seed: 1,
  objective: {
    nodeFeeMicroUsdPerHour: ROOT_VOLUME_MICRO_USD_PER_HOUR,
    // Keeping to 32 vCPU costs 0.9 % of typical plans; a node of 64 is 2.5 % dearer so, and is taken where it saves more.
    nodeSize: { softMaxVcpu: 32, share: 0.05 },
    // Where prices differ by 30 %, a launch for which the cheapest pool is too shallow ends at about half more than its price.
    flexibility: { alternatives: 15, within: 0.1, share: 0.5 },
    headroom: { share: 0.9, fullPods: 5, untilPods: 20 },
    weights: { family: {}, generation: {} },
  },
};

/** Nothing but the price of nodes. */
export const MONEY_ALONE_SETTINGS: ObjectiveSettings = {
  nodeFeeMicroUsdPerHour: 0,
  nodeSize: { softMaxVcpu: 32, share: 0 },
  flexibility: { alternatives: 0, within: 0, share: 0 },
  headroom: { share: 0, fullPods: 5, untilPods: 20 },
  weights: { family: {}, generation: {} },
};
