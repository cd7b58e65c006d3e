// Every pod ends up somewhere or somebody said why not; and no pod is bought two places at once.
import type { PodUid } from '../../model/ids.ts';
import { takesPods } from '../../model/node-claim.ts';
import { isTerminal, podKey } from '../../model/pod.ts';
import type { ClaimSlots } from '../../model/slots.ts';
import { type Checker, type Evidence, Violations } from './checker.ts';

export interface PodWithoutPlace {
  readonly pod: string;
  readonly reasons: readonly string[];
}

/** Pods that wait for a node, with the reasons of the last plan that looked at them. */
export function podsWithoutPlace({ api, plans }: Evidence): readonly PodWithoutPlace[] {
  const reasons = new Map<PodUid, readonly string[]>();
  const byAge = [...plans.listAll()].sort((a, b) => a.createdAtMs - b.createdAtMs);
  for (const plan of byAge) for (const each of plan.unschedulable) reasons.set(each.podUid, each.reasons);
  return api
    .pods()
    .filter((pod) => pod.nodeName === undefined && pod.deletionAtMs === undefined && !isTerminal(pod))
    .filter((pod) => pod.spec.schedulingGates.length === 0)
    .map((pod) => ({ pod: podKey(pod), reasons: reasons.get(pod.uid) ?? [] }));
}

export function everyPodPlacedOrExplained(evidence: Evidence): Checker {
  const violations = new Violations();
  return {
    property: 'every pod has a place at the end, or a plan says why not',
    finish() {
      for (const { pod, reasons } of podsWithoutPlace(evidence)) {
        if (reasons.length === 0) violations.add(pod, `${pod} has no place and nobody said why`);
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

export function noPodBoughtTwice(evidence: Evidence, slots: () => readonly ClaimSlots[]): Checker {
  const violations = new Violations();
  return {
    property: 'no pod waits for two claims at once',
    look() {
      const taking = new Set(
        evidence.claims
          .listAll()
          .filter(takesPods)
          .map((claim) => claim.name),
      );
      const waitsFor = new Map<PodUid, string>();
      for (const item of slots()) {
        if (!taking.has(item.claim)) continue;
        for (const slot of item.slots) {
          if (slot.state !== 'planned' && slot.state !== 'tolerated') continue;
          const other = waitsFor.get(slot.podUid);
          waitsFor.set(slot.podUid, item.claim);
          if (other === undefined || other === item.claim) continue;
          const text = `${slot.namespace}/${slot.podName} waits for ${other} and ${item.claim}`;
          violations.add(slot.podUid, text);
        }
      }
    },
    get violations() {
      return violations.list;
    },
  };
}
