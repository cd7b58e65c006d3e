// The bill is what instances really cost, and at the end of a run that must end empty nothing is left to bill.
import { costMicroUsd } from '../../adapters/memory/billing.ts';
import { isLive } from '../../model/node-claim.ts';
import { type Checker, type Evidence, isAlive, Violations } from './checker.ts';

/** EC2's minimum, and its rounding to whole seconds. */
const MIN_BILLED_MS = 60_000;

/** Every instance that ran is on the bill with its own times, and its cost is its time at its price. */
export function moneyAccounted(evidence: Evidence): Checker {
  const violations = new Violations();
  return {
    property: 'the bill has every instance that ran, for the time it ran',
    finish(nowMs) {
      const bill = new Map(evidence.ec2.billing().map((record) => [record.instanceId, record]));
      for (const fact of evidence.facts.instances.values()) {
        const record = bill.get(fact.instanceId);
        if (fact.runningAtMs === undefined) {
          if (record !== undefined)
            violations.add(fact.instanceId, `${fact.instanceId} never ran but is billed`);
          continue;
        }
        if (record === undefined) {
          violations.add(fact.instanceId, `${fact.instanceId} ran and is not billed`);
          continue;
        }
        const ranMs = Math.max(MIN_BILLED_MS, (fact.endedAtMs ?? nowMs) - fact.runningAtMs);
        const expected = (ranMs * record.priceMicroUsdPerHour) / 3_600_000;
        const charged = costMicroUsd(record, nowMs);
        // Whole seconds and whole microdollars are rounded up.
        const tolerance = record.priceMicroUsdPerHour / 3_600 + 1;
        if (Math.abs(charged - expected) <= tolerance) continue;
        violations.add(
          fact.instanceId,
          `${fact.instanceId} costs ${charged} microdollars and is worth ${Math.round(expected)}`,
        );
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

export function endsEmpty(evidence: Evidence): Checker {
  const violations = new Violations();
  return {
    property: 'the run ends without nodes, instances and claims',
    finish() {
      for (const node of evidence.api.nodes()) violations.add(node.uid, `node ${node.name} is still there`);
      for (const instance of evidence.ec2.instances().filter(isAlive)) {
        violations.add(instance.instanceId, `instance ${instance.instanceId} is still ${instance.state}`);
      }
      for (const claim of evidence.claims.listAll().filter(isLive)) {
        violations.add(claim.name, `claim ${claim.name} is still ${claim.phase}`);
      }
    },
    get violations() {
      return violations.list;
    },
  };
}
