// Every pod ends up somewhere or somebody said why not; and no pod is bought two places at once.
import { groupBy } from '../../model/group-by.ts';
import type { ClaimName, PodUid } from '../../model/ids.ts';
import { takesPods } from '../../model/node-claim.ts';
import { isTerminal, type Pod, podKey } from '../../model/pod.ts';
import { type ClaimSlots, isWaiting } from '../../model/slots.ts';
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
      const waitedMs = (pod: Pod): number => nowMs - pod.createdAtMs;
      const late = evidence.api
        .pods()
        .filter((pod) => waitsForPlace(pod) && waitedMs(pod) > WAITING_MS + evidence.patienceMs);
      if (late.length === 0) return;
      const explained = new Set(
        evidence.plans.listAll().flatMap((plan) => plan.unschedulable.map(({ podUid }) => podUid)),
      );
      for (const pod of late) {
        if (explained.has(pod.uid)) continue;
        const seconds = Math.round(waitedMs(pod) / SECOND_MS);
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
  let seen: readonly ClaimSlots[] = [];
  return {
    property: 'no pod is planned onto two claims at once',
    look() {
      const items = slots();
      if (items === seen) return;
      seen = items;
      const waiting = waitingPlaces(evidence, items);
      const claimsOf = groupBy(waiting, ({ podUid }) => podUid);
      const suspects = waiting.filter(({ podUid, claim }) =>
        claimsOf.get(podUid)?.some((other) => other.claim !== claim),
      );
      if (suspects.length === 0) return;
      const planned = plannedPlaces(evidence);
      const waitsFor = new Map<PodUid, string>();
      for (const { claim, podUid, pod } of suspects) {
        if (!planned.has(`${claim}/${podUid}`)) continue;
        const other = waitsFor.get(podUid);
        waitsFor.set(podUid, claim);
        if (other === undefined || other === claim) continue;
        violations.add(podUid, `${pod} waits for ${other} and ${claim}`);
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

interface WaitingPlace {
  readonly claim: ClaimName;
  readonly podUid: PodUid;
  readonly pod: string;
}

/** Places that wait for a pod, of claims that take pods. */
function waitingPlaces({ claims }: Evidence, slots: readonly ClaimSlots[]): WaitingPlace[] {
  const taking = new Set(
    claims
      .live()
      .filter(takesPods)
      .map((claim) => claim.name),
  );
  return slots.flatMap(({ claim, slots: here }) =>
    taking.has(claim)
      ? here.filter(isWaiting).map(({ podUid, namespace, podName }) => ({
          claim,
          podUid,
          pod: podKey({ namespace, name: podName }),
        }))
      : [],
  );
}

/** `claim/uid` of every pod in the place that a plan gave it. */
const plannedPlaces = ({ plans }: Evidence): ReadonlySet<string> =>
  new Set(
    plans
      .listAll()
      .flatMap((plan) => plan.slots)
      .flatMap((item) => item.slots.map((slot) => `${item.claim}/${slot.podUid}`)),
  );
