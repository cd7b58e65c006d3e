// Instances and claims belong together one to one, and nothing is bought twice.
import type { InstanceId } from '../../model/ids.ts';
import { TAG } from '../../model/labels.ts';
import { isLive, type NodeClaim } from '../../model/node-claim.ts';
import type { Instance } from '../../ports/fleet.ts';
import { type Checker, type Evidence, isAlive, MINUTE_MS, Violations } from './checker.ts';

/** An instance may be without a claim this long: its launch is being settled. */
const UNCLAIMED_MS = 2 * MINUTE_MS;

export function noOrphanInstance(evidence: Evidence): Checker {
  const violations = new Violations();
  return {
    property: 'no instance is left at the end that no live claim has',
    finish() {
      const claimed = claimsByInstance(evidence.claims.listAll().filter(isLive));
      for (const instance of evidence.ec2.instances()) {
        if (!isAlive(instance) || claimed.has(instance.instanceId)) continue;
        violations.add(
          instance.instanceId,
          `${instance.instanceId} (${instance.instanceType}) still ${instance.state}`,
        );
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

export function oneClaimPerInstance(evidence: Evidence): Checker {
  const violations = new Violations();
  let seen: readonly NodeClaim[] = [];
  let claimed = claimsByInstance(seen);
  let instances: readonly Instance[] = [];
  let alive = instances;
  return {
    property: 'every instance older than 2 minutes has exactly one claim',
    look(nowMs) {
      const claims = evidence.claims.listAll();
      if (claims !== seen) claimed = claimsByInstance(claims);
      seen = claims;
      if (instances !== evidence.ec2.instances()) {
        instances = evidence.ec2.instances();
        alive = instances.filter(isAlive);
      }
      for (const instance of alive) {
        const ageMs = nowMs - instance.launchedAtMs;
        if (ageMs <= UNCLAIMED_MS + evidence.patienceMs) continue;
        const names = (claimed.get(instance.instanceId) ?? []).map((claim) => claim.name);
        if (names.length === 1) continue;
        const whose = names.length === 0 ? 'no claim' : `claims ${names.join(', ')}`;
        violations.add(
          instance.instanceId,
          `${instance.instanceId} has ${whose} ${Math.round(ageMs / 1_000)} s after its launch`,
        );
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

export function noDoubleLaunch(evidence: Evidence): Checker {
  const violations = new Violations();
  const instanceOf = new Map<string, InstanceId>();
  const look = (claims: readonly NodeClaim[]): void => {
    for (const claim of claims) {
      if (!('launch' in claim)) continue;
      const { instanceId } = claim.launch;
      const first = instanceOf.get(claim.name) ?? instanceId;
      instanceOf.set(claim.name, first);
      if (first !== instanceId) {
        violations.add(claim.name, `${claim.name} had ${first} and now has ${instanceId}`);
      }
    }
  };
  return {
    property: 'no launch attempt starts more than it asked for, and no claim ever has a second instance',
    look: () => look(evidence.claims.live()),
    finish() {
      look(evidence.claims.listAll());
      const started = new Map<string, number>();
      for (const { tags } of evidence.ec2.instances()) {
        const key = `${tags[TAG.order]}/${tags[TAG.attempt]}`;
        started.set(key, (started.get(key) ?? 0) + 1);
      }
      for (const order of evidence.plans.listAllOrders()) {
        for (const { n, request } of order.attempts) {
          const count = started.get(`${order.id}/${n}`) ?? 0;
          if (count <= request.targetCapacity) continue;
          const text = `attempt ${n} of order ${order.id} asked for ${request.targetCapacity} and started ${count}`;
          violations.add(`${order.id}/${n}`, text);
        }
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

function claimsByInstance(claims: readonly NodeClaim[]): ReadonlyMap<InstanceId, readonly NodeClaim[]> {
  const byInstance = new Map<InstanceId, NodeClaim[]>();
  for (const claim of claims) {
    if (!('launch' in claim)) continue;
    const list = byInstance.get(claim.launch.instanceId);
    if (list === undefined) byInstance.set(claim.launch.instanceId, [claim]);
    else list.push(claim);
  }
  return byInstance;
}
