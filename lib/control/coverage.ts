import type { ClaimName, PodUid } from '../model/ids.ts';
import { isLive, type NodeClaim, takesPods } from '../model/node-claim.ts';
import { type ClaimSlots, isWaiting } from '../model/slots.ts';

/** Pods that a live claim is bringing a place for: their slot waits and the claim still takes pods. */
export function coveredPods(
  claims: readonly NodeClaim[],
  items: readonly ClaimSlots[],
): ReadonlyMap<PodUid, ClaimName> {
  const taking = new Set(claims.filter(takesPods).map((claim) => claim.name));
  const covered = new Map<PodUid, ClaimName>();
  for (const item of items) {
    if (!taking.has(item.claim)) continue;
    for (const slot of item.slots) {
      if (isWaiting(slot)) covered.set(slot.podUid, item.claim);
    }
  }
  return covered;
}

/**
 * Pods that need no node whatever an older snapshot says of them: covered, or seen bound to the node of a live claim after
 * the snapshot was taken.
 */
export function takenPods(claims: readonly NodeClaim[], items: readonly ClaimSlots[]): ReadonlySet<PodUid> {
  const live = new Set(claims.filter(isLive).map((claim) => claim.name));
  const bound = items
    .filter((item) => live.has(item.claim))
    .flatMap((item) => item.slots.filter((slot) => slot.state === 'bound'));
  return new Set([...coveredPods(claims, items).keys(), ...bound.map((slot) => slot.podUid)]);
}

/** A claim whose slots are all settled waits for nobody: each is bound, free or missed. */
export const slotsSettled = (items: readonly ClaimSlots[]): boolean =>
  items.every((item) => !item.slots.some(isWaiting));
