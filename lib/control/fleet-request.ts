import { stableKey } from '../constraints/label-keys.ts';
import { counted } from '../model/counted.ts';
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
  const labels = await labelsByType(deps, nodeClass, resolved);
  const capacityType = open[0]?.capacityType;
  const overrides = capacityType === undefined ? [] : overridesOf(open, capacityType, resolved, labels);
  if (capacityType === undefined || overrides.length === 0) {
    return {
      kind: 'impossible',
      reason: 'every offering planned for it is without capacity, subnet or image now',
    };
  }
  const missing = missingValues(waiting, overrides, labels);
  if (missing !== undefined) return { kind: 'impossible', reason: missing };
  const n = order.attempts.length + 1;
  return {
    kind: 'request',
    request: {
      clientToken: `${order.id}-${n}`,
      capacityType,
      targetCapacity: waiting.length,
      allocationStrategy: capacityType === 'spot' ? 'price-capacity-optimized' : 'lowest-price',
      launchTemplate: {
        nodeClass: nodeClass.name,
        nodeClassHash: nodeClass.hash,
        nodePool: order.nodePool,
        ...(requests(waiting, 'vpc.amazonaws.com/efa') ? { efa: true } : {}),
        ...(requests(waiting, 'eks.amazonaws.com/nitro-sandbox') ? { enclave: true } : {}),
      },
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

const requests = (waiting: readonly PlannedClaim[], resource: string): boolean =>
  waiting.some((claim) => (claim.requests[resource] ?? 0) > 0);

type TypeLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

async function labelsByType(
  deps: RequestDeps,
  nodeClass: Parameters<ControlDeps['catalog']['instanceTypes']>[0],
  resolved: ResolvedNodeClass,
): Promise<TypeLabels> {
  const types = await deps.catalog.instanceTypes(nodeClass, resolved);
  return new Map(types.map(({ name, labels }) => [name, labels]));
}

/** Offerings come ranked by class and price, so the first of the class are the cheapest. */
function overridesOf(
  offerings: readonly PricedOffering[],
  capacityType: CapacityType,
  resolved: ResolvedNodeClass,
  labels: TypeLabels,
): FleetOverride[] {
  const subnets = new Map(resolved.subnets.map((subnet) => [subnet.zone, subnet.id]));
  const types = new Set<string>();
  const firsts: FleetOverride[] = [];
  const others: FleetOverride[] = [];
  for (const offering of offerings) {
    if (offering.capacityType !== capacityType) continue;
    const { instanceType, zone } = offering;
    const subnetId = subnets.get(zone);
    const imageId = resolved.imageIds[labels.get(instanceType)?.[LABEL.arch] ?? ''];
    if (subnetId === undefined || imageId === undefined) continue;
    const isKnown = types.has(instanceType);
    if (!isKnown && types.size >= FLEET_MAX_TYPES) continue;
    types.add(instanceType);
    (isKnown ? others : firsts).push({ instanceType, zone, subnetId, imageId });
  }
  // Their order says nothing to EC2. No type may fall out for the zones of another: minValues count them.
  return [...firsts, ...others].slice(0, FLEET_MAX_OVERRIDES);
}

/**
 * What the request lacks of the minValues that its claims were planned with, as offerings ran dry since: launching it
 * would bind the node to fewer alternatives than its pool demands (karpenter-provider-aws `instance.go`, `Strict`). How a
 * node is bought is one answer per request, so that minValues of the capacity type are the plan's business alone.
 */
function missingValues(
  waiting: readonly PlannedClaim[],
  overrides: readonly FleetOverride[],
  labels: TypeLabels,
): string | undefined {
  const { requirements = [], labels: own = {} } = waiting[0] ?? {};
  for (const { key, minValues = 0 } of requirements) {
    const stable = stableKey(key);
    if (stable === LABEL.capacityType || stable === LABEL.zoneId) continue;
    const valueFrom = ({ instanceType, zone }: FleetOverride): string | undefined =>
      stable === LABEL.zone ? zone : (labels.get(instanceType)?.[stable] ?? own[stable]);
    const values = new Set(overrides.map(valueFrom).filter((value) => value !== undefined));
    if (values.size < minValues) {
      return `the offerings that are left have ${counted(values.size, 'value')} of ${key}; its minValues asks for ${minValues}`;
    }
  }
  return undefined;
}
