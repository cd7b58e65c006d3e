/** Whether a solution names what exists, every pod exactly once; the other checks look things up by these names. */
import { isEmpty, nextBit } from './mask.ts';
import type { Problem } from './problem.ts';
import type { BinPlacement, NewNode, Placement, Solution } from './solution.ts';
import type { Violation } from './violation.ts';

/** Every pod exactly once, placed or unplaced, by names that exist; every new node with alternatives of one kind. */
export function verifyPlacement(problem: Problem, solution: Solution): Violation[] {
  const found: Violation[] = [];
  const seen = problem.items.map(({ order }) => new Map(Array.from(order, (key) => [key, 0])));
  const count = ({ item, order }: { item: number; order: number }) => {
    const times = seen[item]?.get(order);
    if (times === undefined) {
      found.push({ rule: 'placement', message: `no pod has item ${item} and order ${order}`, item });
    } else seen[item]!.set(order, times + 1);
  };
  for (const node of solution.nodes) node.placements.forEach(count);
  solution.onBins.forEach(count);
  solution.unplaced.forEach(count);
  for (const [item, pods] of seen.entries()) {
    for (const [order, times] of pods) {
      if (times === 1) continue;
      found.push({ rule: 'placement', message: `pod ${order} appears ${times} times, not once`, item });
    }
  }
  return [...found, ...verifyNames(problem, solution)];
}

function verifyNames(problem: Problem, solution: Solution): Violation[] {
  const found: Violation[] = [];
  const checkLevel = ({ item, level }: Placement) => {
    if (!problem.items[item]?.levels[level]) {
      found.push({ rule: 'placement', message: `no level ${level}`, item });
    }
  };
  for (const placement of solution.onBins) {
    checkLevel(placement);
    if (!problem.bins[placement.bin]) {
      found.push({ rule: 'placement', message: `no bin ${placement.bin}`, item: placement.item });
    }
  }
  for (const [index, node] of solution.nodes.entries()) {
    node.placements.forEach(checkLevel);
    if (node.placements.length === 0) {
      found.push({ rule: 'placement', message: 'a new node without pods', node: index });
    }
    found.push(...verifyAlternatives(problem, node, index));
  }
  return found;
}

function verifyAlternatives(problem: Problem, { offerings, pool }: NewNode, node: number): Violation[] {
  if (!problem.pools[pool]) return [{ rule: 'placement', message: `no pool ${pool}`, node }];
  if (isEmpty(offerings)) return [{ rule: 'alternatives', message: 'no offering is left', node }];
  const first = nextBit(offerings, 0);
  const { pool: pools, variant, count } = problem.offerings;
  for (let at = first; at >= 0; at = nextBit(offerings, at + 1)) {
    if (at >= count) return [{ rule: 'alternatives', message: `no offering ${at}`, node }];
    if (pools[at] !== pool || variant[at] !== variant[first]) {
      const message = `offering ${at} is of pool ${pools[at]}, variant ${variant[at]}: not one node's alternative`;
      return [{ rule: 'alternatives', message, node }];
    }
  }
  return [];
}

/** Per bin, the pods placed on it. */
export function placementsByBin(problem: Problem, solution: Solution): BinPlacement[][] {
  const byBin = problem.bins.map((): BinPlacement[] => []);
  for (const placement of solution.onBins) byBin[placement.bin]!.push(placement);
  return byBin;
}
