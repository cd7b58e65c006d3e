/**
 * Karpenter's scheduling greedy on a `Problem`: pods in queue order, each tried on existing bins, then on the planned node
 * with the fewest pods, then on a new one, one relaxation level after the other. No backtracking; price only ranks at the
 * end. It is the yardstick and always a candidate plan.
 */
import { countBits } from './mask.ts';
import { kitOf, Packer } from './packer.ts';
import type { PlannedNode } from './planned-node.ts';
import type { Problem } from './problem.ts';
import { PodQueue } from './queue.ts';
import { Ranking } from './rank.ts';
import { inOrderOfChoice } from './rejection.ts';
import type { PoolRejection, Solution, Unplaced } from './solution.ts';

export function greedy(problem: Problem): Solution {
  const ranking = new Ranking(problem);
  const givenUp = new Map<number, Unplaced>();
  const kit = kitOf(problem);
  for (;;) {
    const packer = new Packer(kit);
    const unplaced = packer.pack(new PodQueue(problem, givenUp));
    const failed = packer.nodes.filter(({ set }) => !ranking.survivesCut(set));
    if (failed.length === 0) {
      const finished = packer.nodes.map((node) => ranking.finalise(node));
      return {
        nodes: finished,
        onBins: packer.onBins,
        unplaced: [...unplaced, ...givenUp.values()].sort((a, b) => a.order - b.order || a.item - b.item),
        pricePerHour: finished.reduce((sum, { ranked }) => sum + problem.offerings.price[ranked[0]!]!, 0),
      };
    }
    // The others are packed again, because their spread or affinity may lean on the pods that are given up. Each round
    // gives up at least one pod, so there are fewer rounds than pods.
    for (const node of failed) {
      for (const { item, order } of node.placements) {
        givenUp.set(order, {
          item,
          order,
          pools: cutReasons(problem, packer.reasonsOf(item), node),
        });
      }
    }
  }
}

/**
 * The cut to the cheapest types ended the pod's node: that is what its pool says. As in Karpenter such a pod is not tried
 * elsewhere, so a pool that would have a node for it says nothing.
 */
export function cutReasons(
  problem: Problem,
  reasons: readonly PoolRejection[],
  { set }: PlannedNode,
): PoolRejection[] {
  const { pool } = set.template;
  const others = reasons.filter((reason) => reason.pool !== pool);
  const cut: PoolRejection = { pool, reason: 'min-values', candidates: countBits(set.offerings) };
  return inOrderOfChoice(problem, [...others, cut]);
}
