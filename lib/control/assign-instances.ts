import { counted } from '../model/counted.ts';
import { ConflictError } from '../model/errors.ts';
import type { ClaimName, InstanceId } from '../model/ids.ts';
import { LABEL, TAG } from '../model/labels.ts';
import type { Launch, LaunchedClaim, NodeClaim, PlannedClaim } from '../model/node-claim.ts';
import type { InstanceType } from '../model/offering.ts';
import type { LaunchAttempt, Order } from '../model/plan.ts';
import { compareText } from '../model/stable-json.ts';
import type { FleetAnswer, FleetInstance } from '../ports/fleet.ts';
import type { ControlDeps } from './deps.ts';
import { readyNodeClass } from './ready-node-class.ts';

type AssignDeps = Pick<ControlDeps, 'clock' | 'claims' | 'fleet' | 'documents' | 'catalog' | 'events'>;

/**
 * Gives the answer's instances to the attempt's claims, each by one conditional transaction, so that two deliveries of
 * the same answer, or two views of it, never give an instance away twice. Instances that no claim wants are ended: they
 * are ours by this very answer, and no later delivery can need them. Gives the number of claims that have an instance.
 */
export async function assignInstances(
  deps: AssignDeps,
  order: Order,
  attempt: LaunchAttempt,
  answer: FleetAnswer,
): Promise<number> {
  const types = await instanceTypes(deps, order);
  const surplus: InstanceId[] = [];
  for (const instance of [...answer.instances].sort((a, b) => compareText(a.instanceId, b.instanceId))) {
    const taken = await takeInstance(deps, order, attempt, instance, types);
    if (taken === undefined) surplus.push(instance.instanceId);
    else await deps.fleet.tag(instance.instanceId, { [TAG.claim]: taken, Name: taken });
  }
  if (surplus.length > 0) {
    deps.events.emit({
      type: 'SurplusTerminated',
      message: `ending ${counted(surplus.length, 'instance')} that no claim needs any more`,
      fields: { order: order.id, instances: surplus },
    });
    await deps.fleet.terminate(surplus);
  }
  return countLaunched(deps, attempt.claims);
}

/** The claim that has this instance now, or undefined when none of the attempt's claims is left for it. */
async function takeInstance(
  deps: AssignDeps,
  order: Order,
  attempt: LaunchAttempt,
  instance: FleetInstance,
  types: ReadonlyMap<string, InstanceType>,
): Promise<ClaimName | undefined> {
  const owner = await deps.claims.claimOfInstance(instance.instanceId);
  if (owner !== undefined) return owner;
  for (const name of attempt.claims) {
    const claim = await deps.claims.get(name);
    if (claim?.phase !== 'Planned') continue;
    const next = launchedClaim(claim, order, instance, types.get(instance.instanceType), deps.clock.nowMs());
    try {
      await deps.claims.updateLaunched(next);
      return name;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const winner = await deps.claims.claimOfInstance(instance.instanceId);
      if (winner !== undefined) return winner;
    }
  }
  return undefined;
}

async function countLaunched(deps: AssignDeps, names: readonly ClaimName[]): Promise<number> {
  const claims: (NodeClaim | undefined)[] = [];
  for (const name of names) claims.push(await deps.claims.get(name));
  return claims.filter((claim) => claim !== undefined && 'launch' in claim).length;
}

/** Types of the order's NodeClass; empty when the class is gone, and the claim's own promise is used instead. */
async function instanceTypes(deps: AssignDeps, order: Order): Promise<ReadonlyMap<string, InstanceType>> {
  const ready = await readyNodeClass(deps, order.nodeClass);
  if (ready === undefined) return new Map();
  const types = await deps.catalog.instanceTypes(ready.nodeClass, ready.resolved);
  return new Map(types.map((type) => [type.name, type]));
}

function launchedClaim(
  claim: PlannedClaim,
  order: Order,
  instance: FleetInstance,
  type: InstanceType | undefined,
  nowMs: number,
): LaunchedClaim {
  const offering = order.offerings.find(
    (each) =>
      each.instanceType === instance.instanceType &&
      each.zone === instance.zone &&
      each.capacityType === instance.capacityType,
  );
  const zoneId = type?.offerings.find((each) => each.zone === instance.zone)?.zoneId;
  const launch: Launch = {
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    zone: instance.zone,
    capacityType: instance.capacityType,
    imageId: instance.imageId,
    priceMicroUsdPerHour: offering?.priceMicroUsdPerHour ?? 0,
    labels: {
      ...type?.labels,
      [LABEL.zone]: instance.zone,
      [LABEL.capacityType]: instance.capacityType,
      ...(zoneId === undefined ? {} : { [LABEL.zoneId]: zoneId }),
    },
    capacity: type?.capacity ?? claim.maxCapacity,
    allocatable: type?.allocatable ?? claim.minAllocatable,
    launchedAtMs: nowMs,
  };
  return { ...claim, version: claim.version + 1, phase: 'Launched', launch };
}
