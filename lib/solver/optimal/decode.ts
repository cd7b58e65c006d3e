/** Turns counters into a solution: pods by item and order key, and per node the offerings that hold them. */
import { hasBit } from '../mask.ts';
import { type NamedMask, type OfferingSet, OfferingSets } from '../offering-sets.ts';
import type { Mask } from '../problem.ts';
import { Ranking } from '../rank.ts';
import type { BinPlacement, NewNode, Placement, Solution, Unplaced } from '../solution.ts';
import type { OnBins } from './bins.ts';
import type { Lot, Model, Packing, Run } from './model.ts';

/**
 * Undefined where a node would break what the counters do not know (minValues), or where a pod is left that `unplaced`
 * gives no reason for.
 */
export function decode(
  model: Model,
  { fills, remaining }: OnBins,
  { runs }: Packing,
  unplaced: readonly Unplaced[],
): Solution | undefined {
  const { problem } = model;
  const pods = new PodsOfClasses(model);
  const onBins = fills.flatMap(({ bin, classes: from, counts }) =>
    from.flatMap((c, at) => pods.next(c, counts[at]!).map((pod) => onBin(model, pod, bin))),
  );
  const decoder = new NodeDecoder(model);
  const nodes: NewNode[] = [];
  for (const run of runs) {
    for (let time = 0; time < run.times; time++) {
      const placements = run.classes.flatMap((c, at) => pods.next(c, run.counts[at]!));
      const node = decoder.nodeOf(run, placements);
      if (!node) return undefined;
      nodes.push(node);
    }
  }
  const reasons = new Map(unplaced.map((one) => [one.order, one]));
  const left = remaining.length === 0 ? [] : pods.rest().map(({ order }) => reasons.get(order));
  if (left.some((one) => one === undefined)) return undefined;
  return {
    nodes,
    onBins,
    unplaced: left.filter((one) => one !== undefined).sort((a, b) => a.order - b.order || a.item - b.item),
    pricePerHour: nodes.reduce((sum, { ranked }) => sum + problem.offerings.price[ranked[0]!]!, 0),
  };
}

function onBin({ problem: { items } }: Model, pod: Placement, bin: number): BinPlacement {
  const levels = items[pod.item]!.levels;
  const allowing = levels.findIndex(({ alternatives }) => hasBit(alternatives[0]!.bins, bin));
  return { ...pod, level: Math.min(allowing, pod.level), bin };
}

/** Hands out the pods of each class in its order. */
class PodsOfClasses {
  private readonly model: Model;
  private readonly givenOfClass: Int32Array;
  private readonly givenOfLot: Int32Array;

  constructor(model: Model) {
    this.model = model;
    this.givenOfClass = new Int32Array(model.classes.count);
    this.givenOfLot = new Int32Array(model.lots.length);
  }

  next(c: number, count: number): Placement[] {
    const { start, lotOf } = this.model.classes;
    const pods: Placement[] = [];
    for (let n = 0; n < count; n++) this.give(lotOf[start[c]! + this.givenOfClass[c]!++]!, pods);
    return pods;
  }

  private give(lot: number, pods: Placement[]): void {
    const { item, level, orders, bundle }: Lot = this.model.lots[lot]!;
    if (bundle) pods.push(...bundle);
    else pods.push({ item, order: orders[this.givenOfLot[lot]!++]!, level });
  }

  rest(): Placement[] {
    const { start, count } = this.model.classes;
    return Array.from({ length: count }, (_, c) => c).flatMap((c) =>
      this.next(c, start[c + 1]! - start[c]! - this.givenOfClass[c]!),
    );
  }
}

class NodeDecoder {
  private readonly model: Model;
  private readonly sets: OfferingSets;
  private readonly ranking: Ranking;
  private readonly names = new Map<Mask, NamedMask>();

  constructor(model: Model) {
    this.model = model;
    this.sets = new OfferingSets(model.problem);
    this.ranking = new Ranking(model.problem);
  }

  nodeOf({ kind }: Run, placements: readonly Placement[]): NewNode | undefined {
    const set = this.setOf(kind, placements);
    if (!set?.meetsMinValues || !this.ranking.survivesCut(set)) return undefined;
    return this.ranking.finalise(set, placements);
  }

  /** Every offering of the kind's template that holds the pods and costs pools and reservations no more than the kind. */
  private setOf(kind: number, placements: readonly Placement[]): OfferingSet | null {
    const { kinds } = this.model;
    const { resources, items } = this.model.problem;
    const used = new Float64Array(resources);
    let set: OfferingSet | null = this.sets.whole(kinds.templates[kinds.template[kind]!]!);
    let before = -1;
    for (const { item, level } of placements) {
      const { requests, levels } = items[item]!;
      for (let r = 0; r < resources; r++) used[r]! += requests[r]!;
      if (item === before || set === null) continue;
      before = item;
      set = this.sets.within(set, this.named(levels[level]!.alternatives[0]!.offerings));
    }
    const holding = set && this.sets.holding(set, used);
    const within = holding && this.withinKind(holding, kind);
    return within && this.sets.unreserved(within, (reservation) => reservation !== kinds.reservation[kind]);
  }

  private withinKind(set: OfferingSet, kind: number): OfferingSet | null {
    const { kinds } = this.model;
    const { limits } = this.model.problem.pools[kinds.pool[kind]!]!;
    const R = limits.length;
    const limited = [...limits.keys()].filter((r) => limits[r] !== Number.POSITIVE_INFINITY);
    if (limited.length === 0) return set;
    const { capacity } = set.template.rows;
    return this.sets.keeping(set, (row) =>
      limited.every((r) => capacity[row * R + r]! <= kinds.capacity[kind * R + r]!),
    );
  }

  private named(offerings: Mask): NamedMask {
    const known = this.names.get(offerings) ?? { id: this.names.size, offerings };
    this.names.set(offerings, known);
    return known;
  }
}
