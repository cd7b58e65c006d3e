// Every pod ends up somewhere or somebody said why not; and no pod is bought two places at once.
import type { PodUid } from '../../model/ids.ts';
import { takesPods } from '../../model/node-claim.ts';
import { isTerminal, type Pod, podKey } from '../../model/pod.ts';
import type { ClaimSlots } from '../../model/slots.ts';
import { type Checker, type Evidence, MINUTE_MS, SECOND_MS, Violations } from './checker.ts';

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
    .filter(waitsForPlace)
    .map((pod) => ({ pod: podKey(pod), reasons: reasons.get(pod.uid) ?? [] }));
}

const waitsForPlace = (pod: Pod): boolean =>
  pod.nodeName === undefined &&
  pod.deletionAtMs === undefined &&
  !isTerminal(pod) &&
  pod.spec.schedulingGates.length === 0;

/** From creation to a place: the batch, the launch, the boot, and room for one failed launch. */
const WAITING_MS = 4 * MINUTE_MS;

export function everyPodPlacedOrExplained(evidence: Evidence): Checker {
  const violations = new Violations();
  return {
    property: 'every pod has a place within 4 minutes, or a plan says why not',
    look(nowMs) {
      const explained = new Set(
        evidence.plans.listAll().flatMap((plan) => plan.unschedulable.map(({ podUid }) => podUid)),
      );
      for (const pod of evidence.api.pods()) {
        const waitedMs = nowMs - pod.createdAtMs;
        if (!waitsForPlace(pod) || waitedMs <= WAITING_MS + evidence.patienceMs) continue;
        if (explained.has(pod.uid)) continue;
        const seconds = Math.round(waitedMs / SECOND_MS);
        violations.add(pod.uid, `${podKey(pod)} has no place after ${seconds} s and nobody said why`);
      }
    },
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
