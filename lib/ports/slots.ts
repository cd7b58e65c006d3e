import type { ClaimName } from '../model/ids.ts';
import type { ClaimSlots } from '../model/slots.ts';

/** Slots of claims, read strongly. Items of ended claims, and those put away, are no longer listed. */
export interface SlotStore {
  /** Items of live claims, sorted by claim, then plan. */
  listLive(): Promise<readonly ClaimSlots[]>;
  /** Those among them that are not settled; same order. */
  listMoving(): Promise<readonly ClaimSlots[]>;
  ofClaim(claim: ClaimName): Promise<readonly ClaimSlots[]>;
  /** Puts if the claim never had slots of that plan, put away or not. */
  putIfAbsent(item: ClaimSlots): Promise<'put' | 'present'>;
  /** Conditional on `next.version - 1`; throws `ConflictError<ClaimSlots>`. */
  update(next: ClaimSlots): Promise<void>;
  /** Takes the item off what is listed, if it is still of that version; otherwise changes nothing. `ofClaim` gives it still. */
  putAway(item: ClaimSlots): Promise<void>;
}
