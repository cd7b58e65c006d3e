// Judges a plan by the Kubernetes objects alone, sharing no code with the product: every planned pod must be acceptable
// on every alternative of its node, and all of them together in some order of binding. `object-rules.ts` has the rules
// for one pod on one node, `object-replay.ts` those that look at the whole cluster.
import { LABEL } from '../../lib/model/labels.ts';
import { type InstanceType, offeringKey, type PricedOffering } from '../../lib/model/offering.ts';
import { type Pod, podKey } from '../../lib/model/pod.ts';
import type { Requirement } from '../../lib/model/requirement.ts';
import type { ResourceList } from '../../lib/model/resources.ts';
import type { Taint } from '../../lib/model/taint.ts';
import type {
  PlannedNode,
  PlanningNode,
  ProvisioningInput,
  ProvisioningPlan,
} from '../../lib/planning/types.ts';
import { replayProblems, type Site } from './object-replay.ts';
import {
  holds,
  type Labels,
  overAttached,
  portsClash,
  reaches,
  repelled,
  total,
  type Volume,
  volumesOf,
  wantsNode,
  withAliases,
} from './object-rules.ts';

/** Everything wrong with the plan, in words; empty means that it can be carried out. */
export function planProblems(input: ProvisioningInput, plan: ProvisioningPlan): string[] {
  return [
    ...coverageProblems(input, plan),
    ...limitProblems(input, plan),
    ...alternativeProblems(input, plan),
    ...existingProblems(input, plan),
    ...ASSIGNMENTS.flatMap((pick) => replayProblems(sitesOf(input, plan, pick), input.cluster.namespaces)),
  ];
}

/** Which alternative each node turns out to be: whatever EC2 gives must do, so a few combinations are tried. */
const ASSIGNMENTS: readonly ((node: number, alternatives: number) => number)[] = [
  () => 0,
  (_, alternatives) => alternatives - 1,
  (node, alternatives) => (node * 7919 + 13) % alternatives,
];

function coverageProblems(input: ProvisioningInput, plan: ProvisioningPlan): string[] {
  const placed = [
    ...plan.nodes.flatMap(({ pods }) => pods),
    ...plan.existing.flatMap(({ pods }) => pods),
    ...plan.unschedulable.map(({ pod }) => pod),
  ].map(({ uid }) => uid);
  const isPlaced = new Set(placed);
  const wanted = input.pods.map(({ uid }) => uid);
  const isWanted = new Set(wanted);
  const unexplained = plan.unschedulable.filter(({ reasons }) => reasons.every((reason) => reason === ''));
  return [
    ...(placed.length === isPlaced.size ? [] : ['a pod is in the plan twice']),
    ...wanted.filter((uid) => !isPlaced.has(uid)).map((uid) => `pod ${uid} is not in the plan`),
    ...placed.filter((uid) => !isWanted.has(uid)).map((uid) => `pod ${uid} was not asked for`),
    ...unexplained.map(({ pod }) => `pod ${podKey(pod)} has no place and no reason`),
  ];
}

/** Limits count each new node at the largest that it may turn out to be. */
function limitProblems(input: ProvisioningInput, plan: ProvisioningPlan): string[] {
  return input.nodePools.flatMap((pool) => {
    const opened = plan.nodes.filter(({ nodePool }) => nodePool.name === pool.name);
    if (opened.length === 0) return [];
    const sum = (name: string): number =>
      opened.reduce((all, node) => all + largest(input, node, name), input.usage[pool.name]?.[name] ?? 0);
    return Object.entries(pool.limits)
      .filter(([name, limit]) => sum(name) > limit)
      .map(([name, limit]) => `NodePool ${pool.name} uses ${sum(name)} ${name} of ${limit}`);
  });
}

function largest(input: ProvisioningInput, node: PlannedNode, name: string): number {
  if (name === 'nodes') return 1;
  const types = new Set(node.offerings.map(({ instanceType }) => instanceType));
  return Math.max(
    ...(input.instanceTypes[node.nodePool.name] ?? [])
      .filter((type) => types.has(type.name))
      .map(({ capacity }) => capacity[name] ?? 0),
  );
}

/** Nodes of one plan share a few lists of alternatives, and replicas look alike: what is known is not asked again. */
function alternativeProblems(input: ProvisioningInput, plan: ProvisioningPlan): string[] {
  const lists = new Map<object, number>();
  const known = new Map<string, readonly string[]>();
  return plan.nodes.flatMap((node, index) => {
    const list = lists.get(node.offerings) ?? lists.size;
    lists.set(node.offerings, list);
    const pods = node.pods.map(({ namespace, spec }) => [namespace, spec]);
    const name = JSON.stringify([list, node.nodePool.name, node.labels, pods]);
    const problems = known.get(name) ?? nodeProblems(input, node);
    known.set(name, problems);
    return problems.map((problem) => `node ${index}${problem}`);
  });
}

function nodeProblems(input: ProvisioningInput, node: PlannedNode): string[] {
  const types = new Map(input.instanceTypes[node.nodePool.name]?.map((type) => [type.name, type]));
  const load = loadOf(input, node.pods);
  const problems = node.offerings.flatMap((offering) => {
    const type = types.get(offering.instanceType);
    const where = ` as ${offeringKey(offering)}`;
    if (type === undefined || !isOnSale(type, offering)) return [`${where}: not on sale`];
    const unavailable = input.unavailable[node.nodePool.name]?.has(offeringKey(offering)) === true;
    return [
      ...(unavailable ? ['known to have no capacity'] : []),
      ...offeringProblems(input, node, load, { type, labels: labelsOf(node, type, offering) }),
    ].map((text) => `${where}: ${text}`);
  });
  const distinct = new Set(node.offerings.map(({ instanceType }) => instanceType)).size;
  if (node.nodePool.replicas !== undefined) problems.push(' is of a static NodePool');
  if (distinct === 0 || distinct > 600) problems.push(` has ${distinct} types`);
  if (node.pods.length === 0) problems.push(' has no pods');
  if (repelledFrom(node.pods, node.nodePool.template.taints)) problems.push(': taints are not tolerated');
  return [...problems, ...minValuesProblems(input, node, types)];
}

const repelledFrom = (pods: readonly Pod[], taints: readonly Taint[]): boolean =>
  pods.some(({ spec }) => repelled(taints, spec.tolerations));

const isOnSale = (type: InstanceType, wanted: PricedOffering): boolean =>
  type.offerings.some(
    ({ zone, capacityType, priceMicroUsdPerHour }) =>
      zone === wanted.zone &&
      capacityType === wanted.capacityType &&
      priceMicroUsdPerHour === wanted.priceMicroUsdPerHour,
  );

/** What the planned pods of one node bring, whatever node it turns out to be. */
interface Load {
  readonly pods: readonly Pod[];
  /** One pod of each kind that differs in what it asks of labels. */
  readonly choosers: readonly Pod[];
  readonly volumes: readonly Volume[];
  readonly lost: readonly Pod[];
}

function loadOf(input: ProvisioningInput, pods: readonly Pod[]): Load {
  const volumes = pods.map((pod) => volumesOf(pod, input.cluster));
  const choosers = new Map(
    pods.map((pod) => [JSON.stringify([pod.spec.nodeSelector, pod.spec.affinity.nodeRequired]), pod]),
  );
  return {
    pods,
    choosers: [...choosers.values()],
    volumes: volumes.flatMap((list) => list ?? []),
    lost: pods.filter((_, index) => volumes[index] === undefined),
  };
}

interface Alternative {
  readonly type: InstanceType;
  readonly labels: Labels;
}

function offeringProblems(
  input: ProvisioningInput,
  { nodePool: { template } }: PlannedNode,
  load: Load,
  { type, labels }: Alternative,
): string[] {
  const daemons = daemonPods(input, { labels, taints: template.taints }, []);
  const there = [...load.pods, ...daemons];
  const broken = template.requirements.filter((requirement) => !holds(requirement, labels));
  const far = [...new Set(load.volumes.filter((volume) => !reaches(volume, labels)))];
  return [
    ...broken.map(({ key }) => `breaks its NodePool's requirement on ${key}`),
    ...lacking(total(there), type.allocatable).map((name) => `not enough ${name}`),
    ...load.choosers
      .filter(({ spec }) => !wantsNode(spec, labels))
      .map((pod) => `${podKey(pod)}: not selected`),
    ...load.lost.map((pod) => `${podKey(pod)}: a volume cannot be had`),
    ...far.map(({ handle }) => `volume ${handle} is elsewhere`),
    ...overAttached(load.volumes, type.volumeLimits).map((driver) => `too many volumes of ${driver}`),
    ...(portsClash(there) ? ['two pods want one host port'] : []),
  ];
}

const lacking = (requests: ResourceList, allocatable: ResourceList): string[] =>
  Object.entries(requests)
    .filter(([name, amount]) => amount > (allocatable[name] ?? 0))
    .map(([name]) => name);

/** Distinct values of each counted key over all alternatives, unless minValues are only an effort. */
function minValuesProblems(
  input: ProvisioningInput,
  node: PlannedNode,
  types: ReadonlyMap<string, InstanceType>,
): string[] {
  if (input.minValuesPolicy === 'BestEffort') return [];
  const values = ({ key }: Requirement): number => {
    const found = node.offerings.map((offering) => {
      const type = types.get(offering.instanceType);
      return type === undefined ? undefined : labelsOf(node, type, offering)[key];
    });
    return new Set(found.filter((value) => value !== undefined)).size;
  };
  return node.nodePool.template.requirements
    .filter((requirement) => values(requirement) < (requirement.minValues ?? 0))
    .map((requirement) => ` has ${values(requirement)} values of ${requirement.key}`);
}

/** The labels a Node of this alternative will have, built from the pool's document and the type. */
function labelsOf(node: PlannedNode, type: InstanceType, offering: PricedOffering): Labels {
  const { nodePool } = node;
  const sold = type.offerings.find(({ zone }) => zone === offering.zone);
  return withAliases({
    ...node.labels,
    ...type.labels,
    ...nodePool.template.labels,
    [LABEL.nodePool]: nodePool.name,
    [LABEL.nodeClass]: nodePool.template.nodeClass,
    [LABEL.zone]: offering.zone,
    [LABEL.zoneId]: sold?.zoneId ?? '',
    [LABEL.capacityType]: offering.capacityType,
    [LABEL.registered]: 'true',
    [LABEL.initialized]: 'true',
  });
}

type Spot = Pick<Site, 'labels' | 'taints'>;

/** Pods of DaemonSets that the node attracts and does not have yet; each asks for what its newest pod asks for. */
function daemonPods({ cluster }: ProvisioningInput, spot: Spot, here: readonly Pod[]): Pick<Pod, 'spec'>[] {
  const present = new Set(here.filter(({ phase }) => phase === 'Running').map(({ owner }) => owner?.uid));
  return cluster.daemonSets
    .filter(({ uid }) => !present.has(uid))
    .map(({ uid, template }) => {
      const mine = cluster.pods.filter(({ owner }) => owner?.kind === 'DaemonSet' && owner.uid === uid);
      const newest = mine.sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
      return { spec: { ...(newest ?? template).spec, affinity: template.spec.affinity } };
    })
    .filter(({ spec }) => wantsNode(spec, spot.labels) && !repelled(spot.taints, spec.tolerations));
}

function existingProblems(input: ProvisioningInput, plan: ProvisioningPlan): string[] {
  return plan.existing.flatMap(({ node: name, pods }) => {
    const node = input.nodes.find((one) => one.name === name);
    if (node === undefined) return [`there is no node ${name}`];
    return boundProblems(input, node, pods).map((problem) => `${name}: ${problem}`);
  });
}

function boundProblems(input: ProvisioningInput, node: PlanningNode, pods: readonly Pod[]): string[] {
  const here = node.pods.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  const labels = existingLabels(node);
  const there = [...here, ...daemonPods(input, { labels, taints: node.taints }, here), ...pods];
  const asked = total(pods);
  const { volumes, lost } = loadOf(input, pods);
  const attached = [...volumes, ...loadOf(input, here).volumes];
  const limits = input.cluster.csiNodes.find(({ nodeName }) => nodeName === node.name)?.limits ?? {};
  const wanted = new Set(volumes.map(({ driver }) => driver));
  return [
    // What was overcommitted before is not the plan's doing unless it adds to it.
    ...lacking(total(there), node.allocatable)
      .filter((resource) => (asked[resource] ?? 0) > 0)
      .map((resource) => `not enough ${resource}`),
    ...pods.filter(({ spec }) => !wantsNode(spec, labels)).map((pod) => `${podKey(pod)}: not selected`),
    ...(repelledFrom(pods, node.taints) ? ['taints are not tolerated'] : []),
    ...(pods.some((pod) => portsClash([pod, ...there.filter((one) => one !== pod)])) && !portsClash(here)
      ? ['two pods want one host port']
      : []),
    ...lost.map((pod) => `${podKey(pod)}: a volume cannot be had`),
    ...volumes
      .filter((volume) => !reaches(volume, labels))
      .map(({ handle }) => `volume ${handle} is elsewhere`),
    ...overAttached(attached, limits)
      .filter((driver) => wanted.has(driver))
      .map((driver) => `too many volumes of ${driver}`),
  ];
}

/** A node in flight is as good as registered: it takes no pod before. */
const existingLabels = ({ labels, inFlight }: PlanningNode): Labels =>
  withAliases(inFlight ? { [LABEL.registered]: 'true', [LABEL.initialized]: 'true', ...labels } : labels);

/** The whole cluster as it will be; nodes that take no pods count for topology all the same. */
function sitesOf(
  input: ProvisioningInput,
  plan: ProvisioningPlan,
  pick: (node: number, alternatives: number) => number,
): Site[] {
  const added = new Map(plan.existing.map(({ node, pods }) => [node, pods]));
  const open = input.nodes.map((node) => ({
    name: node.name,
    labels: existingLabels(node),
    taints: node.taints,
    running: node.pods,
    planned: added.get(node.name) ?? [],
  }));
  const names = new Set(open.map(({ name }) => name));
  const closed = input.cluster.nodes
    .filter(({ name }) => !names.has(name))
    .map(({ name, labels, taints }) => {
      const running = input.cluster.pods.filter(({ nodeName }) => nodeName === name);
      return { name, labels: withAliases(labels), taints, running, planned: [] };
    });
  return [...open, ...closed, ...plan.nodes.map((node, index) => newSite(input, node, index, pick))];
}

function newSite(
  input: ProvisioningInput,
  node: PlannedNode,
  index: number,
  pick: (node: number, alternatives: number) => number,
): Site {
  const offering = node.offerings[pick(index, node.offerings.length)];
  const type = input.instanceTypes[node.nodePool.name]?.find(({ name }) => name === offering?.instanceType);
  const name = `new-${index}`;
  const labels = offering === undefined || type === undefined ? {} : labelsOf(node, type, offering);
  return {
    name,
    labels: { ...labels, [LABEL.hostname]: name },
    taints: node.nodePool.template.taints,
    running: [],
    planned: node.pods,
  };
}
