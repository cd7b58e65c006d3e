import type { UnavailableOffering } from '../model/unavailable-offering.ts';

/** Offerings that had no capacity. Last writer wins: a lost mark costs one more failed override. */
export interface UnavailableOfferings {
  /** All marks remembered, also those that ended (their step still counts), sorted by key. */
  list(): Promise<readonly UnavailableOffering[]>;
  put(mark: UnavailableOffering): Promise<void>;
}
