/**
 * Local search: a few nodes, wasteful ones rather than others, are taken apart and their units packed anew, again and
 * again. It walks over packings of equal cost, and for a while over slightly dearer ones; the cheapest it saw is the answer.
 */
import type { Budget } from '../optimal/budget.ts';
import type { Model, Packing, Run } from '../optimal/model.ts';
import { Draws } from './draws.ts';
import { type Ground, groundOf } from './ground.ts';
import { isOverfull, type Node, nodeOf } from './node.ts';
import { Repack } from './repack.ts';
import { Swaps } from './swaps.ts';
import { Takings } from './takings.ts';

/** A move takes so much less time than filling a node by a construction. */
const MOVES_PER_ITERATION = 4;
/** A move takes up to so many nodes apart. */
const MOST_GONE = 6;
/** Other nodes whose room left is looked at in one move. */
const HOSTS = 12;
/** One of so many moves is not kept to one area. */
const FAR = 8;
/** Of how many drawn nodes the most wasteful is taken. */
const CONTEST = 3;
/** Closer to the lower bound than this share there is nothing to gain. */
const HAIR = 1e-7;
/** What waste that is in one place is better than waste spread out, as a share of its square over the mean cost. */
const TOGETHER = 0.1;
/** How much dearer a packing may become at the start, as a share of the mean cost of a node. */
const BOLD = 0.02;

/**
 * `prices` are money per unit of each column, such that no kind's room is worth much more than its cost. `lowerBound`: no
 * packing costs less; 0 where unknown. A unit stays in the pool it is in. Units are taken to ask for what their class does:
 * a packing that holds only because some ask for less comes back as it is.
 */
export function improve(
  model: Model,
  packing: Packing,
  prices: Float64Array,
  lowerBound: number,
  seed: number,
  budget: Budget,
): Packing {
  const ground = groundOf(model, prices);
  const nodes = packing.runs.flatMap(({ kind, times, classes, counts }) =>
    new Array<Node>(times).fill(nodeOf(ground, kind, classes, counts)),
  );
  if (nodes.length === 0 || nodes.some((node) => isOverfull(ground, node))) return packing;
  const search = new Search(model, ground, nodes, seed);
  const moves = budget.part(1, MOVES_PER_ITERATION);
  const total = moves.left;
  while (search.best > lowerBound * (1 + HAIR) && moves.spend()) search.step(moves.left / total);
  if (search.best >= packing.cost) return packing;
  return { runs: runsOf(search.bestNodes), cost: search.best, unplaced: packing.unplaced };
}

class Search {
  best: number;
  bestNodes: readonly Node[];
  private readonly ground: Ground;
  private readonly draws: Draws;
  private readonly repack: Repack;
  private readonly takings: Takings;
  private readonly nodes: Node[];
  private readonly meanCost: number;
  private cost: number;
  /** Whether the present packing is the best and not copied yet. */
  private isBest = true;
  private readonly places: number[] = [];
  private readonly hosts: number[] = [];
  /** Whether the present move keeps to one area. */
  private isLocal = true;
  private readonly gone: Node[] = [];
  private readonly swaps: Swaps;

  constructor(model: Model, ground: Ground, nodes: Node[], seed: number) {
    this.ground = ground;
    this.draws = new Draws(seed);
    this.repack = new Repack(ground, this.draws);
    this.swaps = new Swaps(ground, this.draws);
    this.takings = new Takings(model);
    for (const node of nodes) this.takings.take(node, 1);
    this.nodes = nodes;
    this.bestNodes = nodes;
    this.cost = nodes.reduce((sum, { kind }) => sum + ground.cost[kind]!, 0);
    this.meanCost = this.cost / nodes.length;
    this.best = this.cost;
  }

  /** One move; `left` is the share of the budget that is left. */
  step(left: number): void {
    const { nodes, ground, repack, draws, places, gone, swaps, hosts } = this;
    places.length = 0;
    hosts.length = 0;
    gone.length = 0;
    this.isLocal = draws.below(FAR) > 0;
    const isPlanned = draws.below(3) > 0 && this.findSwap();
    if (!isPlanned) this.chooseAny();
    const before = gone.reduce((sum, { kind }) => sum + ground.cost[kind]!, 0);
    const bold = BOLD * left * this.meanCost * draws.share();
    // The cheaper kinds are wanted for sure in some moves only: packing as before in another way opens ways too.
    const limit = isPlanned && draws.below(3) === 0 ? swaps.cost : before + bold;
    const cost = repack.run(gone, nodes, hosts, this.pool(), isPlanned ? swaps.kinds : [], limit);
    if (cost < 0) return;
    const change = cost - before - this.gathered();
    if (change > bold || !this.takings.exchange(gone, repack.made)) return;
    this.accept(cost - before);
  }

  /** Takes more nodes until cheaper kinds have the room that they need together. */
  private findSwap(): boolean {
    const { swaps, gone, places } = this;
    for (let tried = 0; tried < MOST_GONE; tried++) {
      this.add(this.wasteful());
      if (swaps.find(gone, this.pool())) return true;
    }
    gone.length = 0;
    places.length = 0;
    return false;
  }

  /** Some nodes of one pool to take apart, and others that may take units. */
  private chooseAny(): void {
    const { nodes, draws, places, hosts } = this;
    const count = 1 + draws.below(Math.min(MOST_GONE, nodes.length));
    this.add(this.wasteful());
    for (let tried = 0; tried < 2 * count && places.length < count; tried++) {
      this.add(draws.below(2) === 0 ? this.wasteful() : draws.below(nodes.length));
    }
    if (draws.below(3) === 0) return;
    const first = draws.below(nodes.length);
    for (let tried = 0; tried < Math.min(HOSTS, nodes.length); tried++) {
      const at = (first + tried) % nodes.length;
      if (!places.includes(at) && this.isNear(at)) hosts.push(at);
    }
  }

  private add(at: number): void {
    const { places, gone, nodes } = this;
    if (places.includes(at) || (gone.length > 0 && !this.isNear(at))) return;
    places.push(at);
    gone.push(nodes[at]!);
  }

  /** Whether a node is of the same area or, where that is enough, of the same pool as the first one taken apart. */
  private isNear(at: number): boolean {
    const { area, pool } = this.ground;
    const part = this.isLocal ? area : pool;
    return part[this.nodes[at]!.kind] === part[this.gone[0]!.kind];
  }

  /** The kinds that the move may open. */
  private pool(): Int32Array {
    const { area, pool, kindsIn, kindsOf } = this.ground;
    const { kind } = this.gone[0]!;
    return this.isLocal ? kindsIn[area[kind]!]! : kindsOf[pool[kind]!]!;
  }

  private wasteful(): number {
    const { nodes, draws } = this;
    let best = draws.below(nodes.length);
    for (let drawn = 1; drawn < CONTEST; drawn++) {
      const at = draws.below(nodes.length);
      if (nodes[at]!.waste > nodes[best]!.waste) best = at;
    }
    return best;
  }

  /** What the last move is worth for having gathered waste on few nodes. */
  private gathered(): number {
    const { nodes, repack, places, meanCost } = this;
    let squares = 0;
    for (const at of places) squares -= nodes[at]!.waste * nodes[at]!.waste;
    for (const { waste } of repack.made) squares += waste * waste;
    for (const { at, node } of repack.grown)
      squares += node.waste * node.waste - nodes[at]!.waste * nodes[at]!.waste;
    return (TOGETHER * squares) / meanCost;
  }

  private accept(change: number): void {
    const { nodes, repack, places } = this;
    if (this.isBest && change > 0) this.bestNodes = nodes.slice();
    this.isBest &&= change <= 0;
    for (const { at, node } of repack.grown) nodes[at] = node;
    // From the back, so that the places of those before stay what they are.
    places.sort((a, b) => b - a);
    for (const at of places) {
      const last = nodes.pop()!;
      if (at < nodes.length) nodes[at] = last;
    }
    nodes.push(...repack.made);
    this.cost += change;
    if (this.cost >= this.best) return;
    this.best = this.cost;
    this.bestNodes = nodes;
    this.isBest = true;
  }
}

/** Equal neighbours as one run. */
function runsOf(nodes: readonly Node[]): Run[] {
  const runs: (Run & { times: number })[] = [];
  const byContent = new Map<string, Run & { times: number }>();
  for (const { kind, classes, counts } of nodes) {
    const name = `${kind}/${classes.join(' ')}/${counts.join(' ')}`;
    const known = byContent.get(name);
    if (known) known.times++;
    else {
      const run = { kind, times: 1, classes, counts };
      byContent.set(name, run);
      runs.push(run);
    }
  }
  return runs;
}
