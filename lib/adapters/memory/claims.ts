import { ConflictError } from '../../model/errors.ts';
import type { ClaimName, InstanceId } from '../../model/ids.ts';
import {
  isLive,
  isMoving,
  type LaunchedClaim,
  type LiveClaim,
  type NodeClaim,
} from '../../model/node-claim.ts';
import type { Claims } from '../../ports/claims.ts';
import { ifAbsent, ifPreviousOf, type MemoryTable } from './table.ts';

const claimKey = (name: ClaimName): string => `claim#${name}`;
const instanceKey = (id: InstanceId): string => `instance#${id}`;

export class MemoryClaims implements Claims {
  readonly #table: MemoryTable;
  #all: readonly NodeClaim[] = [];
  #live: readonly LiveClaim[] = [];

  constructor(options: { readonly table: MemoryTable }) {
    this.#table = options.table;
  }

  async get(name: ClaimName): Promise<NodeClaim | undefined> {
    return this.#stored(name);
  }

  async listLive(): Promise<readonly NodeClaim[]> {
    return this.live();
  }

  async listMoving(): Promise<readonly NodeClaim[]> {
    return this.live().filter(isMoving);
  }

  /** What `listLive` gives: a frozen list, and the very same one until a claim is written. */
  live(): readonly LiveClaim[] {
    const all = this.listAll();
    if (all !== this.#all) this.#live = Object.freeze(all.filter(isLive));
    this.#all = all;
    return this.#live;
  }

  /** Ended ones included, sorted by name: for checkers and reports. */
  listAll(): readonly NodeClaim[] {
    return this.#table.query('claim#') as readonly NodeClaim[];
  }

  async putIfAbsent(claim: NodeClaim): Promise<'put' | 'present'> {
    const write = { key: claimKey(claim.name), value: claim, condition: ifAbsent };
    return this.#table.write(write) ? 'put' : 'present';
  }

  async update(next: NodeClaim): Promise<void> {
    const write = { key: claimKey(next.name), value: next, condition: ifPreviousOf(next) };
    if (!this.#table.write(write)) throw this.#conflict(next.name);
  }

  async updateLaunched(next: LaunchedClaim): Promise<void> {
    const written = this.#table.write(
      { key: claimKey(next.name), value: next, condition: ifPreviousOf(next) },
      { key: instanceKey(next.launch.instanceId), value: next.name, condition: ifAbsent },
    );
    if (!written) throw this.#conflict(next.name);
  }

  async claimOfInstance(id: InstanceId): Promise<ClaimName | undefined> {
    return this.#table.get(instanceKey(id)) as ClaimName | undefined;
  }

  #stored(name: ClaimName): NodeClaim | undefined {
    return this.#table.get(claimKey(name)) as NodeClaim | undefined;
  }

  #conflict(name: ClaimName): ConflictError<NodeClaim> {
    return new ConflictError(`claim ${name}`, this.#stored(name));
  }
}
