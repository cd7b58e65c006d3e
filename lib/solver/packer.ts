/**
 * A packing in the making: what is placed so far, on bins and on planned nodes, and the step that places further pods by
 * the rules of Karpenter's greedy. The greedy starts from nothing; a plan that others made is taken over with `adopt`.
 */
import { type Ask, asksOf, forgetDead, MaskNames } from './ask.ts';
import { portCountOf, portSet } from './attachments.ts';
import { ExistingBins } from './existing-bins.ts';
import { Ledger } from './ledger.ts';
import { type OfferingSet, OfferingSets } from './offering-sets.ts';
import type { PlannedNode, Workbench } from './planned-node.ts';
import { PlannedNodes, type Starts } from './planned-nodes.ts';
import type { Mask, Problem } from './problem.ts';
import type { PodRing } from './queue.ts';
import { rejectionsOf } from './rejection.ts';
import type { BinPlacement, Placement, PoolRejection, Unplaced } from './solution.ts';
import { type Template, templatesOf } from './template.ts';
import { Topology } from './topology.ts';

/** What all packings of a problem share. It serves one packing at a time. */
export interface Kit {
  readonly problem: Problem;
  readonly sets: OfferingSets;
  readonly names: MaskNames;
  readonly portCount: number;
  /** Per overhead group. */
  readonly overheadPorts: readonly Mask[];
  /** In the order to try them. */
  readonly templates: readonly Template[];
  /** Per item, its levels in order. */
  readonly asks: readonly (readonly Ask[])[];
}

/** Sets that are adopted must come from `sets`, and what narrowed them must have its number from `names`. */
export function kitOf(problem: Problem, sets = new OfferingSets(problem), names = new MaskNames()): Kit {
  const portCount = portCountOf(problem);
  return {
    problem,
    sets,
    names,
    portCount,
    overheadPorts: problem.overheadGroups.map(({ ports }) => portSet(portCount, ports)),
    templates: templatesOf(problem),
    asks: asksOf(problem, portCount, names),
  };
}

/** New nodes start from all offerings of a template, one template after the other. */
export function wholeTemplates({ sets, templates }: Kit): Starts {
  const whole = templates.map((template) => sets.whole(template));
  return () => whole;
}

export class Packer {
  private readonly bench: Workbench;
  private readonly existing: ExistingBins;
  private readonly planned: PlannedNodes;
  private readonly kit: Kit;
  /** Per item, why its pods find no new node as things stand. */
  private readonly known = new Map<number, readonly PoolRejection[]>();

  constructor(kit: Kit, starts = wholeTemplates(kit)) {
    this.kit = kit;
    this.bench = workbench(kit);
    this.existing = new ExistingBins(kit.problem, this.bench.topology, kit.sets.domains, kit.portCount);
    this.planned = new PlannedNodes(this.bench, starts);
    for (const levels of kit.asks) for (const ask of levels) forgetDead(ask);
  }

  get nodes(): readonly PlannedNode[] {
    return this.planned.nodes;
  }

  get onBins(): readonly BinPlacement[] {
    return this.existing.placements;
  }

  /** Takes over a pod on a bin. It is counted, not judged. */
  adoptOnBin({ item, level, order, bin }: BinPlacement): void {
    this.existing.put(bin, this.kit.asks[item]![level]!, order);
  }

  /** Takes over a node with all its pods: they are counted, not judged, in whatever order they came about. */
  adoptNode(set: OfferingSet, placements: readonly Placement[]): void {
    this.planned.adopt(
      set,
      placements.map(({ item, level, order }) => ({ ask: this.kit.asks[item]![level]!, order })),
    );
  }

  /** Places the pods of the queue as long as any finds a place; answers the others, each with its reasons. */
  pack(queue: PodRing): Unplaced[] {
    this.place(queue);
    return queue.waiting().map((left) => {
      const item = queue.item[left]!;
      return { item, order: queue.order[left]!, pools: this.reasonsOf(item) };
    });
  }

  /**
   * Places the pods of the queue as long as any finds a place; the others stay in it. A failed pod of an item fails for its
   * whole class until some pod is placed, so the class is tried once per placement.
   */
  place(queue: PodRing): void {
    const { existing, planned } = this;
    const { asks } = this.kit;
    this.known.clear();
    let placed = 0;
    const failedAfter = new Int32Array(asks.length).fill(-1);
    for (let pod = queue.pop(); pod !== undefined; pod = queue.pop()) {
      const item = queue.item[pod]!;
      const order = queue.order[pod]!;
      const fits =
        failedAfter[item] !== placed &&
        asks[item]!.some(
          (ask) => existing.place(ask, order) || planned.place(ask, order) || planned.open(ask, order),
        );
      if (fits) placed++;
      else {
        failedAfter[item] = placed;
        queue.putBack(pod);
      }
    }
  }

  /** Why pods of an item find no new node after the last `pack`. */
  reasonsOf(item: number): readonly PoolRejection[] {
    const reasons =
      this.known.get(item) ?? rejectionsOf(this.bench, this.kit.templates, this.kit.asks[item]!.at(-1)!);
    this.known.set(item, reasons);
    return reasons;
  }
}

function workbench({ problem, sets, overheadPorts, portCount }: Kit): Workbench {
  return {
    problem,
    sets,
    topology: new Topology(problem, sets),
    ledger: new Ledger(problem, sets),
    overheadPorts,
    portCount,
    needed: new Float64Array(problem.resources),
  };
}
