import { frozenCopy } from './frozen.ts';
import { SortedMap } from './sorted-map.ts';

/** One conditional write; `condition` sees what is stored now. */
export interface TableWrite {
  readonly key: string;
  readonly value: unknown;
  readonly condition: (found: unknown) => boolean;
}

export const ifAbsent = (found: unknown): boolean => found === undefined;

/** The stored item's version must be the one just before `next`'s. */
export const ifPreviousOf =
  (next: Versioned) =>
  (found: unknown): boolean =>
    (found as Versioned | undefined)?.version === next.version - 1;

interface Versioned {
  readonly version: number;
}

/**
 * DynamoDB's part in our life: one table of items by key (`<kind>#<name>`), strong reads, conditional writes and
 * transactions. Items go in and out as frozen copies, so that nobody changes what is stored except by a write.
 */
export class MemoryTable {
  readonly #kinds = new Map<string, SortedMap<unknown>>();

  get(key: string): unknown {
    return this.#kind(key).get(key);
  }

  /**
   * Items whose key starts with `prefix`, which names a kind at least; sorted by key. A frozen list, and the very same
   * one until an item of the kind is written.
   */
  query(prefix: string): readonly unknown[] {
    return this.#kind(prefix).list(prefix);
  }

  /** Grows with every write of an item of the kind. */
  changes(kind: string): number {
    return this.#kind(kind).changes;
  }

  /** All writes or none: false when any condition failed. */
  write(...writes: readonly TableWrite[]): boolean {
    if (!writes.every(({ key, condition }) => condition(this.get(key)))) return false;
    for (const { key, value } of writes) this.put(key, value);
    return true;
  }

  put(key: string, value: unknown): void {
    this.#kind(key).set(key, frozenCopy(value));
  }

  delete(key: string): void {
    this.#kind(key).delete(key);
  }

  #kind(key: string): SortedMap<unknown> {
    const kind = key.slice(0, key.indexOf('#') + 1);
    const items = this.#kinds.get(kind) ?? new SortedMap<unknown>();
    this.#kinds.set(kind, items);
    return items;
  }
}
