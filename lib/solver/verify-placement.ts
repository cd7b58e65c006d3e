/** Whether a solution names what exists, every pod exactly once; the other checks look things up by these names. */
import { isEmpty, nextBit } from './mask.ts';
import type { Problem } from './problem.ts';
import type { BinPlacement, NewNode, Placement, Solution } from './solution.ts';
import type { Choices } from './verify-choices.ts';
import type { ItemTable } from './verify-items.ts';
import type { Violation } from './violation.ts';

/** Every pod exactly once, placed or unplaced, by names that exist; every new node with alternatives of one kind. */
export function verifyPlacement(
  problem: Problem,
  solution: Solution,
  choices: Choices,
  table: ItemTable,
): Violation[] {
  const found: Violation[] = [];
  const pods = new PodCounts(problem);
  const count = ({ item, order }: { item: number; order: number }) => {
    if (pods.add(item, order)) return;
    found.push({ rule: 'placement', message: `no pod has item ${item} and order ${order}`, item });
  };
  for (const node of solution.nodes) node.placements.forEach(count);
  solution.onBins.forEach(count);
  solution.unplaced.forEach(count);
  return [...found, ...pods.notOnce(), ...verifyNames(problem, solution, choices, table)];
}

/** How often each pod was named. A hash table by order keys, which are few numbers or numbers without gaps. */
class PodCounts {
  private readonly count: number;
  private readonly itemOf: Int32Array;
  private readonly orderOf: Int32Array;
  private readonly times: Int32Array;
  /** Per bucket the last pod in it, per pod the one before it in its bucket; -1 where there is none. */
  private readonly last: Int32Array;
  private readonly before: Int32Array;

  constructor({ items }: Problem) {
    const most = items.reduce((sum, { order }) => sum + order.length, 0);
    this.itemOf = new Int32Array(most);
    this.orderOf = new Int32Array(most);
    this.times = new Int32Array(most);
    this.before = new Int32Array(most);
    let buckets = 1;
    while (buckets < most) buckets *= 2;
    this.last = new Int32Array(buckets).fill(-1);
    let count = 0;
    for (let item = 0; item < items.length; item++) {
      for (const order of items[item]!.order) {
        if (this.find(item, order) >= 0) continue;
        const bucket = order & (buckets - 1);
        this.itemOf[count] = item;
        this.orderOf[count] = order;
        this.before[count] = this.last[bucket]!;
        this.last[bucket] = count++;
      }
    }
    this.count = count;
  }

  /** False where there is no such pod. */
  add(item: number, order: number): boolean {
    const pod = this.find(item, order);
    if (pod < 0) return false;
    this.times[pod]!++;
    return true;
  }

  notOnce(): Violation[] {
    const found: Violation[] = [];
    for (let pod = 0; pod < this.count; pod++) {
      if (this.times[pod] === 1) continue;
      const message = `pod ${this.orderOf[pod]} appears ${this.times[pod]} times, not once`;
      found.push({ rule: 'placement', message, item: this.itemOf[pod]! });
    }
    return found;
  }

  private find(item: number, order: number): number {
    let pod = this.last[order & (this.last.length - 1)]!;
    while (pod >= 0 && (this.itemOf[pod] !== item || this.orderOf[pod] !== order)) pod = this.before[pod]!;
    return pod;
  }
}

function verifyNames(problem: Problem, solution: Solution, choices: Choices, table: ItemTable): Violation[] {
  const found: Violation[] = [];
  const checkLevel = ({ item, level }: Placement) => {
    if (!table.hasLevel(item, level)) {
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
    const choice = choices.of(node.offerings);
    if (choice.goodPools.has(node.pool)) continue;
    const fault = verifyAlternatives(problem, node, index);
    if (fault === undefined) choice.goodPools.add(node.pool);
    else found.push(fault);
  }
  return found;
}

function verifyAlternatives(
  problem: Problem,
  { offerings, pool }: NewNode,
  node: number,
): Violation | undefined {
  if (!problem.pools[pool]) return { rule: 'placement', message: `no pool ${pool}`, node };
  if (isEmpty(offerings)) return { rule: 'alternatives', message: 'no offering is left', node };
  const first = nextBit(offerings, 0);
  const { pool: pools, variant, count } = problem.offerings;
  for (let at = first; at >= 0; at = nextBit(offerings, at + 1)) {
    if (at >= count) return { rule: 'alternatives', message: `no offering ${at}`, node };
    if (pools[at] !== pool || variant[at] !== variant[first]) {
      const message = `offering ${at} is of pool ${pools[at]}, variant ${variant[at]}: not one node's alternative`;
      return { rule: 'alternatives', message, node };
    }
  }
  return undefined;
}

/** Per bin, the pods placed on it. */
export function placementsByBin(problem: Problem, solution: Solution): BinPlacement[][] {
  const byBin = problem.bins.map((): BinPlacement[] => []);
  for (const placement of solution.onBins) byBin[placement.bin]!.push(placement);
  return byBin;
}
