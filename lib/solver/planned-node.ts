/** A node planned in this solve: a pure test whether it takes one more pod, and the step that puts the pod on it. */
import type { Ask } from './ask.ts';
import type { Ledger } from './ledger.ts';
import { andInto, clearBit, hasBit, intersects, isEmpty, isSame, orInto } from './mask.ts';
import { minValuesMet } from './min-values.ts';
import type { Mask, Problem } from './problem.ts';
import type { Placement } from './solution.ts';
import type { Rows, Template } from './template.ts';
import type { Topology } from './topology.ts';

export interface PlannedNode {
  readonly template: Template;
  readonly host: number;
  /** Its alternatives: what fits all pods so far and keeps every rule. */
  readonly offerings: Mask;
  /** Pods only: overhead differs per offering and is part of a row's room. */
  readonly used: Float64Array;
  /** Rows that still have an offering. */
  rows: Int32Array;
  /** R amounts: the largest room over those rows, column by column. More than this fits nowhere. */
  roomiest: Float64Array;
  readonly ports: Mask;
  /** Per topology key, the domains the node could turn out to be in. */
  domains: Mask[];
  readonly placements: Placement[];
  /** Reservations it holds a unit of. */
  held: readonly number[];
}

/** The parts of a solve that placing on a node needs, with room to work in. */
export interface Workbench {
  readonly problem: Problem;
  readonly topology: Topology;
  readonly ledger: Ledger;
  readonly overheadPorts: readonly Mask[];
  readonly portWords: number;
  /** What `takes` leaves of the node's offerings, when it says yes. */
  readonly candidate: Mask;
  readonly needed: Float64Array;
  /** Rows too small for the pod at hand: the first `count`. */
  readonly misfits: { readonly rows: Int32Array; count: number };
}

/** A node that could be opened now, without pods yet: not a host of its own until `openNode`. */
export function blankNode(bench: Workbench, template: Template): PlannedNode {
  const node: PlannedNode = {
    template,
    host: -1,
    offerings: bench.ledger.openOfferings(template),
    used: new Float64Array(bench.problem.resources),
    rows: Int32Array.from({ length: template.rows.count }, (_, row) => row),
    roomiest: new Float64Array(bench.problem.resources),
    ports: new Uint32Array(bench.portWords),
    domains: [],
    placements: [],
    held: [],
  };
  refresh(bench, node);
  return node;
}

/** Opens a node with the pod that `takes` just accepted on `blank`, and charges the pool for it. */
export function openNode(
  bench: Workbench,
  blank: PlannedNode,
  host: number,
  ask: Ask,
  order: number,
): PlannedNode {
  const node: PlannedNode = {
    ...blank,
    host,
    offerings: blank.offerings.slice(),
    used: blank.used.slice(),
    ports: blank.ports.slice(),
    placements: [],
  };
  put(bench, node, ask, order);
  node.held = bench.ledger.open(node.template.pool, node.offerings);
  return node;
}

/**
 * Whether the node takes a pod. On `yes` `bench.candidate` holds the offerings that would remain; nothing else changes.
 * `never` stays so while solving, because offerings only go and pods only come; `not-now` is a matter of topology counts.
 */
export function takes(bench: Workbench, node: PlannedNode, ask: Ask): 'yes' | 'not-now' | 'never' {
  const { problem, topology, candidate } = bench;
  if (!mayFit(bench, node, ask) || topology.isBarred(ask, node.host)) return 'never';
  if (!topology.admits(ask, node.host, node.domains)) return 'not-now';
  if (!findMisfits(bench, node, ask)) return 'never';
  const pool = problem.pools[node.template.pool]!;
  let verdict: 'not-now' | 'never' = 'never';
  for (const alternative of ask.alternatives) {
    if (!andInto(candidate, node.offerings, alternative.offerings)) continue;
    clearRows(node.template.rows, bench.misfits, candidate);
    if (isEmpty(candidate) || !minValuesMet(problem, pool, candidate)) continue;
    if (ask.constraints.length === 0) return 'yes';
    verdict = 'not-now';
    if (topology.narrow(ask, node.domains, candidate) && minValuesMet(problem, pool, candidate)) return 'yes';
  }
  return verdict;
}

/** Puts the pod on the node that `takes` just accepted it for. */
export function put(bench: Workbench, node: PlannedNode, ask: Ask, order: number): void {
  const narrowed = !isSame(node.offerings, bench.candidate);
  node.offerings.set(bench.candidate);
  for (let column = 0; column < node.used.length; column++) node.used[column]! += ask.requests[column]!;
  orInto(node.ports, ask.ports);
  node.placements.push({ item: ask.item, order, level: ask.level });
  if (narrowed) {
    refresh(bench, node);
    node.held = bench.ledger.release(node.held, node.offerings);
  }
  bench.topology.record(
    ask,
    node.host,
    node.domains,
    ({ countingOfferings }) => !countingOfferings || intersects(node.offerings, countingOfferings),
  );
}

/** Recomputes what follows from the node's offerings. */
function refresh(bench: Workbench, node: PlannedNode): void {
  const { rows } = node.template;
  node.rows = node.rows.filter((row) => hasOffering(rows, row, node.offerings));
  node.domains = bench.topology.domainsOf(node.offerings);
  const { resources } = bench.problem;
  node.roomiest = new Float64Array(resources).fill(Number.NEGATIVE_INFINITY);
  for (const row of node.rows) {
    for (let column = 0; column < resources; column++) {
      const room = rows.room[row * resources + column]!;
      if (room > node.roomiest[column]!) node.roomiest[column] = room;
    }
  }
}

function hasOffering(rows: Rows, row: number, offerings: Mask): boolean {
  for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++) {
    if (hasBit(offerings, rows.offerings[at]!)) return true;
  }
  return false;
}

/** A cheap test that rules most nodes out; computes `bench.needed` on the way. */
function mayFit({ needed }: Workbench, node: PlannedNode, ask: Ask): boolean {
  for (let column = 0; column < needed.length; column++) {
    const amount = node.used[column]! + ask.requests[column]!;
    if (amount > node.roomiest[column]!) return false;
    needed[column] = amount;
  }
  return !intersects(node.ports, ask.ports);
}

/** Fills `bench.misfits` with the node's rows that cannot hold `bench.needed` or whose DaemonSets hold one of the ports. */
function findMisfits(bench: Workbench, node: PlannedNode, ask: Ask): boolean {
  const { rows } = node.template;
  const { misfits, needed, overheadPorts } = bench;
  const columns = needed.length;
  misfits.count = 0;
  for (const row of node.rows) {
    let fits = !intersects(overheadPorts[rows.overheadGroup[row]!]!, ask.ports);
    for (let column = 0; fits && column < columns; column++) {
      fits = needed[column]! <= rows.room[row * columns + column]!;
    }
    if (!fits) misfits.rows[misfits.count++] = row;
  }
  return misfits.count < node.rows.length;
}

function clearRows(rows: Rows, misfits: Workbench['misfits'], offerings: Mask): void {
  for (let index = 0; index < misfits.count; index++) {
    const row = misfits.rows[index]!;
    for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++) clearBit(offerings, rows.offerings[at]!);
  }
}
