import { LABEL, TAG } from '../model/labels.ts';
import type { PlannedClaim } from '../model/node-claim.ts';
import type { ResolvedNodeClass } from '../model/node-class.ts';
import { type CapacityType, offeringKey, type PricedOffering } from '../model/offering.ts';
import type { FleetOverride, FleetRequest, Order } from '../model/plan.ts';
import { unavailableTo } from '../model/unavailable-offering.ts';
import type { ControlDeps } from './deps.ts';
import { FLEET_MAX_OVERRIDES, FLEET_MAX_TYPES } from './limits.ts';
import { readyNodeClass } from './ready-node-class.ts';

type RequestDeps = Pick<ControlDeps, 'installation' | 'clock' | 'documents' | 'catalog' | 'unavailable'>;

export type FleetRequestOutcome =
  | { readonly kind: 'request'; readonly request: FleetRequest }
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * The next CreateFleet of an order: the best capacity type that still has offerings not known to be unavailable, at most
 * 60 types (Karpenter) and 300 overrides (CreateFleet), one subnet per zone.
 */
export async function fleetRequestOf(
  deps: RequestDeps,
  order: Order,
  waiting: readonly PlannedClaim[],
): Promise<FleetRequestOutcome> {
  const nodePools = await deps.documents.nodePools();
  if (!nodePools.some(({ name }) => name === order.nodePool)) {
    return { kind: 'impossible', reason: `NodePool ${order.nodePool} is not there any more` };
  }
  const ready = await readyNodeClass(deps, order.nodeClass);
  if (ready === undefined) {
    return { kind: 'impossible', reason: `EC2NodeClass ${order.nodeClass} is not there or not ready` };
  }
  const { nodeClass, resolved } = ready;
  const unavailable = unavailableTo(nodeClass.name, await deps.unavailable.list(), deps.clock.nowMs());
  const open = order.offerings.filter((offering) => !unavailable.has(offeringKey(offering)));
  const architectures = await architectureByType(deps, nodeClass, resolved);
  const capacityType = open[0]?.capacityType;
  const overrides =
    capacityType === undefined ? [] : overridesOf(open, capacityType, resolved, architectures);
  if (capacityType === undefined || overrides.length === 0) {
    return {
      kind: 'impossible',
      reason: 'every offering planned for it is without capacity, subnet or image now',
    };
  }
  const n = order.attempts.length + 1;
  return {
    kind: 'request',
    request: {
      clientToken: `${order.id}-${n}`,
      capacityType,
      targetCapacity: waiting.length,
      allocationStrategy: capacityType === 'spot' ? 'price-capacity-optimized' : 'lowest-price',
      launchTemplate: { nodeClass: nodeClass.name, nodeClassHash: nodeClass.hash, nodePool: order.nodePool },
      overrides,
      tags: {
        ...nodeClass.tags,
        [TAG.installation]: deps.installation,
        [TAG.nodePool]: order.nodePool,
        [TAG.order]: order.id,
        [TAG.attempt]: String(n),
      },
    },
  };
}

async function architectureByType(
  deps: RequestDeps,
  nodeClass: Parameters<ControlDeps['catalog']['instanceTypes']>[0],
  resolved: ResolvedNodeClass,
): Promise<ReadonlyMap<string, string>> {
  const types = await deps.catalog.instanceTypes(nodeClass, resolved);
  return new Map(types.map((type) => [type.name, type.labels[LABEL.arch] ?? '']));
}

/** Offerings come ranked by class and price, so the first of the class are the cheapest. */
function overridesOf(
  offerings: readonly PricedOffering[],
  capacityType: CapacityType,
  resolved: ResolvedNodeClass,
  architectures: ReadonlyMap<string, string>,
): FleetOverride[] {
  const subnets = new Map(resolved.subnets.map((subnet) => [subnet.zone, subnet.id]));
  const types = new Set<string>();
  const overrides: FleetOverride[] = [];
  for (const offering of offerings) {
    if (offering.capacityType !== capacityType || overrides.length >= FLEET_MAX_OVERRIDES) continue;
    const subnetId = subnets.get(offering.zone);
    const imageId = resolved.imageIds[architectures.get(offering.instanceType) ?? ''];
    if (subnetId === undefined || imageId === undefined) continue;
    if (!types.has(offering.instanceType) && types.size >= FLEET_MAX_TYPES) continue;
    types.add(offering.instanceType);
    overrides.push({ instanceType: offering.instanceType, zone: offering.zone, subnetId, imageId });
  }
  return overrides;
}
