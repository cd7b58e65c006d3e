/** From counters to nodes: the pods of each, and every offering that holds them and takes no more than was planned. */
import { MaskNames } from '../ask.ts';
import { Attachments, portCountOf, portSet } from '../attachments.ts';
import { Ledger } from '../ledger.ts';
import { createMask, intersects, orInto } from '../mask.ts';
import { type OfferingSet, OfferingSets } from '../offering-sets.ts';
import { withPorts, withVolumes } from '../planned-node.ts';
import type { Item, Mask, Problem } from '../problem.ts';
import { type Load, Ranking } from '../rank.ts';
import type { Placement } from '../solution.ts';
import type { Model, Run } from './model.ts';
import type { Handful, Units } from './units.ts';

export class NodeDecoder {
  readonly sets: OfferingSets;
  readonly names = new MaskNames();
  readonly ranking: Ranking;
  private readonly model: Model;
  private readonly ledger: Ledger;
  private readonly bench: { problem: Problem; sets: OfferingSets; overheadPorts: readonly Mask[] };
  private readonly portCount: number;
  private readonly someShare: boolean;
  /** Per pool, the columns that its limits bound. */
  private readonly limited: readonly (readonly number[])[];

  constructor(model: Model) {
    const { problem } = model;
    this.model = model;
    this.sets = new OfferingSets(problem);
    this.ranking = new Ranking(problem);
    this.ledger = new Ledger(problem, this.sets);
    this.portCount = portCountOf(problem);
    const overheadPorts = problem.overheadGroups.map(({ ports }) => portSet(this.portCount, ports));
    this.bench = { problem, sets: this.sets, overheadPorts };
    this.someShare = problem.items.some(sharesHosts);
    this.limited = problem.pools.map(({ limits }) =>
      [...limits.keys()].filter((column) => limits[column] !== Number.POSITIVE_INFINITY),
    );
  }

  /** The nodes of a run. Pods that a node refuses are left out; a node that could keep none is, too. */
  loadsOf(run: Run, units: Units): Load[] {
    const loads: Load[] = [];
    const areEqual = run.times > 1 && run.classes.every((c) => this.areAlike(c));
    let like: Load | undefined;
    for (let time = 0; time < run.times; time++) {
      const handful = units.next(run.classes, run.counts);
      const load =
        like !== undefined && this.isOpen(like.set)
          ? { ...like, placements: handful.placements }
          : (this.loadOf(run.kind, handful) ?? this.refusing(run.kind, handful));
      if (load === undefined) continue;
      this.ledger.open(load.set);
      loads.push(load);
      if (areEqual && load.placements.length === handful.placements.length) like = load;
    }
    return loads;
  }

  /** Whether nodes with as many units of this class are equal, whichever units those are. */
  private areAlike(c: number): boolean {
    const { classes, lots, problem } = this.model;
    if (classes.uniform[c] === 0) return false;
    if (!this.someShare) return true;
    return classes.lotOf.subarray(classes.start[c]!, classes.start[c + 1]!).every((lot) => {
      const { item, bundle } = lots[lot]!;
      return bundle === undefined && !sharesHosts(problem.items[item]!);
    });
  }

  private isOpen(set: OfferingSet): boolean {
    const { ledger } = this;
    if (!ledger.nodesAllowed(set.template.pool) || ledger.withinLimits(set) !== set) return false;
    return ledger.withUnits(set) === set;
  }

  /** Undefined where the node refuses some of the pods. */
  private loadOf(kind: number, { placements, lots }: Handful): Load | undefined {
    const { resources } = this.model.problem;
    const used = new Float64Array(resources);
    let set = this.ofKind(kind);
    let mask: Mask | undefined;
    for (let at = 0; at < lots.length; at++) {
      const { bundle, requests, offerings } = this.model.lots[lots[at]!]!;
      // The pods of a bundle follow each other, and its amounts are for all of them.
      if (bundle !== undefined && at > 0 && lots[at] === lots[at - 1]) continue;
      for (let r = 0; r < resources; r++) used[r]! += requests[r]!;
      if (offerings !== mask) set = set && this.sets.within(set, this.names.named(offerings));
      mask = offerings;
    }
    set = set && this.sets.holding(set, used);
    set = set && this.sharing(set, placements);
    set = set && this.affordable(set, kind);
    return set?.meetsMinValues && this.ranking.survivesCut(set) ? { set, used, placements } : undefined;
  }

  /** The node with the units that it takes, each tried in turn. */
  private refusing(kind: number, { placements, lots }: Handful): Load | undefined {
    let kept: Handful = { placements: [], lots: [] };
    let load: Load | undefined;
    for (let from = 0; from < lots.length; ) {
      let to = from + 1;
      const isBundle = this.model.lots[lots[from]!]!.bundle !== undefined;
      while (isBundle && lots[to] === lots[from]) to++;
      const more = {
        placements: [...kept.placements, ...placements.slice(from, to)],
        lots: [...kept.lots, ...lots.slice(from, to)],
      };
      const larger = this.loadOf(kind, more);
      if (larger) [kept, load] = [more, larger];
      from = to;
    }
    return load;
  }

  private ofKind(kind: number): OfferingSet | null {
    const { kinds } = this.model;
    const template = kinds.templates[kinds.template[kind]!]!;
    return this.ledger.nodesAllowed(template.pool) ? this.sets.whole(template) : null;
  }

  /** Where the pods' ports and volumes go beside DaemonSets; null where two pods take one port. */
  private sharing(set: OfferingSet, placements: readonly Placement[]): OfferingSet | null {
    if (!this.someShare) return set;
    const pods = placements.map(({ item }) => this.model.problem.items[item]!).filter(sharesHosts);
    if (pods.length === 0) return set;
    const ports = createMask(this.portCount);
    for (const pod of pods) {
      const own = portSet(this.portCount, pod.ports);
      if (intersects(ports, own)) return null;
      orInto(ports, own);
    }
    const volumes = pods.flatMap((pod) => pod.volumes);
    const free = withPorts(this.bench, set, { ports });
    return free && withVolumes(this.bench, free, new Attachments([]), { volumes });
  }

  /** What costs pools and reservations no more than the kind does, and than is left of them. */
  private affordable(set: OfferingSet, kind: number): OfferingSet | null {
    const { kinds } = this.model;
    const unreserved = this.sets.unreserved(set, (reservation) => reservation !== kinds.reservation[kind]);
    const small = unreserved && this.withinKind(unreserved, kind);
    const within = small && this.ledger.withinLimits(small);
    return within && this.ledger.withUnits(within);
  }

  private withinKind(set: OfferingSet, kind: number): OfferingSet | null {
    const { kinds } = this.model;
    const { resources } = this.model.problem;
    const limited = this.limited[kinds.pool[kind]!]!;
    if (limited.length === 0) return set;
    const { capacity } = set.template.rows;
    return this.sets.keeping(set, (row) =>
      limited.every((r) => capacity[row * resources + r]! <= kinds.capacity[kind * resources + r]!),
    );
  }
}

const sharesHosts = ({ ports, volumes }: Item): boolean => ports.length > 0 || volumes.length > 0;
