/** A node planned in this solve: a pure test whether it takes one more pod, and the step that puts the pod on it. */
import type { Ask } from './ask.ts';
import { Attachments } from './attachments.ts';
import type { Ledger } from './ledger.ts';
import { createMask, intersects, orInto } from './mask.ts';
import type { OfferingSet, OfferingSets } from './offering-sets.ts';
import type { Mask, Problem } from './problem.ts';
import type { Placement } from './solution.ts';
import type { Topology } from './topology.ts';

export interface PlannedNode {
  readonly host: number;
  /** Its alternatives: what fits all pods so far and keeps every rule. */
  set: OfferingSet;
  /** Pods only: overhead differs per offering and is part of a row's room. */
  readonly used: Float64Array;
  readonly ports: Mask;
  readonly attached: Attachments;
  readonly placements: Placement[];
  /** Reservations it holds a unit of. */
  held: readonly number[];
}

/** The parts of a solve that placing on a node needs, with room to work in. */
export interface Workbench {
  readonly problem: Problem;
  readonly sets: OfferingSets;
  readonly topology: Topology;
  readonly ledger: Ledger;
  /** Per overhead group. */
  readonly overheadPorts: readonly Mask[];
  readonly portCount: number;
  readonly needed: Float64Array;
}

/** A node without pods yet. */
export function blankNode(bench: Workbench, set: OfferingSet, host: number): PlannedNode {
  return {
    host,
    set,
    used: new Float64Array(bench.problem.resources),
    ports: createMask(bench.portCount),
    attached: new Attachments([]),
    placements: [],
    held: [],
  };
}

/**
 * The offerings that would remain if the node took a pod, or why it does not: `never` stays so while solving, because
 * offerings only go and pods only come; `not-now` is a matter of topology counts. Changes nothing.
 */
export function takes(bench: Workbench, node: PlannedNode, ask: Ask): OfferingSet | 'not-now' | 'never' {
  const { topology, needed } = bench;
  for (let column = 0; column < needed.length; column++) {
    needed[column] = node.used[column]! + ask.requests[column]!;
    if (needed[column]! > node.set.roomiest[column]!) return 'never';
  }
  if (ask.ports && intersects(node.ports, ask.ports)) return 'never';
  if (topology.isBarred(ask, node.host)) return 'never';
  if (!topology.admits(ask, node.host, node.set.domains)) return 'not-now';
  let verdict: 'not-now' | 'never' = 'never';
  for (const alternative of ask.alternatives) {
    const within = bench.sets.within(node.set, alternative);
    const holding = within && bench.sets.holding(within, needed);
    const set = holding && sharing(bench, holding, node, ask);
    if (!set?.meetsMinValues) continue;
    if (ask.onDomains.length === 0) return set;
    verdict = 'not-now';
    const narrowed = topology.narrow(ask, set);
    if (narrowed?.meetsMinValues) return narrowed;
  }
  return verdict;
}

/** What is left where the pod's ports and volumes must go beside DaemonSets and what the node attaches already. */
function sharing(bench: Workbench, set: OfferingSet, node: PlannedNode, ask: Ask): OfferingSet | null {
  const free = withPorts(bench, set, ask);
  return free && withVolumes(bench, free, node.attached, ask);
}

/** Without the offerings whose DaemonSets hold one of the pod's ports. */
export function withPorts(
  { sets, overheadPorts }: Pick<Workbench, 'sets' | 'overheadPorts'>,
  set: OfferingSet,
  ask: Pick<Ask, 'ports'>,
): OfferingSet | null {
  const { ports } = ask;
  if (!ports) return set;
  const { overheadGroup } = set.template.rows;
  const isFree = (row: number) => !intersects(overheadPorts[overheadGroup[row]!]!, ports);
  return sets.keeping(set, isFree, `ports ${ports.join(' ')}`);
}

/** Without the offerings that cannot attach the pod's volumes beside those attached already. */
export function withVolumes(
  { sets, problem }: Pick<Workbench, 'sets' | 'problem'>,
  set: OfferingSet,
  attached: Attachments,
  { volumes }: Pick<Ask, 'volumes'>,
): OfferingSet | null {
  if (volumes.length === 0) return set;
  let left: OfferingSet | null = set;
  for (const [driver, count] of attached.countsWith(volumes)) {
    const limits = problem.shapes.volumeLimits[driver];
    if (!limits || left === null) continue;
    const { shape } = left.template.rows;
    const canAttach = (row: number) => limits[shape[row]!]! < 0 || count <= limits[shape[row]!]!;
    left = sets.keeping(left, canAttach, `volumes ${driver} ${count}`);
  }
  return left;
}

/** Puts the pod on the node, which `takes` just accepted it for with this set of offerings. */
export function put(bench: Workbench, node: PlannedNode, ask: Ask, order: number, set: OfferingSet): void {
  if (node.set !== set) {
    node.set = set;
    node.held = bench.ledger.release(node.held, set);
  }
  for (let column = 0; column < node.used.length; column++) node.used[column]! += ask.requests[column]!;
  if (ask.ports) orInto(node.ports, ask.ports);
  if (ask.volumes.length > 0) node.attached.attach(ask.volumes);
  node.placements.push({ item: ask.item, order, level: ask.level });
  bench.topology.record(
    ask,
    node.host,
    set.domains,
    ({ countingOfferings }) => !countingOfferings || intersects(set.offerings, countingOfferings),
  );
}
