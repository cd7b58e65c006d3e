/**
 * Karpenter's scheduling greedy on a `Problem`: pods in queue order, each tried on existing bins, then on the planned node
 * with the fewest pods, then on a new one, one relaxation level after the other. No backtracking; price only ranks at the
 * end. It is the yardstick and always a candidate plan.
 */
import { type Ask, asksOf } from './ask.ts';
import { portCountOf, portSet } from './attachments.ts';
import { ExistingBins } from './existing-bins.ts';
import { Ledger } from './ledger.ts';
import { createMask } from './mask.ts';
import type { Workbench } from './planned-node.ts';
import { PlannedNodes } from './planned-nodes.ts';
import type { Problem } from './problem.ts';
import { PodQueue } from './queue.ts';
import { Ranking } from './rank.ts';
import { rejectionsOf } from './rejection.ts';
import type { PoolRejection, Solution, Unplaced } from './solution.ts';
import { Topology } from './topology.ts';

export function greedy(problem: Problem): Solution {
  const portCount = portCountOf(problem);
  const bench = workbench(problem, portCount);
  const planned = new PlannedNodes(bench);
  const existing = new ExistingBins(problem, bench.topology, portCount);
  const asks = asksOf(problem, portCount);
  const queue = new PodQueue(problem);
  drain(queue, asks, existing, planned);

  const ranking = new Ranking(problem);
  const nodes = planned.nodes.map(({ template, offerings, placements }) =>
    ranking.finalise(template.pool, offerings, placements),
  );
  return {
    nodes,
    onBins: existing.placements,
    unplaced: unplacedPods(queue, (item) => rejectionsOf(bench, planned.templates, asks[item]!.at(-1)!)),
    pricePerHour: nodes.reduce((sum, { ranked }) => sum + problem.offerings.price[ranked[0]!]!, 0),
  };
}

function workbench(problem: Problem, portCount: number): Workbench {
  return {
    problem,
    topology: new Topology(problem),
    ledger: new Ledger(problem),
    overheadPorts: problem.overheadGroups.map(({ ports }) => portSet(portCount, ports)),
    portWords: createMask(portCount).length,
    candidate: createMask(problem.offerings.count),
    needed: new Float64Array(problem.resources),
    misfits: { rows: new Int32Array(problem.offerings.count), count: 0 },
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

function unplacedPods(queue: PodQueue, reasons: (item: number) => readonly PoolRejection[]): Unplaced[] {
  const byItem = new Map<number, readonly PoolRejection[]>();
  return queue
    .waiting()
    .map((pod) => ({ item: queue.item[pod]!, order: queue.order[pod]! }))
    .sort((a, b) => a.order - b.order || a.item - b.item)
    .map(({ item, order }) => {
      const pools = byItem.get(item) ?? reasons(item);
      byItem.set(item, pools);
      return { item, order, pools };
    });
}
