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
        violations.add(podKey(pod), `${podKey(pod)} has no place after ${seconds} s and nobody said why`);
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

/**
 * A pod that inherits a place while a plan for it is still being written waits for two for a moment, which costs nothing;
 * only pods that plans themselves put on both claims count.
 */
export function noPodBoughtTwice(evidence: Evidence, slots: () => readonly ClaimSlots[]): Checker {
  const violations = new Violations();
  return {
    property: 'no pod is planned onto two claims at once',
    look() {
      const planned = plannedPlaces(evidence);
      const taking = new Set(
        evidence.claims
          .listAll()
          .filter(takesPods)
          .map((claim) => claim.name),
      );
      const waitsFor = new Map<PodUid, string>();
      for (const { claim, slots: here } of slots()) {
        if (!taking.has(claim)) continue;
        for (const { state, podUid, namespace, podName } of here) {
          if (state !== 'planned' && state !== 'tolerated') continue;
          if (!planned.has(`${claim}/${podUid}`)) continue;
          const other = waitsFor.get(podUid);
          waitsFor.set(podUid, claim);
          if (other === undefined || other === claim) continue;
          violations.add(podUid, `${namespace}/${podName} waits for ${other} and ${claim}`);
        }
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

/** `claim/uid` of every pod in the place that a plan gave it. */
const plannedPlaces = ({ plans }: Evidence): ReadonlySet<string> =>
  new Set(
    plans
      .listAll()
      .flatMap((plan) => plan.slots)
      .flatMap((item) => item.slots.map((slot) => `${item.claim}/${slot.podUid}`)),
  );
