/** From planned nodes to launched ones with their cost, and from a solution back to planned ones. */
import { Tariff } from '../evaluate.ts';
import type { Objective } from '../objective.ts';
import type { OfferingSet } from '../offering-sets.ts';
import { Launcher } from '../optimal/launcher.ts';
import type { Kit } from '../packer.ts';
import type { PlannedNode } from '../planned-node.ts';
import { type Load, Ranking } from '../rank.ts';
import type { NewNode } from '../solution.ts';
import type { Berth } from './standing.ts';
import { widened } from './widening.ts';

export class Berths {
  private readonly kit: Kit;
  private readonly launcher: Launcher;
  private readonly tariff: Tariff;

  constructor(kit: Kit, objective: Objective, prices: Float64Array) {
    const { problem, sets } = kit;
    this.kit = kit;
    this.launcher = new Launcher(problem, objective, prices, { sets, ranking: new Ranking(problem) });
    this.tariff = new Tariff(problem, objective, prices);
  }

  /** Undefined where the cut to the cheapest types would end the node. */
  of(planned: PlannedNode): Berth | undefined {
    const { set, used, placements } = planned;
    const narrow = this.launched({ set, used, placements });
    const wideSet = widened(this.kit, planned);
    const wide = wideSet === set ? narrow : this.launched({ set: wideSet, used, placements });
    if (!wide || !narrow) return wide ?? narrow;
    return wide.cost <= narrow.cost ? wide : narrow;
  }

  /** A node of a plan as it is. */
  adopted(node: NewNode): Berth {
    const { problem } = this.kit;
    const used = new Float64Array(problem.resources);
    for (const { item } of node.placements) {
      const { requests } = problem.items[item]!;
      for (let column = 0; column < used.length; column++) used[column]! += requests[column]!;
    }
    const load = { set: this.setOf(node), used, placements: [...node.placements] };
    return { load, node, cost: this.tariff.costOf(node.ranked, 0, used) };
  }

  private launched(load: Load): Berth | undefined {
    if (!this.launcher.ranking.survivesCut(load.set)) return undefined;
    const node = this.launcher.launch(load);
    return { load, node, cost: this.tariff.costOf(node.ranked, 0, load.used) };
  }

  private setOf({ offerings, ranked }: NewNode): OfferingSet {
    const { sets, names, templates, problem } = this.kit;
    const { pool, variant } = problem.offerings;
    const first = ranked[0]!;
    const template = templates.find((one) => one.pool === pool[first] && one.variant === variant[first])!;
    return sets.within(sets.whole(template), names.named(offerings))!;
  }
}
