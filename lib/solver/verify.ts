/**
 * Re-checks a solution against its problem from first principles; it shares nothing with the solvers but bitset access,
 * so that a mistake there cannot hide here. No violation for any answer of the greedy; see verify-topology.ts for what
 * the end state can prove about topology.
 */
import { hasBit } from './mask.ts';
import type { Alternative, Bin, Item, Mask, Problem } from './problem.ts';
import type { BinPlacement, NewNode, Solution } from './solution.ts';
import { Choices, type LoadedNode } from './verify-choices.ts';
import { ItemTable } from './verify-items.ts';
import { placementsByBin, verifyPlacement } from './verify-placement.ts';
import { verifyPools } from './verify-pools.ts';
import { verifyTopology } from './verify-topology.ts';
import type { Violation } from './violation.ts';

export function verify(problem: Problem, solution: Solution): Violation[] {
  const choices = new Choices(problem);
  const table = new ItemTable(problem);
  const placement = verifyPlacement(problem, solution, choices, table);
  // Without existing items, levels, bins and pools the other checks have nothing to look up.
  if (placement.length > 0) return placement;
  const onBins = placementsByBin(problem, solution);
  const nodes = solution.nodes.map((node) => loadedNode(problem, node, choices, table));
  return [
    ...nodes.flatMap((node, index) => verifyNode(problem, node, index, table)),
    ...problem.bins.flatMap((bin, index) => verifyBin(problem, onBins[index]!, bin, index)),
    ...verifyPools(problem, solution, nodes),
    ...verifyTopology(problem, solution, choices),
  ];
}

function loadedNode(problem: Problem, node: NewNode, choices: Choices, table: ItemTable): LoadedNode {
  const used = new Float64Array(problem.resources);
  const sharing: Item[] = [];
  for (const { item } of node.placements) {
    const from = item * used.length;
    for (let column = 0; column < used.length; column++) used[column]! += table.requests[from + column]!;
    if (table.isSharing[item] === 1) sharing.push(problem.items[item]!);
  }
  return { ...node, choice: choices.of(node.offerings), sharing, used };
}

function verifyNode(problem: Problem, node: LoadedNode, index: number, table: ItemTable): Violation[] {
  const found: Violation[] = [];
  const allows = ({ offerings }: Alternative) => node.choice.isWithin(offerings);
  let before: Mask | undefined;
  for (const { item, level } of node.placements) {
    const sole = table.soleOfferings[item];
    if (sole === undefined) {
      if (problem.items[item]!.levels[level]!.alternatives.some(allows)) continue;
    } else if (sole === before || node.choice.isWithin(sole)) {
      before = sole;
      continue;
    }
    const message = `no alternative of level ${level} allows all offerings of the node`;
    found.push({ rule: 'requirements', message, node: index, item });
  }
  const double = doublePort(portsOf(node.sharing));
  if (double !== undefined)
    found.push({ rule: 'ports', message: `port ${double} is taken twice`, node: index });
  found.push(...verifyOfferings(problem, node, index), ...verifyNodeVolumes(problem, node, index));
  return found;
}

const portsOf = (pods: readonly Item[]): number[] => pods.flatMap(({ ports }) => ports);

const volumesOf = (pods: readonly Item[]): Item['volumes'] => pods.flatMap(({ volumes }) => volumes);

/** Each alternative must attach all volumes, a shared one once. */
function verifyNodeVolumes(problem: Problem, { choice, sharing }: LoadedNode, index: number): Violation[] {
  const handles = new Map<number, Set<number>>();
  for (const { driver, handle } of volumesOf(sharing)) {
    handles.set(driver, (handles.get(driver) ?? new Set()).add(handle));
  }
  const found: Violation[] = [];
  for (const [driver, { size }] of handles) {
    for (const at of choice.positions()) {
      const limit = problem.shapes.volumeLimits[driver]?.[problem.offerings.shape[at]!] ?? -1;
      if (limit < 0 || size <= limit) continue;
      const message = `offering ${at} attaches ${limit} volumes of driver ${driver}, the pods have ${size}`;
      found.push({ rule: 'volumes', message, node: index });
    }
  }
  return found;
}

/** Each alternative must hold all pods beside its own DaemonSets. */
function verifyOfferings(
  problem: Problem,
  { choice, sharing, used }: LoadedNode,
  index: number,
): Violation[] {
  const { leastRoom } = choice.amounts();
  const ports = new Set(portsOf(sharing));
  if (ports.size === 0 && used.every((amount, column) => amount <= leastRoom[column]!)) return [];
  const taken = problem.overheadGroups.map((group) => group.ports.find((port) => ports.has(port)));
  const found: Violation[] = [];
  for (const at of choice.positions()) {
    const port = taken[problem.offerings.overheadGroup[at]!];
    if (port !== undefined) {
      found.push({ rule: 'ports', message: `offering ${at}: a DaemonSet holds port ${port}`, node: index });
    }
    const short = shortColumn(problem, at, used);
    if (short >= 0) {
      const message = `offering ${at} has too little of resource ${short}`;
      found.push({ rule: 'resources', message, node: index });
    }
  }
  return found;
}

/** The first resource of which an offering has less than the pods and its DaemonSets use, or -1. */
function shortColumn({ offerings, overheadGroups, shapes }: Problem, at: number, used: Float64Array): number {
  const overhead = overheadGroups[offerings.overheadGroup[at]!]!.requests;
  const from = offerings.shape[at]! * used.length;
  for (let column = 0; column < used.length; column++) {
    if (used[column]! + overhead[column]! > shapes.allocatable[from + column]!) return column;
  }
  return -1;
}

function verifyBin(
  problem: Problem,
  placements: readonly BinPlacement[],
  bin: Bin,
  index: number,
): Violation[] {
  if (placements.length === 0) return [];
  const found: Violation[] = [];
  for (const { item, level } of placements) {
    const { alternatives } = problem.items[item]!.levels[level]!;
    if (!alternatives.some(({ bins }: { bins: Mask }) => hasBit(bins, index))) {
      found.push({ rule: 'requirements', message: `level ${level} does not allow bin ${index}`, item });
    }
  }
  const pods = placements.map(({ item }) => problem.items[item]!);
  const short = sumOf(problem, pods).findIndex((amount, column) => amount > bin.free[column]!);
  if (short >= 0) {
    found.push({ rule: 'resources', message: `bin ${index} has too little of resource ${short}` });
  }
  const ports = portsOf(pods);
  const double = doublePort(ports) ?? ports.find((port) => bin.ports.includes(port));
  if (double !== undefined)
    found.push({ rule: 'ports', message: `port ${double} of bin ${index} is taken twice` });
  return [...found, ...verifyBinVolumes(bin, index, pods)];
}

function verifyBinVolumes(bin: Bin, index: number, pods: readonly Item[]): Violation[] {
  const before = new Set(bin.volumes.map(({ driver, handle }) => `${driver}/${handle}`));
  const added = new Map<string, number>();
  for (const { driver, handle } of volumesOf(pods)) {
    const key = `${driver}/${handle}`;
    if (!before.has(key)) added.set(key, driver);
  }
  const found: Violation[] = [];
  for (const [driver, limit] of bin.volumeLimits) {
    const count = [...added.values()].filter((of) => of === driver).length;
    // A bin may be over its limit already; only what is attached now counts.
    if (count > 0 && count > limit) {
      const message = `bin ${index} attaches ${count} more volumes of driver ${driver}, ${limit} are left`;
      found.push({ rule: 'volumes', message });
    }
  }
  return found;
}

function sumOf(problem: Problem, pods: readonly Item[]): Float64Array {
  const sum = new Float64Array(problem.resources);
  for (const { requests } of pods) {
    for (let column = 0; column < sum.length; column++) sum[column]! += requests[column]!;
  }
  return sum;
}

function doublePort(ports: readonly number[]): number | undefined {
  return ports.find((port, at) => ports.indexOf(port) !== at);
}
