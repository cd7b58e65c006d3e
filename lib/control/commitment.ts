// From a decision to what is committed: claims, their slots and the orders that buy them. Pure.
import {
  CLAIM_NAME_MAX_CHARACTERS,
  type ClaimName,
  claimName,
  orderId,
  type PlanId,
  type RequestId,
  type SnapshotId,
} from '../model/ids.ts';
import type { NodeClaim, PlannedClaim } from '../model/node-claim.ts';
import type { NodeClass } from '../model/node-class.ts';
import { type CapacityType, offeringKey, type PricedOffering } from '../model/offering.ts';
import type { CommittedPlan, Order } from '../model/plan.ts';
import type { Pod } from '../model/pod.ts';
import { shapeHash } from '../model/shape.ts';
import type { ClaimSlots, Slot } from '../model/slots.ts';
import type { SolverSettings } from '../model/solver-settings.ts';
import type { PlannedNode, ProvisioningPlan } from '../planning/types.ts';
import { FLEET_MAX_TYPES, ORDER_MAX_CLAIMS } from './limits.ts';

export interface CommitmentContext {
  readonly id: PlanId;
  readonly installation: string;
  readonly requestIds: readonly RequestId[];
  readonly snapshotId: SnapshotId;
  readonly nowMs: number;
  /** Claims behind the nodes of `plan.existing`, by the name planning knows them by. */
  readonly claims: ReadonlyMap<string, NodeClaim>;
  readonly nodeClasses: ReadonlyMap<string, NodeClass>;
  /** What the plan was made under. */
  readonly settings: SolverSettings;
}

/** The same plan and context give the same bytes: names derive from the plan's id. */
export function commitmentOf(plan: ProvisioningPlan, context: CommitmentContext): CommittedPlan {
  const names = plan.nodes.map((node, index) => nameOf(node.nodePool.name, context.id, index));
  const orders = ordersOf(plan.nodes, names, context);
  const orderOf = new Map(orders.flatMap((order) => order.claims.map((name) => [name, order.id] as const)));
  const claims = plan.nodes.map((node, index): PlannedClaim => {
    const name = names[index] as ClaimName;
    return claimOf(node, name, orderOf.get(name) as Order['id'], context);
  });
  const newSlots = plan.nodes.map((node, index) => slotsOf(names[index] as ClaimName, node.pods, context));
  const added = plan.existing.flatMap(({ node, pods }) => {
    const claim = context.claims.get(node);
    return claim === undefined ? [] : [slotsOf(claim.name, pods, context)];
  });
  return {
    schemaVersion: 1,
    id: context.id,
    installation: context.installation,
    requestIds: context.requestIds,
    snapshotId: context.snapshotId,
    createdAtMs: context.nowMs,
    orders,
    claims,
    slots: [...newSlots, ...added],
    unschedulable: plan.unschedulable.map(({ pod, reasons }) => ({ podUid: pod.uid, reasons })),
    solver: { ...plan.solver, settings: context.settings },
  };
}

/** `<pool>-<8 digits of the plan>-<n>`; the pool's name is cut so that the whole stays a taint value. */
function nameOf(pool: string, id: PlanId, index: number): ClaimName {
  const suffix = `-${id.slice(1, 9)}-${index}`;
  const prefix = pool.slice(0, CLAIM_NAME_MAX_CHARACTERS - suffix.length).replace(/[^a-z0-9]+$/, '');
  return claimName(`${prefix}${suffix}`);
}

/** Nodes with the same pool, class and offerings are bought together, at most `ORDER_MAX_CLAIMS` at a time. */
function ordersOf(
  nodes: readonly PlannedNode[],
  names: readonly ClaimName[],
  context: CommitmentContext,
): Order[] {
  const groups = new Map<string, { node: PlannedNode; claims: ClaimName[] }>();
  for (const [index, node] of nodes.entries()) {
    const key = `${node.nodePool.name} ${node.offerings.map(offeringKey).join(' ')}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { node, claims: [names[index] as ClaimName] });
    else group.claims.push(names[index] as ClaimName);
  }
  const orders: Order[] = [];
  for (const { node, claims } of groups.values()) {
    for (let start = 0; start < claims.length; start += ORDER_MAX_CLAIMS) {
      orders.push({
        schemaVersion: 1,
        id: orderId(`${context.id}-${orders.length}`),
        planId: context.id,
        version: 1,
        createdAtMs: context.nowMs,
        nodePool: node.nodePool.name,
        nodeClass: node.nodePool.template.nodeClass,
        claims: claims.slice(start, start + ORDER_MAX_CLAIMS),
        offerings: launchable(node.offerings),
        attempts: [],
      });
    }
  }
  return orders;
}

/** What an order can ask for at all: of each capacity type the first types that one request takes. Keeps the item small. */
function launchable(offerings: readonly PricedOffering[]): PricedOffering[] {
  const types = new Map<CapacityType, Set<string>>();
  return offerings.filter(({ capacityType, instanceType }) => {
    const seen = types.get(capacityType) ?? new Set();
    types.set(capacityType, seen);
    if (seen.size < FLEET_MAX_TYPES) seen.add(instanceType);
    return seen.has(instanceType);
  });
}

function claimOf(
  node: PlannedNode,
  name: ClaimName,
  order: Order['id'],
  context: CommitmentContext,
): PlannedClaim {
  const { nodePool } = node;
  const { template } = nodePool;
  const nodeClass = context.nodeClasses.get(template.nodeClass);
  return {
    schemaVersion: 1,
    phase: 'Planned',
    name,
    version: 1,
    planId: context.id,
    orderId: order,
    nodePool: { name: nodePool.name, hash: nodePool.hash, hashVersion: nodePool.hashVersion },
    nodeClass: {
      name: template.nodeClass,
      hash: nodeClass?.hash ?? '',
      hashVersion: nodeClass?.hashVersion ?? '',
    },
    placement: nodePool.placement,
    requirements: template.requirements,
    labels: node.labels,
    annotations: template.annotations,
    taints: template.taints,
    startupTaints: template.startupTaints,
    requests: node.requests,
    daemonSetRequests: node.slotlessDaemonSetRequests,
    maxCapacity: node.maxCapacity,
    minAllocatable: node.minAllocatable,
    expireAfterMs: template.expireAfterMs,
    ...(template.terminationGracePeriodMs === undefined
      ? {}
      : { terminationGracePeriodMs: template.terminationGracePeriodMs }),
    createdAtMs: context.nowMs,
  };
}

const slotsOf = (claim: ClaimName, pods: readonly Pod[], context: CommitmentContext): ClaimSlots => ({
  schemaVersion: 1,
  claim,
  planId: context.id,
  version: 1,
  createdAtMs: context.nowMs,
  slots: pods.map(slotOf),
});

const slotOf = (pod: Pod): Slot => ({
  podUid: pod.uid,
  namespace: pod.namespace,
  podName: pod.name,
  ...(pod.owner === undefined ? {} : { ownerUid: pod.owner.uid }),
  shapeHash: shapeHash(pod),
  state: 'planned',
});
