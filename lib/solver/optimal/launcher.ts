import { Tariff } from '../evaluate.ts';
import { isWanted, type Objective } from '../objective.ts';
import type { OfferingSet, OfferingSets } from '../offering-sets.ts';
import type { Problem } from '../problem.ts';
import type { Load, Ranking } from '../rank.ts';
import type { NewNode } from '../solution.ts';
import type { NodeDecoder } from './node-decoder.ts';

const SPOT = 1;

/**
 * What planned nodes are launched as. The cheapest alternative in price need not be the best by the objective: then those
 * that are cheaper, and worse, are no alternatives. Nor are spot offerings that are far dearer where there are enough others.
 */
export class Launcher {
  readonly ranking: Ranking;
  private readonly sets: OfferingSets;
  private readonly tariff: Tariff | undefined;
  private readonly problem: Problem;
  private readonly objective: Objective;
  /** By ranking, what a launch names of it. */
  private readonly named = new Map<Int32Array, Int32Array>();
  /** Equal nodes come one after the other. */
  private last: { readonly load: Load; readonly node: NewNode } | undefined;

  constructor(
    problem: Problem,
    objective: Objective,
    prices: Float64Array,
    { sets, ranking }: Pick<NodeDecoder, 'sets' | 'ranking'>,
  ) {
    this.ranking = ranking;
    this.sets = sets;
    this.problem = problem;
    this.objective = objective;
    const { surcharges, flexibility, headroomShare } = objective;
    const isMoney = surcharges.length === 0 && flexibility.share === 0 && headroomShare === 0;
    this.tariff = isMoney ? undefined : new Tariff(problem, objective, prices);
  }

  launch(load: Load): NewNode {
    const { last } = this;
    if (last && last.load.set === load.set && last.load.used === load.used) {
      return { ...last.node, placements: load.placements };
    }
    const node = this.ranking.finalise({ ...load, set: this.best(load) });
    const launched = { ...node, ranked: this.namedOf(node) };
    this.last = { load, node: launched };
    return launched;
  }

  /**
   * The allocation weighs capacity against price, and would take a node far dearer than planned if it were named. Pools that
   * ask for minValues count every type.
   */
  private namedOf({ ranked, pool }: NewNode): Int32Array {
    const { problem, objective, named } = this;
    const { price, purchase } = problem.offerings;
    const isSpot = purchase[ranked[0]!] === SPOT;
    if (!isSpot || !isWanted(objective.flexibility) || problem.pools[pool]!.minValues.length > 0)
      return ranked;
    const known = named.get(ranked);
    if (known) return known;
    const { alternatives, within } = objective.flexibility;
    const most = price[ranked[0]!]! * (1 + within);
    const kept = ranked.filter((at, place) => place < alternatives || price[at]! <= most);
    named.set(ranked, kept);
    return kept;
  }

  private best({ set, used }: Load): OfferingSet {
    const { tariff } = this;
    if (!tariff) return set;
    const ranked = this.ranking.rankedOf(set);
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < ranked.length; place++) {
      const cost = tariff.costOf(ranked, place, used);
      if (cost < least) [best, least] = [place, cost];
    }
    if (best === 0) return set;
    const left = this.sets.except(set, ranked.subarray(0, best), `without the first ${best}`);
    return left.meetsMinValues && this.ranking.survivesCut(left) ? left : set;
  }
}
