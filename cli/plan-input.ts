// From documents, which may hold a live cluster's state, to what a provisioning decision reads. Pure.
import { offlineNodeClass } from '../lib/adapters/memory/embedded-catalog.ts';
import type { RegionMarket } from '../lib/catalog/catalogue.ts';
import { DEFAULT_NODE_CLASS, DEFAULT_NODE_POOL } from '../lib/config/defaults.ts';
import { expandWorkloads } from '../lib/config/expand.ts';
import type { LoadedDocuments } from '../lib/config/load.ts';
import { requirementText } from '../lib/constraints/requirements.ts';
import { planningNodes } from '../lib/control/planning-nodes.ts';
import { counted } from '../lib/model/counted.ts';
import { LABEL } from '../lib/model/labels.ts';
import { listed } from '../lib/model/listed.ts';
import type { Node } from '../lib/model/node.ts';
import type { NodeClass } from '../lib/model/node-class.ts';
import type { NodePool } from '../lib/model/node-pool.ts';
import type { CapacityType, InstanceType } from '../lib/model/offering.ts';
import type { PlanningPolicies } from '../lib/model/planning-policies.ts';
import { isDaemonSetPod, isMirrorPod, isTerminal, type Pod, podKey } from '../lib/model/pod.ts';
import { addResources, type ResourceList } from '../lib/model/resources.ts';
import type { ServedPods } from '../lib/model/served-pods.ts';
import { isProvisionable } from '../lib/planning/provisionable.ts';
import { servedIn } from '../lib/planning/served.ts';
import type { ProvisioningInput } from '../lib/planning/types.ts';
import type { Catalog } from '../lib/ports/catalog.ts';

export interface PlanScope {
  /** Zone names; empty means every zone of the region. */
  readonly zones: readonly string[];
  /** Empty means every capacity type. */
  readonly capacityTypes: readonly CapacityType[];
  readonly policies: PlanningPolicies;
  /** Whose pods are planned; absent means everybody's. */
  readonly serves?: ServedPods;
}

export interface PreparedPlan {
  readonly input: ProvisioningInput;
  /** What was assumed or left out, for people. */
  readonly notes: readonly string[];
}

export async function preparePlan(
  documents: LoadedDocuments,
  scope: PlanScope,
  catalog: Catalog & { readonly market: RegionMarket },
): Promise<PreparedPlan> {
  const { cluster } = documents;
  const pools = poolsOf(documents, scope);
  const pods = [
    ...documents.pods.filter(({ nodeName }) => nodeName === undefined),
    ...expandWorkloads(documents.workloads, documents.pods),
  ];
  const isServed = servedIn({ cluster, ...(scope.serves === undefined ? {} : { serves: scope.serves }) });
  const ours = pods.filter(isServed);
  const planned = ours.filter(isProvisionable);
  const nodes = planningNodes(
    { cluster: { ...cluster, nodes: cluster.nodes.map(withoutClaim) }, takenAtMs: 0 },
    [],
    [],
  ).nodes;
  return {
    input: {
      ...scope.policies,
      pods: planned,
      cluster,
      nodes,
      nodePools: pools.nodePools,
      instanceTypes: await instanceTypesOf(pools, scope, catalog),
      usage: usageOf(cluster.nodes),
      unavailable: {},
    },
    notes: [
      ...pools.notes,
      ...closedNodesNote(
        cluster.nodes,
        nodes.map(({ name }) => name),
      ),
      ...leftOutNotes(ours.filter(needsExplanation)),
      ...notServedNote(pods.length - ours.length),
    ],
  };
}

export interface Pools {
  readonly nodePools: readonly NodePool[];
  readonly nodeClasses: readonly NodeClass[];
  readonly notes: readonly string[];
}

/** The documents' own NodePools, or the default one, which says so. */
function poolsOf({ nodePools, nodeClasses }: LoadedDocuments, scope: PlanScope): Pools {
  if (nodePools.length > 0) return { nodePools, nodeClasses, notes: [] };
  const pool = scope.capacityTypes.length === 0 ? DEFAULT_NODE_POOL : defaultPoolOf(scope.capacityTypes);
  const named = nodeClasses.some(({ name }) => name === pool.template.nodeClass);
  const requirements = pool.template.requirements.map(requirementText).join(', ');
  return {
    nodePools: [pool],
    nodeClasses: named ? nodeClasses : [...nodeClasses, DEFAULT_NODE_CLASS],
    notes: [`no NodePool among the documents: the default one is used (${requirements})`],
  };
}

function defaultPoolOf(capacityTypes: readonly CapacityType[]): NodePool {
  const { template } = DEFAULT_NODE_POOL;
  const requirements = template.requirements.map((requirement) =>
    requirement.key === LABEL.capacityType ? { ...requirement, values: capacityTypes } : requirement,
  );
  return { ...DEFAULT_NODE_POOL, template: { ...template, requirements } };
}

async function instanceTypesOf(
  { nodePools, nodeClasses }: Pools,
  scope: PlanScope,
  catalog: Catalog & { readonly market: RegionMarket },
): Promise<Record<string, readonly InstanceType[]>> {
  const byPool: Record<string, readonly InstanceType[]> = {};
  for (const pool of nodePools) {
    const nodeClass = nodeClasses.find(({ name }) => name === pool.template.nodeClass);
    if (nodeClass === undefined) continue;
    const resolved = offlineNodeClass(nodeClass, catalog.market, scope.zones);
    byPool[pool.name] = bought(await catalog.instanceTypes(nodeClass, resolved), scope.capacityTypes);
  }
  return byPool;
}

/** The types with only the offerings of the capacity types asked for. */
function bought(
  types: readonly InstanceType[],
  capacityTypes: readonly CapacityType[],
): readonly InstanceType[] {
  if (capacityTypes.length === 0) return types;
  return types.flatMap((type) => {
    const offerings = type.offerings.filter(({ capacityType }) => capacityTypes.includes(capacityType));
    return offerings.length === 0 ? [] : [{ ...type, offerings }];
  });
}

/** What limits count: every node that carries a NodePool's label. */
function usageOf(nodes: readonly Node[]): Record<string, ResourceList> {
  const usage: Record<string, ResourceList> = {};
  for (const { labels, capacity } of nodes) {
    const pool = labels[LABEL.nodePool];
    if (pool !== undefined) usage[pool] = addResources(usage[pool] ?? {}, { ...capacity, nodes: 1 });
  }
  return usage;
}

/** A node of Dovetail's is planned through its claim, which documents do not hold: here it is a node like any other. */
function withoutClaim(node: Node): Node {
  const { [LABEL.claim]: _, ...labels } = node.labels;
  return { ...node, labels };
}

function closedNodesNote(nodes: readonly Node[], open: readonly string[]): string[] {
  const closed = nodes.map(({ name }) => name).filter((name) => !open.includes(name));
  return closed.length === 0
    ? []
    : [`nodes that take no pods now (not ready, cordoned, starting or leaving): ${listed(closed)}`];
}

/** Pods of a node's own and ended ones need no word. */
const needsExplanation = (pod: Pod): boolean =>
  !isProvisionable(pod) && !isTerminal(pod) && !isDaemonSetPod(pod) && !isMirrorPod(pod);

const notServedNote = (pods: number): string[] =>
  pods === 0 ? [] : [`not planned, since they are not served: ${counted(pods, 'pod')}`];

/** One note per reason. */
function leftOutNotes(pods: readonly Pod[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const pod of pods) {
    const reason = leftOutReason(pod);
    byReason.set(reason, [...(byReason.get(reason) ?? []), podKey(pod)]);
  }
  return [...byReason].map(([reason, names]) => `not planned, ${reason}: ${listed(names)}`);
}

function leftOutReason({ deletionAtMs, nominatedNodeName, spec, unschedulable }: Pod): string {
  if (deletionAtMs !== undefined) return 'since they are being deleted';
  if (spec.schedulingGates.length > 0)
    return `since they wait for scheduling gate ${spec.schedulingGates[0]}`;
  if (nominatedNodeName !== undefined)
    return `since kube-scheduler makes room for them on ${nominatedNodeName}`;
  return unschedulable === undefined
    ? 'since kube-scheduler has not found them unschedulable'
    : 'since their node affinity keeps them off every NodePool';
}
