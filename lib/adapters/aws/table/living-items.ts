/**
 * Items that live and end: the live ones stand together in one partition and are listed by one query; the write that ends
 * one moves it, in a transaction, to a place of its own, where it stays until its retention is over. What has ended does
 * not change again.
 */
import { ConflictError } from '../../../model/errors.ts';
import type { Item } from './attributes.ts';
import { bodyAttributes, bodyOf } from './body.ts';
import { type Key, movingMark, retainedUntilSeconds } from './keys.ts';
import type { Condition, Lost, Table, Write } from './table.ts';

export interface Living {
  readonly version: number;
}

export interface Kind<T extends Living, Id extends string> {
  /** For messages: `claim`. */
  readonly noun: string;
  /** The partition of the live ones, by id. */
  readonly livePk: string;
  endedKey(id: Id): Key;
  idOf(item: T): Id;
  /** When it ended; undefined while it lives. */
  endedAtMs(item: T): number | undefined;
  /** Something is due for it; absent where nobody asks. */
  isMoving?(item: T): boolean;
}

export class LivingItems<T extends Living, Id extends string> {
  readonly #table: Table;
  readonly #kind: Kind<T, Id>;

  constructor(table: Table, kind: Kind<T, Id>) {
    this.#table = table;
    this.#kind = kind;
  }

  /** Looks where it lives first: an item that ends between the two reads is found by the second. */
  async get(id: Id): Promise<T | undefined> {
    const item =
      (await this.#table.get(this.#liveKey(id))) ?? (await this.#table.get(this.#kind.endedKey(id)));
    return item && bodyOf<T>(item);
  }

  /** Sorted by id. */
  async listLive(): Promise<T[]> {
    return (await this.#table.query(this.#kind.livePk)).map((item) => bodyOf<T>(item));
  }

  /** Live ones that something is due for, sorted by id. */
  async listMoving(): Promise<T[]> {
    return (await this.#table.moving(this.#kind.livePk)).map((item) => bodyOf<T>(item));
  }

  async putIfAbsent(value: T): Promise<'put' | 'present'> {
    const id = this.#kind.idOf(value);
    const condition = this.#table.absent();
    const lost = await this.#table.write(
      { kind: 'put', item: this.#liveItem(value), condition },
      { kind: 'check', key: this.#kind.endedKey(id), condition },
    );
    return lost === undefined ? 'put' : 'present';
  }

  /** The writes that replace the version before by `next`; the first of them finds what is stored when it is another. */
  writesOf(next: T): readonly [Write, ...Write[]] {
    const id = this.#kind.idOf(next);
    const condition = ifVersion(next.version - 1);
    const endedAtMs = this.#kind.endedAtMs(next);
    if (endedAtMs === undefined) return [{ kind: 'put', item: this.#liveItem(next), condition }];
    const item: Item = {
      ...this.#kind.endedKey(id),
      ...this.#attributes(next),
      expiresAtSeconds: retainedUntilSeconds(endedAtMs),
    };
    return [
      { kind: 'delete', key: this.#liveKey(id), condition },
      { kind: 'put', item },
    ];
  }

  async update(next: T): Promise<void> {
    const lost = await this.#table.write(...this.writesOf(next));
    if (lost !== undefined) throw await this.conflict(next, lost);
  }

  /** Why the first of `writesOf(next)` lost. */
  async conflict(next: T, lost: Lost): Promise<ConflictError<T>> {
    const id = this.#kind.idOf(next);
    const found = lost.get(0);
    const stored = found === undefined ? await this.get(id) : bodyOf<T>(found);
    return new ConflictError(`${this.#kind.noun} ${id}`, stored);
  }

  #liveKey(id: Id): Key {
    return { pk: this.#kind.livePk, sk: id };
  }

  #liveItem(value: T): Item {
    const key = this.#liveKey(this.#kind.idOf(value));
    const moving = this.#kind.isMoving?.(value) === true;
    return { ...key, ...movingMark(key, moving), ...this.#attributes(value) };
  }

  #attributes(value: T) {
    const what = `${this.#kind.noun} ${this.#kind.idOf(value)}`;
    return { version: value.version, ...bodyAttributes(value, what) };
  }
}

export const ifVersion = (version: number): Condition => ({
  expression: '#version = :version',
  values: { version },
});
