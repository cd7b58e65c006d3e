/**
 * Turns counters into a solution: pods by item and order key, and per node the offerings that hold them. What counters do
 * not know (minValues, ports of DaemonSets, the cut of a launch to so many types) may make a node refuse pods; those, and
 * all that the packing has no place for, are placed as the greedy would, on top of the rest.
 */
import { hasBit } from '../mask.ts';
import type { Objective } from '../objective.ts';
import type { Load } from '../rank.ts';
import type { BinPlacement, Placement, Solution } from '../solution.ts';
import type { OnBins } from './bins.ts';
import { complete } from './complete.ts';
import { Launcher } from './launcher.ts';
import type { Model, Packing } from './model.ts';
import { NodeDecoder } from './node-decoder.ts';
import { Units } from './units.ts';

/**
 * `baseline` is the greedy's plan: pods that it leaves out come last within their priority. `prices` are what the room that
 * a node leaves is worth by the objective, per column of the problem.
 */
export function decode(
  model: Model,
  { fills }: OnBins,
  { runs, lotOf }: Packing,
  baseline: Solution,
  objective: Objective,
  prices: Float64Array,
): Solution {
  const { problem } = model;
  const units = new Units(model, lotOf);
  const onBins: BinPlacement[] = [...model.fixed];
  for (const { bin, classes, counts } of fills) {
    for (const pod of units.next(classes, counts).placements) onBins.push(onBin(model, pod, bin));
  }
  const decoder = new NodeDecoder(model);
  const loads: Load[] = [];
  for (const run of runs) for (const load of decoder.loadsOf(run, units)) loads.push(load);
  const launcher = new Launcher(problem, objective, prices, decoder);
  const left = new Set(baseline.unplaced.map(({ order }) => order));
  return complete(problem, { loads, onBins }, left, decoder, launcher);
}

/** At the first level that allows the bin and binds the pod by nothing that its own level does not. */
function onBin({ problem: { items } }: Model, pod: Placement, bin: number): BinPlacement {
  const { levels } = items[pod.item]!;
  const bound = new Set(levels[pod.level]!.owned.map(({ group }) => group));
  const allowing = levels.findIndex(
    ({ alternatives, owned }) =>
      alternatives.some(({ bins }) => hasBit(bins, bin)) && owned.every(({ group }) => bound.has(group)),
  );
  return { ...pod, level: allowing < 0 ? pod.level : Math.min(allowing, pod.level), bin };
}
