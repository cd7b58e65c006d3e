/**
 * Karpenter's scheduling greedy on a `Problem`: pods in queue order, each tried on existing bins, then on the planned node
 * with the fewest pods, then on a new one, one relaxation level after the other. No backtracking; price only ranks at the
 * end. It is the yardstick and always a candidate plan.
 */
import { type Ask, asksOf } from './ask.ts';
import { portCountOf, portSet } from './attachments.ts';
import { ExistingBins } from './existing-bins.ts';
import { Ledger } from './ledger.ts';
import { countBits } from './mask.ts';
import { OfferingSets } from './offering-sets.ts';
import type { PlannedNode, Workbench } from './planned-node.ts';
import { PlannedNodes } from './planned-nodes.ts';
import type { Problem } from './problem.ts';
import { PodQueue } from './queue.ts';
import { Ranking } from './rank.ts';
import { inOrderOfChoice, rejectionsOf } from './rejection.ts';
import type { BinPlacement, PoolRejection, Solution, Unplaced } from './solution.ts';
import { Topology } from './topology.ts';

export function greedy(problem: Problem): Solution {
  const ranking = new Ranking(problem);
  const givenUp = new Map<number, Unplaced>();
  for (;;) {
    const { nodes, onBins, unplaced, reasonsOf } = pack(problem, givenUp);
    const failed = nodes.filter(({ set }) => !ranking.survivesCut(set));
    if (failed.length === 0) {
      const finished = nodes.map(({ set, placements }) => ranking.finalise(set, placements));
      return {
        nodes: finished,
        onBins,
        unplaced: [...unplaced, ...givenUp.values()].sort((a, b) => a.order - b.order || a.item - b.item),
        pricePerHour: finished.reduce((sum, { ranked }) => sum + problem.offerings.price[ranked[0]!]!, 0),
      };
    }
    // The others are packed again, because their spread or affinity may lean on the pods that are given up. Each round
    // gives up at least one pod, so there are fewer rounds than pods.
    for (const node of failed) {
      for (const { item, order } of node.placements) {
        givenUp.set(order, { item, order, pools: givenUpReasons(problem, reasonsOf(item), node) });
      }
    }
  }
}

/** Where `pack` put the pods, before anything is ranked. */
interface Packing {
  readonly nodes: readonly PlannedNode[];
  readonly onBins: readonly BinPlacement[];
  readonly unplaced: readonly Unplaced[];
  /** Why pods of an item find no new node as things stand at the end. */
  readonly reasonsOf: (item: number) => readonly PoolRejection[];
}

function pack(problem: Problem, without: ReadonlyMap<number, unknown>): Packing {
  const portCount = portCountOf(problem);
  const bench = workbench(problem, portCount);
  const planned = new PlannedNodes(bench);
  const existing = new ExistingBins(problem, bench.topology, bench.sets.domains, portCount);
  const asks = asksOf(problem, portCount);
  const queue = new PodQueue(problem, without);
  drain(queue, asks, existing, planned);
  const known = new Map<number, readonly PoolRejection[]>();
  const reasonsOf = (item: number): readonly PoolRejection[] => {
    const reasons = known.get(item) ?? rejectionsOf(bench, planned.templates, asks[item]!.at(-1)!);
    known.set(item, reasons);
    return reasons;
  };
  const unplaced = queue.waiting().map((pod) => {
    const item = queue.item[pod]!;
    return { item, order: queue.order[pod]!, pools: reasonsOf(item) };
  });
  return { nodes: planned.nodes, onBins: existing.placements, unplaced, reasonsOf };
}

function workbench(problem: Problem, portCount: number): Workbench {
  const sets = new OfferingSets(problem);
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

/** A failed pod of an item fails for its whole class until some pod is placed, so the class is tried once per placement. */
function drain(
  queue: PodQueue,
  asks: readonly (readonly Ask[])[],
  existing: ExistingBins,
  planned: PlannedNodes,
): void {
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

/**
 * The cut to the cheapest types ended the pod's node: that is what its pool says. As in Karpenter such a pod is not tried
 * elsewhere, so a pool that would have a node for it says nothing.
 */
function givenUpReasons(
  problem: Problem,
  reasons: readonly PoolRejection[],
  { set }: PlannedNode,
): PoolRejection[] {
  const { pool } = set.template;
  const others = reasons.filter((reason) => reason.pool !== pool);
  const cut: PoolRejection = { pool, reason: 'min-values', candidates: countBits(set.offerings) };
  return inOrderOfChoice(problem, [...others, cut]);
}
