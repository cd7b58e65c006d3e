import type { ClaimName } from '../model/ids.ts';
import type { ClaimSlots } from '../model/slots.ts';

/** Slots of claims, read strongly. Items of ended claims are no longer listed. */
export interface SlotStore {
  /** Items of live claims, sorted by claim, then plan. */
  listLive(): Promise<readonly ClaimSlots[]>;
  ofClaim(claim: ClaimName): Promise<readonly ClaimSlots[]>;
  putIfAbsent(item: ClaimSlots): Promise<'put' | 'present'>;
  /** Conditional on `next.version - 1`; throws `ConflictError<ClaimSlots>`. */
  update(next: ClaimSlots): Promise<void>;
}
