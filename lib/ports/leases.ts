/**
 * Leases only save cost; conditional writes give safety. A holder that renews late may find the lease taken.
 */
export interface Leases {
  /** Takes the lease if it is free, ended, or already this holder's; extends it to `nowMs + lifeMs`. */
  acquire(name: string, holder: string, nowMs: number, lifeMs: number): Promise<'acquired' | 'held'>;
  /** Frees the lease if this holder has it. */
  release(name: string, holder: string): Promise<void>;
}
