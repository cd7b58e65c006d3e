/** Whether pods go into given nodes, by trying every way that sums do not exclude. */
import type { Budget } from '../optimal/budget.ts';
import { type Crowd, ratiosOf } from './crowd.ts';

/** Steps for one set of nodes before it stays undecided. */
const MOST_STEPS = 20_000;

export class Packer {
  /** After an answer of `fits`: N × S, pods of each size per node. */
  readonly placed: Int32Array;
  private readonly crowd: Crowd;
  private readonly budget: Budget;
  /** Per size, for it and all smaller ones: demand, ratios between resources, the common unit of each resource. */
  private readonly demands: readonly Float64Array[];
  private readonly ratios: readonly Float64Array[];
  private readonly units: readonly Float64Array[];
  /** N × R. */
  private readonly left: Float64Array;
  private nodes: readonly number[] = [];
  private steps = 0;

  constructor(crowd: Crowd, mostNodes: number, budget: Budget) {
    const { sizes, resources: R, requests } = crowd;
    const each = Array.from({ length: sizes }, (_, size) => size);
    this.crowd = crowd;
    this.budget = budget;
    this.demands = each.map((size) => demandFrom(crowd, size));
    this.ratios = each.map((size) => ratiosOf(requests, R, size));
    this.units = each.map((size) => unitsFrom(crowd, size));
    this.left = new Float64Array(mostNodes * R);
    this.placed = new Int32Array(mostNodes * sizes);
  }

  /** `nodes` are columns, equal ones beside each other. */
  decide(nodes: readonly number[]): 'fits' | 'fails' | 'undecided' {
    const { resources: R, room } = this.crowd;
    this.nodes = nodes;
    this.steps = 0;
    for (const [at, column] of nodes.entries()) {
      for (let r = 0; r < R; r++) this.left[at * R + r] = room[column * R + r]!;
    }
    if (this.isFull(0)) return 'fails';
    if (this.place(0, 0, this.crowd.counts[0]!)) return 'fits';
    return this.isSpent() ? 'undecided' : 'fails';
  }

  private isSpent(): boolean {
    return this.steps > MOST_STEPS || this.budget.left <= 0;
  }

  /** Places what is left of a size on the nodes from `node` on, then all smaller sizes. */
  private place(size: number, node: number, pods: number): boolean {
    const { sizes, counts } = this.crowd;
    if (pods === 0) {
      for (let at = node; at < this.nodes.length; at++) this.placed[at * sizes + size] = 0;
      if (size + 1 === sizes) return true;
      return !this.isFull(size + 1) && this.place(size + 1, 0, counts[size + 1]!);
    }
    if (node === this.nodes.length) return false;
    this.steps++;
    if (!this.budget.spend() || this.isSpent()) return false;
    const fit = this.mostHere(size, node, pods);
    const least = Math.max(0, pods - this.mostAfter(size, node, pods));
    if (least > fit) return false;
    // Even shares first: what is packed in proportion tends to fit.
    const even = Math.min(fit, Math.max(least, Math.round(this.evenShare(node) * pods)));
    for (let away = 0; even - away >= least || even + away <= fit; away++) {
      if (even + away <= fit && this.tryCount(size, node, pods, even + away)) return true;
      if (away > 0 && even - away >= least && this.tryCount(size, node, pods, even - away)) return true;
      if (this.isSpent()) return false;
    }
    return false;
  }

  private tryCount(size: number, node: number, pods: number, count: number): boolean {
    this.put(size, node, count);
    this.placed[node * this.crowd.sizes + size] = count;
    if (this.place(size, node + 1, pods - count)) return true;
    this.put(size, node, -count);
    return false;
  }

  private put(size: number, node: number, count: number): void {
    const { resources: R, requests } = this.crowd;
    for (let r = 0; r < R; r++) this.left[node * R + r]! -= count * requests[size * R + r]!;
  }

  /** Pods that the node takes; of nodes that are alike, no later one takes more than the one before. */
  private mostHere(size: number, node: number, pods: number): number {
    const { sizes } = this.crowd;
    const fit = this.fitOf(size, node, pods);
    return node > 0 && this.isLikeBefore(size, node)
      ? Math.min(fit, this.placed[(node - 1) * sizes + size]!)
      : fit;
  }

  private fitOf(size: number, node: number, pods: number): number {
    const { resources: R, requests, most, sizes } = this.crowd;
    let fit = Math.min(pods, most[this.nodes[node]! * sizes + size]!);
    for (let r = 0; r < R; r++) {
      const asked = requests[size * R + r]!;
      if (asked > 0) fit = Math.min(fit, Math.floor(this.left[node * R + r]! / asked));
    }
    return Math.max(0, fit);
  }

  /** Whether this node and the one before are of one column and hold the same of all larger sizes. */
  private isLikeBefore(size: number, node: number): boolean {
    if (this.nodes[node] !== this.nodes[node - 1]) return false;
    const { sizes } = this.crowd;
    for (let larger = 0; larger < size; larger++) {
      if (this.placed[node * sizes + larger] !== this.placed[(node - 1) * sizes + larger]) return false;
    }
    return true;
  }

  private mostAfter(size: number, node: number, pods: number): number {
    let sum = 0;
    for (let at = node + 1; at < this.nodes.length && sum < pods; at++) sum += this.fitOf(size, at, pods);
    return sum;
  }

  private evenShare(node: number): number {
    const { resources: R } = this.crowd;
    let share = 0;
    for (let r = 0; r < R; r++) {
      let after = 0;
      for (let at = node; at < this.nodes.length; at++) after += this.left[at * R + r]!;
      if (after > 0) share = Math.max(share, this.left[node * R + r]! / after);
    }
    return share;
  }

  /** Whether the sizes from one on ask for more than the nodes have left that they could use. */
  private isFull(size: number): boolean {
    const { resources: R } = this.crowd;
    const [demand, unit, ratios] = [this.demands[size]!, this.units[size]!, this.ratios[size]!];
    for (let r = 0; r < R; r++) {
      if (demand[r] === 0) continue;
      let usable = 0;
      for (let at = 0; at < this.nodes.length; at++) {
        let here = this.left[at * R + r]!;
        for (let other = 0; other < R; other++) {
          const most = ratios[r * R + other]! * this.left[at * R + other]!;
          if (most < here) here = most;
        }
        usable += Math.floor(here / unit[r]!);
      }
      if (usable * unit[r]! < demand[r]!) return true;
    }
    return false;
  }
}

function demandFrom({ counts, requests, resources: R, sizes }: Crowd, from: number): Float64Array {
  const demand = new Float64Array(R);
  for (let size = from; size < sizes; size++) {
    for (let r = 0; r < R; r++) demand[r]! += counts[size]! * requests[size * R + r]!;
  }
  return demand;
}

/** Per resource, what any sum of requests is a multiple of. */
function unitsFrom({ requests, resources: R, sizes }: Crowd, from: number): Float64Array {
  const units = new Float64Array(R);
  for (let size = from; size < sizes; size++) {
    for (let r = 0; r < R; r++) {
      let [large, small] = [units[r]!, requests[size * R + r]!];
      while (small !== 0) [large, small] = [small, large % small];
      units[r] = large;
    }
  }
  return units;
}
