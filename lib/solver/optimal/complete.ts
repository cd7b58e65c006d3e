/** Makes a whole plan of a partial one: what has no place yet is placed as the greedy places pods. */
import { cutReasons } from '../greedy.ts';
import { kitOf, Packer } from '../packer.ts';
import type { PlannedNode } from '../planned-node.ts';
import type { Item, Problem } from '../problem.ts';
import { PodQueue } from '../queue.ts';
import type { Load } from '../rank.ts';
import type { BinPlacement, Placement, Solution, Unplaced } from '../solution.ts';
import { verifyTopology } from '../verify-topology.ts';
import type { Launcher } from './launcher.ts';
import type { NodeDecoder } from './node-decoder.ts';

/** What is placed: each pod at most once, and nothing that breaks a rule by itself. */
export interface Draft {
  readonly loads: readonly Load[];
  readonly onBins: readonly BinPlacement[];
}

/** `last` are order keys of pods that come after all others of their priority. */
export function complete(
  problem: Problem,
  draft: Draft,
  last: ReadonlySet<number>,
  decoder: NodeDecoder,
  launcher: Launcher,
): Solution {
  const waiting = waitingPods(problem, draft);
  if (waiting.length === 0) return solutionOf(problem, draft.loads, draft.onBins, [], launcher);
  const finish = (from: Draft, pods: readonly Pod[]) =>
    completed(problem, from, pods, last, decoder, launcher);
  const solution = finish(draft, waiting);
  if (problem.groups.length === 0 || verifyTopology(problem, solution).length === 0) return solution;
  // Pods that a node refused may have held up a count that others lean on. Then the greedy places all that topology
  // concerns, in an order in which each pod is allowed when it comes.
  const free = withoutTopology(problem, draft);
  return finish(free, waitingPods(problem, free));
}

interface Pod {
  readonly item: number;
  readonly order: number;
}

function waitingPods({ items }: Problem, { loads, onBins }: Draft): Pod[] {
  const all = items.reduce((sum, { order }) => sum + order.length, 0);
  const placed = loads.reduce((sum, { placements }) => sum + placements.length, onBins.length);
  if (placed === all) return [];
  const keys = new Set(onBins.map(({ order }) => order));
  for (const { placements } of loads) for (const { order } of placements) keys.add(order);
  return items.flatMap(({ order }, item) =>
    Array.from(order)
      .filter((key) => !keys.has(key))
      .map((key) => ({ item, order: key })),
  );
}

/** As the greedy does, pods whose node the cut to the cheapest types ends are given up and the others packed again. */
function completed(
  problem: Problem,
  draft: Draft,
  waiting: readonly Pod[],
  last: ReadonlySet<number>,
  { sets, names }: NodeDecoder,
  launcher: Launcher,
): Solution {
  const givenUp = new Map<number, Unplaced>();
  const kit = kitOf(problem, sets, names);
  for (;;) {
    const packer = new Packer(kit);
    for (const pod of draft.onBins) packer.adoptOnBin(pod);
    for (const { set, placements } of draft.loads) packer.adoptNode(set, placements);
    const unplaced = packWaves(problem, packer, wavesOf(problem, waiting, last), givenUp);
    const failed = [...packer.nodes.entries()].filter(([, { set }]) => !launcher.ranking.survivesCut(set));
    if (failed.length === 0) {
      return solutionOf(problem, packer.nodes, packer.onBins, [...unplaced, ...givenUp.values()], launcher);
    }
    for (const [at, node] of failed) {
      const adopted = draft.loads[at]?.placements.length ?? 0;
      giveUp(problem, packer, node, node.placements.slice(adopted), givenUp);
    }
  }
}

function giveUp(
  problem: Problem,
  packer: Packer,
  node: PlannedNode,
  pods: readonly Placement[],
  givenUp: Map<number, Unplaced>,
): void {
  for (const { item, order } of pods) {
    givenUp.set(order, { item, order, pools: cutReasons(problem, packer.reasonsOf(item), node) });
  }
}

/** Order keys of pods by falling priority, within one those that are not `last` before those that are. */
function wavesOf({ items }: Problem, waiting: readonly Pod[], last: ReadonlySet<number>): Set<number>[] {
  const waves = new Map<number, Set<number>>();
  for (const { item, order } of waiting) {
    const rank = 2 * items[item]!.priority + (last.has(order) ? 0 : 1);
    const wave = waves.get(rank) ?? new Set();
    waves.set(rank, wave.add(order));
  }
  return [...waves.keys()].sort((a, b) => b - a).map((rank) => waves.get(rank)!);
}

/** Pods that found no place are tried again with each next wave: what they must be together with may have come. */
function packWaves(
  problem: Problem,
  packer: Packer,
  waves: readonly Set<number>[],
  givenUp: ReadonlyMap<number, unknown>,
): Unplaced[] {
  let unplaced: Unplaced[] = [];
  for (const wave of waves) {
    for (const { order } of unplaced) wave.add(order);
    unplaced = packer.pack(new PodQueue(problem, { has: (key) => !wave.has(key) || givenUp.has(key) }));
  }
  return unplaced;
}

/** The draft without pods that a group binds or counts. */
function withoutTopology({ items }: Problem, { loads, onBins }: Draft): Draft {
  const isFree = items.map(
    ({ counted, levels }: Item) => counted.length === 0 && levels.every(({ owned }) => owned.length === 0),
  );
  const keep = <P extends Placement>(pods: readonly P[]) => pods.filter(({ item }) => isFree[item]);
  const kept = loads.map((load) => ({ ...load, placements: keep(load.placements) }));
  return { loads: kept.filter(({ placements }) => placements.length > 0), onBins: keep(onBins) };
}

function solutionOf(
  problem: Problem,
  loads: readonly Load[],
  onBins: readonly BinPlacement[],
  unplaced: readonly Unplaced[],
  launcher: Launcher,
): Solution {
  const nodes = loads.map((load) => launcher.launch(load));
  return {
    nodes,
    onBins,
    unplaced: [...unplaced].sort((a, b) => a.order - b.order || a.item - b.item),
    pricePerHour: nodes.reduce((sum, { ranked }) => sum + problem.offerings.price[ranked[0]!]!, 0),
  };
}
