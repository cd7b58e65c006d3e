// The solver's answer in Kubernetes' terms: indices become pods, nodes, types and prices.
import { groupBy } from '../model/group-by.ts';
import type { PricedOffering } from '../model/offering.ts';
import type { Pod } from '../model/pod.ts';
import { maxResources, type ResourceList, sumResources } from '../model/resources.ts';
import { compareText } from '../model/stable-json.ts';
import { type NewNode, type Pool, type Problem, positionsOf, type Solution } from '../solver/index.ts';
import { waitsForSlot } from './compile/daemonsets.ts';
import { type OfferingRow, rowLabels } from './compile/offerings.ts';
import type { Compiled } from './compile.ts';
import type { PlannedNode, ProvisioningPlan } from './types.ts';

/** Karpenter's limit on the list of a NodeClaim (`MaxInstanceTypes`). */
const MAX_TYPES = 600;
/** And on what one launch names (karpenter-provider-aws `instance.go`, `maxInstanceTypes`). */
const MAX_LAUNCH_TYPES = 60;

/** New nodes as opened, pods by namespace and name. */
export function decodeNodes(compiled: Compiled, solution: Solution): PlannedNode[] {
  // Nodes of one plan share a handful of alternative sets, each of which may have thousands of members.
  const shared = new Map<string, Alternatives>();
  return solution.nodes.map((node) => {
    const name = `${node.pool} ${node.offerings.join(' ')}`;
    const alternatives = shared.get(name) ?? alternativesOf(compiled, node);
    shared.set(name, alternatives);
    return plannedNode(compiled, node, alternatives);
  });
}

/** Pods on existing nodes, in the order of the input's nodes. */
export function decodeExisting(compiled: Compiled, solution: Solution): ProvisioningPlan['existing'] {
  const pods = compiled.input.nodes.map((): Pod[] => []);
  for (const { bin, order } of solution.onBins) pods[bin]?.push(podAt(compiled, order));
  return compiled.input.nodes
    .map(({ name }, bin) => ({ node: name, pods: byName(pods[bin] ?? []) }))
    .filter((entry) => entry.pods.length > 0);
}

/** The pod of an order key. */
export function podAt(compiled: Compiled, order: number): Pod {
  return at(compiled.queue, order, 'pod');
}

export const byName = (pods: readonly Pod[]): Pod[] =>
  [...pods].sort(
    (a, b) =>
      compareText(a.namespace, b.namespace) || compareText(a.name, b.name) || compareText(a.uid, b.uid),
  );

/** What nodes with the same alternatives have in common. */
type Alternatives = Pick<
  PlannedNode,
  | 'nodePool'
  | 'instanceType'
  | 'zone'
  | 'capacityType'
  | 'priceMicroUsdPerHour'
  | 'offerings'
  | 'labels'
  | 'daemonSetRequests'
  | 'slotlessDaemonSetRequests'
  | 'allocatable'
  | 'minAllocatable'
  | 'maxCapacity'
>;

function plannedNode(compiled: Compiled, node: NewNode, alternatives: Alternatives): PlannedNode {
  const pods = byName(node.placements.map(({ order }) => podAt(compiled, order)));
  const requests = sumResources([...pods.map(({ spec }) => spec.requests), alternatives.daemonSetRequests]);
  return { ...alternatives, pods, requests };
}

function alternativesOf(compiled: Compiled, node: NewNode): Alternatives {
  const { table, problem } = compiled;
  const indices = withMinValues(compiled, node.pool, inOrderOfChoice(compiled, node));
  const rows = indices.map((index) => at(table.rows, index, 'offering'));
  const cheapest = at(rows, 0, 'offering');
  const types = [...new Set(rows.map(({ type }) => type))];
  const overhead = problem.offerings.overheadGroup[indices[0] ?? 0] ?? 0;
  const daemonSets = at(compiled.overhead, overhead, 'overhead group');
  const best = pricedOffering(cheapest);
  return {
    ...best,
    nodePool: at(table.pools, node.pool, 'pool'),
    offerings: rows.map(pricedOffering),
    labels: sharedLabels(compiled, indices),
    daemonSetRequests: sumResources(daemonSets.map(({ spec }) => spec.requests)),
    slotlessDaemonSetRequests: sumResources(daemonSets.filter(waitsForSlot).map(({ spec }) => spec.requests)),
    allocatable: cheapest.type.allocatable,
    minAllocatable: types.map(({ allocatable }) => allocatable).reduce(minResources),
    maxCapacity: types.map(({ capacity }) => capacity).reduce(maxResources),
  };
}

const pricedOffering = ({ type, offering }: OfferingRow): PricedOffering => ({
  instanceType: type.name,
  zone: offering.zone,
  capacityType: offering.capacityType,
  priceMicroUsdPerHour: offering.priceMicroUsdPerHour,
});

/**
 * The launch's own ranking first, then the later purchase classes for attempts after it, under the same rules: no exotic
 * type where another remains, no spot dearer than on demand, neither where minValues count every type.
 */
function inOrderOfChoice({ problem }: Compiled, node: NewNode): number[] {
  const { price, purchase, exotic, shape } = problem.offerings;
  const all = positionsOf(node.offerings);
  const chosenClass = purchase[node.ranked[0] ?? 0] ?? 0;
  const minValues = (problem.pools[node.pool]?.minValues.length ?? 0) > 0;
  const ordinary = minValues ? all : all.filter((row) => exotic[row] === 0);
  const onDemand = ordinary.filter((row) => purchase[row] === 2).map((row) => price[row] ?? 0);
  const dearest = onDemand.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const later = (ordinary.length > 0 ? ordinary : all)
    .filter((row) => (purchase[row] ?? 0) > chosenClass)
    .filter((row) => minValues || purchase[row] !== 1 || (price[row] ?? 0) <= dearest)
    .sort((a, b) => (purchase[a] ?? 0) - (purchase[b] ?? 0) || (price[a] ?? 0) - (price[b] ?? 0) || a - b);
  const shapes = new Set<number>();
  return [...node.ranked, ...later].filter((row) => {
    const type = shape[row] ?? 0;
    if (!shapes.has(type) && shapes.size >= MAX_TYPES) return false;
    shapes.add(type);
    return true;
  });
}

/**
 * A launch names the first 60 types of one purchase class. Where the pool asks for minValues, the cheapest alone may have
 * too few; then dearer types that bring a value take the place of cheaper ones that bring none. Karpenter fails there.
 */
function withMinValues({ problem }: Compiled, pool: number, indices: readonly number[]): readonly number[] {
  const { minValues = [] } = problem.pools[pool] ?? {};
  if (minValues.length === 0) return indices;
  const { purchase, shape } = problem.offerings;
  const byClass = groupBy(indices, (index) => purchase[index]);
  const kept = new Map(
    [...byClass].map(([one, members]) => [one, launchShapes(problem, minValues, members)]),
  );
  return indices.filter((index) => kept.get(purchase[index] ?? 0)?.has(shape[index] ?? 0));
}

function launchShapes(
  { offerings }: Problem,
  minValues: Pool['minValues'],
  members: readonly number[],
): ReadonlySet<number> {
  const shapeOf = (index: number): number => offerings.shape[index] ?? 0;
  const kept = new Set<number>();
  for (const { key, min } of minValues) {
    const valueAt = (index: number): number => offerings.keyValue[key]?.[index] ?? -1;
    const named = members.filter((index) => valueAt(index) >= 0);
    const values = new Set(named.filter((index) => kept.has(shapeOf(index))).map(valueAt));
    for (const index of named) {
      if (values.size >= min) break;
      if (values.has(valueAt(index))) continue;
      values.add(valueAt(index));
      kept.add(shapeOf(index));
    }
  }
  for (const index of members) if (kept.size < MAX_LAUNCH_TYPES) kept.add(shapeOf(index));
  return kept;
}

/** Labels on which all alternatives agree: a node still in flight promises these. */
function sharedLabels({ table, places }: Compiled, indices: readonly number[]): Record<string, string> {
  const first = indices[0] ?? 0;
  const labels = rowLabels(at(table.rows, first, 'offering'));
  const shared = Object.keys(labels)
    .sort(compareText)
    .filter((key) => {
      const { index } = places.labelsOf(key).rows;
      return indices.every((row) => index[row] === index[first]);
    });
  return Object.fromEntries(shared.map((key) => [key, labels[key] ?? '']));
}

function minResources(a: ResourceList, b: ResourceList): ResourceList {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, Math.min(a[name] ?? 0, b[name] ?? 0)]));
}

function at<T>(list: readonly T[], index: number, what: string): T {
  const entry = list[index];
  if (entry === undefined) throw new Error(`the solver named ${what} ${index} of ${list.length}`);
  return entry;
}
