/**
 * A packing in the making: what is placed so far, on bins and on planned nodes, and the step that places further pods by
 * the rules of Karpenter's greedy. The greedy starts from nothing; a plan that others made is taken over with `adopt`.
 */
import { type Ask, asksOf, MaskNames } from './ask.ts';
import { portCountOf, portSet } from './attachments.ts';
import { ExistingBins } from './existing-bins.ts';
import { Ledger } from './ledger.ts';
import { type OfferingSet, OfferingSets } from './offering-sets.ts';
import type { PlannedNode, Workbench } from './planned-node.ts';
import { PlannedNodes } from './planned-nodes.ts';
import type { Problem } from './problem.ts';
import type { PodQueue } from './queue.ts';
import { rejectionsOf } from './rejection.ts';
import type { BinPlacement, Placement, PoolRejection, Unplaced } from './solution.ts';
import { Topology } from './topology.ts';

export class Packer {
  private readonly bench: Workbench;
  private readonly existing: ExistingBins;
  private readonly planned: PlannedNodes;
  /** Per item, its levels in order. */
  private readonly asks: readonly (readonly Ask[])[];
  /** Per item, why its pods find no new node as things stand. */
  private readonly known = new Map<number, readonly PoolRejection[]>();

  /** Sets that are adopted must come from `sets`, and what narrowed them must have its number from `names`. */
  constructor(problem: Problem, sets = new OfferingSets(problem), names = new MaskNames()) {
    const portCount = portCountOf(problem);
    this.bench = workbench(problem, sets, portCount);
    this.existing = new ExistingBins(problem, this.bench.topology, sets.domains, portCount);
    this.planned = new PlannedNodes(this.bench);
    this.asks = asksOf(problem, portCount, names);
  }

  get nodes(): readonly PlannedNode[] {
    return this.planned.nodes;
  }

  get onBins(): readonly BinPlacement[] {
    return this.existing.placements;
  }

  /** Takes over a pod on a bin. It is counted, not judged. */
  adoptOnBin({ item, level, order, bin }: BinPlacement): void {
    this.existing.put(bin, this.asks[item]![level]!, order);
  }

  /** Takes over a node with all its pods: they are counted, not judged, in whatever order they came about. */
  adoptNode(set: OfferingSet, placements: readonly Placement[]): void {
    this.planned.adopt(
      set,
      placements.map(({ item, level, order }) => ({ ask: this.asks[item]![level]!, order })),
    );
  }

  /**
   * Places the pods of the queue as long as any finds a place; answers the others. A failed pod of an item fails for its
   * whole class until some pod is placed, so the class is tried once per placement.
   */
  pack(queue: PodQueue): Unplaced[] {
    const { asks, existing, planned } = this;
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
    return queue.waiting().map((left) => {
      const item = queue.item[left]!;
      return { item, order: queue.order[left]!, pools: this.reasonsOf(item) };
    });
  }

  /** Why pods of an item find no new node after the last `pack`. */
  reasonsOf(item: number): readonly PoolRejection[] {
    const reasons =
      this.known.get(item) ?? rejectionsOf(this.bench, this.planned.templates, this.asks[item]!.at(-1)!);
    this.known.set(item, reasons);
    return reasons;
  }
}

function workbench(problem: Problem, sets: OfferingSets, portCount: number): Workbench {
  return {
    problem,
    sets,
    topology: new Topology(problem, sets),
    ledger: new Ledger(problem, sets),
    overheadPorts: problem.overheadGroups.map(({ ports }) => portSet(portCount, ports)),
    portCount,
    needed: new Float64Array(problem.resources),
  };
}
