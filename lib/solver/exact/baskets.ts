/** Sets of nodes by price: all that could hold the pods by their sums, at least `from` and below `below`. */
import { solveCovering } from '../lp/covering.ts';
import type { Budget } from '../optimal/budget.ts';
import type { Crowd } from './crowd.ts';

export interface Basket {
  readonly price: number;
  /** Columns, equal ones beside each other. */
  readonly nodes: readonly number[];
}

/** With N × S pods: how many of each size are on each node. */
export interface Placed extends Basket {
  readonly pods: Int32Array;
}

/** Sets that are kept at once. */
const MOST_BASKETS = 5_000;

/** Certified: no set of nodes that holds all pods costs less than demand·duals. */
export function dualsOf({ resources, columns, price, room, demand }: Crowd): Float64Array {
  return solveCovering({ rows: resources, columns, cost: price, coefficients: room, demand }).duals;
}

export class Baskets {
  private readonly crowd: Crowd;
  private readonly duals: Float64Array;
  private readonly budget: Budget;
  private readonly mostNodes: number;
  private found: Basket[] = [];
  private from = 0;
  private below = 0;
  /** (mostNodes + 2) × R: the demand that the nodes so far leave. */
  private readonly rest: Float64Array;
  private readonly nodes: number[] = [];

  constructor(crowd: Crowd, duals: Float64Array, mostNodes: number, budget: Budget) {
    this.crowd = crowd;
    this.duals = duals;
    this.budget = budget;
    this.mostNodes = mostNodes;
    this.rest = new Float64Array((mostNodes + 2) * crowd.resources);
    this.rest.set(crowd.demand);
  }

  /** Cheapest first; undefined where there are too many, or nodes that could be added without end. */
  between(from: number, below: number): readonly Basket[] | undefined {
    this.found = [];
    this.from = from;
    this.below = below;
    if (!this.extend(0, 0)) return undefined;
    return this.found.sort((a, b) => a.price - b.price || a.nodes.length - b.nodes.length);
  }

  private extend(first: number, price: number): boolean {
    const { crowd, nodes, budget, below, from, mostNodes } = this;
    const depth = nodes.length;
    if (price >= from && this.isCovered(depth)) {
      this.found.push({ price, nodes: [...nodes] });
      if (this.found.length > MOST_BASKETS) return false;
    }
    for (let column = first; column < crowd.columns; column++) {
      const next = price + crowd.price[column]!;
      if (next >= below) continue;
      if (!budget.spend()) return false;
      this.add(column, depth);
      if (next + this.restWorth(depth + 1) >= below) continue;
      if (depth === mostNodes) return false;
      nodes.push(column);
      const isThrough = this.extend(column, next);
      nodes.pop();
      if (!isThrough) return false;
    }
    return true;
  }

  private add(column: number, depth: number): void {
    const { resources: R, room } = this.crowd;
    for (let r = 0; r < R; r++) {
      this.rest[(depth + 1) * R + r] = this.rest[depth * R + r]! - room[column * R + r]!;
    }
  }

  /** What covering the rest costs at least. */
  private restWorth(depth: number): number {
    const { resources: R } = this.crowd;
    let worth = 0;
    for (let r = 0; r < R; r++) worth += this.duals[r]! * Math.max(0, this.rest[depth * R + r]!);
    return worth;
  }

  private isCovered(depth: number): boolean {
    const { resources: R } = this.crowd;
    for (let r = 0; r < R; r++) if (this.rest[depth * R + r]! > 0) return false;
    return true;
  }
}
