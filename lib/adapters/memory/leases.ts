import type { LeaseAnswer, Leases, LeaseWish } from '../../ports/leases.ts';
import type { MemoryTable } from './table.ts';

interface StoredLease {
  readonly holder: string;
  readonly expiresAtMs: number;
  readonly endsAtMs: number;
}

const leaseKey = (name: string): string => `lease#${name}`;

export class MemoryLeases implements Leases {
  readonly #table: MemoryTable;

  constructor(options: { readonly table: MemoryTable }) {
    this.#table = options.table;
  }

  async acquire(name: string, wish: LeaseWish): Promise<LeaseAnswer> {
    const stored = this.#stored(name);
    if (stored !== undefined && stored.holder !== wish.holder && stored.expiresAtMs > wish.nowMs) {
      return { kind: 'held', holder: stored.holder, endsAtMs: stored.endsAtMs };
    }
    const { holder, nowMs, lifeMs, endsAtMs } = wish;
    const lease: StoredLease = { holder, expiresAtMs: nowMs + lifeMs, endsAtMs };
    this.#table.put(leaseKey(name), lease);
    return { kind: 'acquired' };
  }

  async release(name: string, holder: string): Promise<void> {
    if (this.#stored(name)?.holder === holder) this.#table.delete(leaseKey(name));
  }

  #stored(name: string): StoredLease | undefined {
    return this.#table.get(leaseKey(name)) as StoredLease | undefined;
  }
}
