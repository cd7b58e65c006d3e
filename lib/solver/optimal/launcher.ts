import { Tariff } from '../evaluate.ts';
import type { Objective } from '../objective.ts';
import type { OfferingSet, OfferingSets } from '../offering-sets.ts';
import type { Problem } from '../problem.ts';
import type { Load, Ranking } from '../rank.ts';
import type { NewNode } from '../solution.ts';
import type { NodeDecoder } from './node-decoder.ts';

/**
 * What planned nodes are launched as. The cheapest alternative in price need not be the best by the objective: then those
 * that are cheaper, and worse, are no alternatives.
 */
export class Launcher {
  readonly ranking: Ranking;
  private readonly sets: OfferingSets;
  private readonly tariff: Tariff | undefined;
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
    this.last = { load, node };
    return node;
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
