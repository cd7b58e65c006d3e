import { ConflictError } from '../../model/errors.ts';
import type { ClaimName } from '../../model/ids.ts';
import type { ClaimSlots } from '../../model/slots.ts';
import type { Claims } from '../../ports/claims.ts';
import type { SlotStore } from '../../ports/slots.ts';
import { ifAbsent, ifPreviousOf, type MemoryTable } from './table.ts';

/** A space sorts before every character of a claim's name, so that keys sort by claim, then plan. */
const slotsKey = ({ claim, planId }: Pick<ClaimSlots, 'claim' | 'planId'>): string =>
  `slots#${claim} ${planId}`;

export class MemorySlotStore implements SlotStore {
  readonly #table: MemoryTable;
  readonly #claims: Claims;

  constructor(options: { readonly table: MemoryTable; readonly claims: Claims }) {
    this.#table = options.table;
    this.#claims = options.claims;
  }

  async listLive(): Promise<readonly ClaimSlots[]> {
    const live = new Set((await this.#claims.listLive()).map((claim) => claim.name));
    return this.listAll().filter((item) => live.has(item.claim));
  }

  /** Those of ended claims included, sorted by claim, then plan: for checkers and reports. */
  listAll(): readonly ClaimSlots[] {
    return this.#table.query('slots#') as readonly ClaimSlots[];
  }

  async ofClaim(claim: ClaimName): Promise<readonly ClaimSlots[]> {
    return this.#table.query(`slots#${claim} `) as readonly ClaimSlots[];
  }

  async putIfAbsent(item: ClaimSlots): Promise<'put' | 'present'> {
    return this.#table.write({ key: slotsKey(item), value: item, condition: ifAbsent }) ? 'put' : 'present';
  }

  async update(next: ClaimSlots): Promise<void> {
    const key = slotsKey(next);
    if (this.#table.write({ key, value: next, condition: ifPreviousOf(next) })) return;
    throw new ConflictError(`slots of claim ${next.claim}`, this.#table.get(key) as ClaimSlots | undefined);
  }
}
