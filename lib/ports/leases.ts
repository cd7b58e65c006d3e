/**
 * Leases only save cost; conditional writes give safety. A holder that renews late may find the lease taken.
 */
export interface Leases {
  /**
   * Takes the lease if it is free, past its life, or already this holder's; it then lives until `nowMs + lifeMs`.
   * `endsAtMs` is when the holder itself means to stop; whoever finds the lease held learns it.
   */
  acquire(name: string, wish: LeaseWish): Promise<LeaseAnswer>;
  /** Frees the lease if this holder has it. */
  release(name: string, holder: string): Promise<void>;
}

export interface LeaseWish {
  readonly holder: string;
  readonly nowMs: number;
  readonly lifeMs: number;
  readonly endsAtMs: number;
}

export type LeaseAnswer =
  | { readonly kind: 'acquired' }
  | { readonly kind: 'held'; readonly holder: string; readonly endsAtMs: number };
