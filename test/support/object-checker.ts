// Judges a plan by the Kubernetes objects alone, knowing nothing of the solver: kube-scheduler's own filters must accept
// every planned pod on every alternative of its node, with everything else of the plan in place.
import { clusterFailures } from '../../lib/constraints/cluster-filters.ts';
import { matchesNodeSelector } from '../../lib/constraints/node-selector.ts';
import { type NodeView, nodeFailures } from '../../lib/constraints/pod-on-node.ts';
import { admitsLabels, requirementsOf } from '../../lib/constraints/requirements.ts';
import { untoleratedTaint } from '../../lib/constraints/taints.ts';
import { volumePlaces } from '../../lib/constraints/volumes.ts';
import { LABEL } from '../../lib/model/labels.ts';
import { type InstanceType, offeringKey, type PricedOffering } from '../../lib/model/offering.ts';
import { type Pod, podKey } from '../../lib/model/pod.ts';
import {
  addResources,
  lackingResources,
  type ResourceList,
  sumResources,
} from '../../lib/model/resources.ts';
import type { DaemonSet } from '../../lib/model/workload.ts';
import type {
  PlannedNode,
  PlanningNode,
  ProvisioningInput,
  ProvisioningPlan,
} from '../../lib/planning/types.ts';
import { aPod } from './builders.ts';

/** Everything wrong with the plan, in words; empty means that it can be carried out. */
export function planProblems(input: ProvisioningInput, plan: ProvisioningPlan): string[] {
  return [
    ...coverageProblems(input, plan),
    ...limitProblems(input, plan),
    ...plan.nodes.flatMap((node, index) => alternativeProblems(input, node, index)),
    ...ASSIGNMENTS.flatMap((pick) => clusterProblems(input, plan, pick)),
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
  const wanted = input.pods.map(({ uid }) => uid);
  const unexplained = plan.unschedulable.filter(({ reasons }) => reasons.length === 0);
  return [
    ...(placed.length === new Set(placed).size ? [] : ['a pod is in the plan twice']),
    ...wanted.filter((uid) => !placed.includes(uid)).map((uid) => `pod ${uid} is not in the plan`),
    ...placed.filter((uid) => !wanted.includes(uid)).map((uid) => `pod ${uid} was not asked for`),
    ...unexplained.map(({ pod }) => `pod ${podKey(pod)} has no place and no reason`),
  ];
}

function limitProblems(input: ProvisioningInput, plan: ProvisioningPlan): string[] {
  return input.nodePools.flatMap((pool) => {
    const opened = plan.nodes
      .filter(({ nodePool }) => nodePool.name === pool.name)
      .map(({ maxCapacity }) => ({ ...maxCapacity, nodes: 1 }));
    if (opened.length === 0) return [];
    const total = addResources(input.usage[pool.name] ?? {}, sumResources(opened));
    return Object.entries(pool.limits)
      .filter(([name, limit]) => (total[name] ?? 0) > limit)
      .map(([name, limit]) => `NodePool ${pool.name} uses ${total[name]} ${name} of ${limit}`);
  });
}

function alternativeProblems(input: ProvisioningInput, node: PlannedNode, index: number): string[] {
  const types = input.instanceTypes[node.nodePool.name] ?? [];
  const problems: string[] = [];
  for (const offering of node.offerings) {
    const type = types.find(({ name }) => name === offering.instanceType);
    const where = `node ${index} as ${offeringKey(offering)}`;
    if (type === undefined || !isOnSale(type, offering)) problems.push(`${where}: not on sale`);
    else {
      if (input.unavailable[node.nodePool.name]?.has(offeringKey(offering)) === true)
        problems.push(`${where}: known to have no capacity`);
      problems.push(...offeringProblems(input, node, type, offering).map((text) => `${where}: ${text}`));
    }
  }
  const distinct = new Set(node.offerings.map(({ instanceType }) => instanceType)).size;
  if (node.offerings.length === 0 || distinct > 600) problems.push(`node ${index} has ${distinct} types`);
  if (node.pods.length === 0) problems.push(`node ${index} has no pods`);
  return problems;
}

const isOnSale = (type: InstanceType, wanted: PricedOffering): boolean =>
  type.offerings.some(
    ({ zone, capacityType, priceMicroUsdPerHour }) =>
      zone === wanted.zone &&
      capacityType === wanted.capacityType &&
      priceMicroUsdPerHour === wanted.priceMicroUsdPerHour,
  );

function offeringProblems(
  input: ProvisioningInput,
  node: PlannedNode,
  type: InstanceType,
  offering: PricedOffering,
): string[] {
  const problems: string[] = [];
  const labels = labelsOf(node, type, offering);
  const { template } = node.nodePool;
  if (!admitsLabels(requirementsOf(template.requirements), labels)) {
    problems.push("breaks its NodePool's requirements");
  }
  const view: NodeView = {
    name: 'new',
    labels,
    taints: template.taints,
    allocatable: type.allocatable,
    pods: [],
  };
  const daemonSets = podsOfDaemonSets(input.cluster.daemonSets, view);
  const requests = sumResources([...node.pods, ...daemonSets].map(({ spec }) => spec.requests));
  problems.push(...lackingResources(requests, type.allocatable).map((name) => `not enough ${name}`));
  for (const pod of node.pods) {
    // Resources are judged once for all pods above; an empty allocatable would hide what else fails.
    const others = [...node.pods.filter((other) => other !== pod), ...daemonSets];
    const unbounded = {
      ...view,
      pods: others,
      allocatable: Object.fromEntries(Object.keys(requests).map((name) => [name, Number.MAX_SAFE_INTEGER])),
    };
    const failures = nodeFailures(pod, unbounded, volumePlaces(pod, input.cluster));
    problems.push(...failures.map(({ reason }) => `${podKey(pod)}: ${reason}`));
  }
  return problems;
}

/** The labels a Node of this alternative will have, built from the pool's document and the type. */
function labelsOf(node: PlannedNode, type: InstanceType, offering: PricedOffering): Record<string, string> {
  const sold = type.offerings.find(({ zone }) => zone === offering.zone);
  return {
    ...node.labels,
    ...type.labels,
    ...node.nodePool.template.labels,
    [LABEL.nodePool]: node.nodePool.name,
    [LABEL.zone]: offering.zone,
    [LABEL.zoneId]: sold?.zoneId ?? '',
    [LABEL.capacityType]: offering.capacityType,
    [LABEL.registered]: 'true',
    [LABEL.initialized]: 'true',
  };
}

function podsOfDaemonSets(daemonSets: readonly DaemonSet[], view: NodeView): Pod[] {
  return daemonSets
    .filter(
      ({ template: { spec } }) =>
        untoleratedTaint(view.taints, spec.tolerations) === undefined && matchesNodeSelector(spec, view),
    )
    .map(({ uid, namespace, name, template }) =>
      aPod({
        name: `${name}-new`,
        namespace,
        labels: template.labels,
        spec: template.spec,
        owner: { kind: 'DaemonSet', name, uid },
      }),
    );
}

/** The whole cluster as it will be, with node-local and cluster-wide filters asked of every planned pod. */
function clusterProblems(
  input: ProvisioningInput,
  plan: ProvisioningPlan,
  pick: (node: number, alternatives: number) => number,
): string[] {
  const added = new Map(plan.existing.map(({ node, pods }) => [node, pods]));
  const old = input.nodes.map((node) => oldNode(input, node, added.get(node.name) ?? []));
  const fresh = plan.nodes.map((node, index) =>
    newNode(input, node, index, pick(index, node.offerings.length)),
  );
  const nodes = [...old, ...fresh];
  const problems: string[] = [];
  for (const node of nodes) {
    for (const pod of node.planned) {
      const others = nodes.map((other) =>
        other === node ? { ...other, pods: other.pods.filter((one) => one !== pod) } : other,
      );
      const here = others[nodes.indexOf(node)] ?? node;
      const failures = [
        ...nodeFailures(pod, here, volumePlaces(pod, input.cluster)),
        ...clusterFailures(pod, others, input.cluster.namespaces)(here),
      ];
      problems.push(...failures.map(({ reason }) => `${podKey(pod)} on ${node.name}: ${reason}`));
    }
  }
  return problems;
}

type CheckedNode = NodeView & { readonly planned: readonly Pod[] };

function oldNode(input: ProvisioningInput, node: PlanningNode, planned: readonly Pod[]): CheckedNode {
  const owners = new Set(node.pods.map(({ owner }) => owner?.uid));
  const missing = podsOfDaemonSets(
    input.cluster.daemonSets.filter(({ uid }) => !owners.has(uid)),
    node,
  );
  // What was overcommitted before is not the plan's doing.
  const before = sumResources(node.pods.map(({ spec }) => spec.requests));
  const allocatable = atLeast(node.allocatable, before);
  return {
    ...node,
    allocatable,
    pods: [...node.pods, ...(planned.length > 0 ? missing : []), ...planned],
    planned,
  };
}

const atLeast = (a: ResourceList, b: ResourceList): ResourceList =>
  Object.fromEntries(Object.keys({ ...a, ...b }).map((name) => [name, Math.max(a[name] ?? 0, b[name] ?? 0)]));

function newNode(
  input: ProvisioningInput,
  node: PlannedNode,
  index: number,
  alternative: number,
): CheckedNode {
  const offering = node.offerings[alternative];
  const type = input.instanceTypes[node.nodePool.name]?.find(({ name }) => name === offering?.instanceType);
  const name = `new-${index}`;
  if (offering === undefined || type === undefined) {
    return { name, labels: {}, taints: [], allocatable: {}, pods: node.pods, planned: node.pods };
  }
  const labels = { ...labelsOf(node, type, offering), [LABEL.hostname]: name };
  const view = {
    name,
    labels,
    taints: node.nodePool.template.taints,
    allocatable: type.allocatable,
    pods: [],
  };
  return {
    ...view,
    pods: [...node.pods, ...podsOfDaemonSets(input.cluster.daemonSets, view)],
    planned: node.pods,
  };
}
