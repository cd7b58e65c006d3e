import { type Ask, isDead, markDead } from './ask.ts';
import type { OfferingSet } from './offering-sets.ts';
import { blankNode, type PlannedNode, put, takes, type Workbench } from './planned-node.ts';
import { sortLikeGo } from './unstable-sort.ts';

/**
 * What new nodes may start from, in the order to try them, by the number of nodes that are planned already. The same list
 * is the same array.
 */
export type Starts = (nodes: number) => readonly OfferingSet[];

/** The nodes planned in this solve, kept in the order to try them, and the opening of further ones. */
export class PlannedNodes {
  readonly nodes: PlannedNode[] = [];
  private readonly bench: Workbench;
  private readonly starts: Starts;
  private readonly columns: number;
  /** Positions in `nodes` in the order to try them: fewest pods first. The first `nodes.length` entries count. */
  private sequence = new Int32Array(64);
  /** Per position in `nodes`. */
  private podCounts = new Int32Array(64);
  /** Per position in `nodes`, R amounts: what the largest offering of each column still has. Rules most nodes out. */
  private room: Float64Array;
  private sorted = true;
  /** One per start that may still open a node. */
  private blanks: PlannedNode[] = [];
  private blanksVersion = -1;
  private blanksFrom: readonly OfferingSet[] = [];

  constructor(bench: Workbench, starts: Starts) {
    this.bench = bench;
    this.starts = starts;
    this.columns = bench.problem.resources;
    this.room = new Float64Array(64 * this.columns);
  }

  /** On the first node in sequence that takes the pod. */
  place(ask: Ask, order: number): boolean {
    this.sort();
    for (let position = 0; position < this.nodes.length; position++) {
      const at = this.sequence[position]!;
      if (!this.hasRoom(ask, at) || isDead(ask, this.hostAt(at))) continue;
      const node = this.nodes[at]!;
      const verdict = takes(this.bench, node, ask);
      if (verdict === 'never') markDead(ask, node.host);
      else if (verdict !== 'not-now') {
        put(this.bench, node, ask, order, verdict);
        this.updateRoom(at);
        this.podCounts[at]!++;
        this.sorted = false;
        return true;
      }
    }
    return false;
  }

  /** On a new node from the first start that may still open one and takes the pod. */
  open(ask: Ask, order: number): boolean {
    const { bench } = this;
    this.renewBlanks();
    for (const blank of this.blanks) {
      if (!bench.ledger.nodesAllowed(blank.set.template.pool)) continue;
      const verdict = takes(bench, blank, ask);
      if (verdict === 'never' || verdict === 'not-now') continue;
      const node = blankNode(bench, verdict, this.hostAt(this.nodes.length));
      put(bench, node, ask, order, verdict);
      node.held = bench.ledger.open(verdict);
      this.append(node);
      return true;
    }
    return false;
  }

  /** Takes over a node that is planned already. Its pods are not judged again. */
  adopt(set: OfferingSet, pods: readonly { readonly ask: Ask; readonly order: number }[]): void {
    const node = blankNode(this.bench, set, this.hostAt(this.nodes.length));
    for (const { ask, order } of pods) put(this.bench, node, ask, order, set);
    node.held = this.bench.ledger.open(set);
    this.append(node);
  }

  private hostAt(at: number): number {
    return this.bench.problem.bins.length + at;
  }

  private renewBlanks(): void {
    const { ledger } = this.bench;
    const starts = this.starts(this.nodes.length);
    if (this.blanksVersion === ledger.version && this.blanksFrom === starts) return;
    this.blanksVersion = ledger.version;
    this.blanksFrom = starts;
    this.blanks = starts.flatMap((start) => {
      const set = ledger.openOfferings(start);
      return set ? [blankNode(this.bench, set, NO_HOST)] : [];
    });
  }

  private sort(): void {
    if (this.sorted) return;
    sortLikeGo(this.sequence, this.nodes.length, this.podCounts);
    this.sorted = true;
  }

  private append(node: PlannedNode): void {
    const at = this.nodes.push(node) - 1;
    if (at === this.sequence.length) {
      this.sequence = grown(this.sequence, new Int32Array(2 * at));
      this.podCounts = grown(this.podCounts, new Int32Array(2 * at));
      this.room = grown(this.room, new Float64Array(2 * at * this.columns));
    }
    this.sequence[at] = at;
    this.podCounts[at] = node.placements.length;
    this.updateRoom(at);
    this.sorted = false;
  }

  private hasRoom({ requests }: Ask, at: number): boolean {
    const { room, columns } = this;
    for (let column = 0; column < columns; column++) {
      if (requests[column]! > room[at * columns + column]!) return false;
    }
    return true;
  }

  private updateRoom(at: number): void {
    const { set, used } = this.nodes[at]!;
    for (let column = 0; column < this.columns; column++) {
      this.room[at * this.columns + column] = set.roomiest[column]! - used[column]!;
    }
  }
}

/** A node that is not open yet. */
const NO_HOST = -1;

function grown<T extends Int32Array | Float64Array>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
