import { type Ask, isDead, markDead } from './ask.ts';
import { blankNode, openNode, type PlannedNode, put, takes, type Workbench } from './planned-node.ts';
import { type Template, templatesOf } from './template.ts';
import { sortLikeGo } from './unstable-sort.ts';

/** The nodes planned in this solve, kept in the order to try them, and the opening of further ones. */
export class PlannedNodes {
  readonly nodes: PlannedNode[] = [];
  readonly templates: readonly Template[];
  private readonly bench: Workbench;
  /** Positions in `nodes` in the order to try them: fewest pods first. The first `nodes.length` entries count. */
  private sequence = new Int32Array(64);
  /** Per position in `nodes`. */
  private podCounts = new Int32Array(64);
  private sorted = true;
  private readonly blanks: PlannedNode[] = [];
  private blanksVersion = -1;

  constructor(bench: Workbench) {
    this.bench = bench;
    this.templates = templatesOf(bench.problem);
  }

  /** On the first node in sequence that takes the pod. */
  place(ask: Ask, order: number): boolean {
    this.sort();
    for (let position = 0; position < this.nodes.length; position++) {
      const at = this.sequence[position]!;
      const node = this.nodes[at]!;
      if (isDead(ask, node.host)) continue;
      const verdict = takes(this.bench, node, ask);
      if (verdict === 'yes') {
        put(this.bench, node, ask, order);
        this.podCounts[at]!++;
        this.sorted = false;
        return true;
      }
      if (verdict === 'never') markDead(ask, node.host);
    }
    return false;
  }

  /** On a new node of the first template that may still open one and takes the pod. */
  open(ask: Ask, order: number): boolean {
    this.renewBlanks();
    for (const blank of this.blanks) {
      if (!this.bench.ledger.nodesAllowed(blank.template.pool)) continue;
      if (takes(this.bench, blank, ask) !== 'yes') continue;
      const host = this.bench.problem.bins.length + this.nodes.length;
      this.append(openNode(this.bench, blank, host, ask, order));
      return true;
    }
    return false;
  }

  private renewBlanks(): void {
    const { version } = this.bench.ledger;
    if (this.blanksVersion === version) return;
    this.blanksVersion = version;
    for (const [index, template] of this.templates.entries()) {
      this.blanks[index] = blankNode(this.bench, template);
    }
  }

  private sort(): void {
    if (this.sorted) return;
    sortLikeGo(this.sequence, this.nodes.length, this.podCounts);
    this.sorted = true;
  }

  private append(node: PlannedNode): void {
    const at = this.nodes.push(node) - 1;
    if (at === this.sequence.length) {
      this.sequence = grown(this.sequence);
      this.podCounts = grown(this.podCounts);
    }
    this.sequence[at] = at;
    this.podCounts[at] = 1;
    this.sorted = false;
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
