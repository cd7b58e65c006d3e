import { ConflictError } from '../../model/errors.ts';
import type { ClaimName } from '../../model/ids.ts';
import { type ClaimSlots, isUnsettled } from '../../model/slots.ts';
import { compareText } from '../../model/stable-json.ts';
import type { SlotStore } from '../../ports/slots.ts';
import type { MemoryClaims } from './claims.ts';
import { ifAbsent, ifPreviousOf, type MemoryTable } from './table.ts';

/** A space sorts before every character of a claim's name, so that keys sort by claim, then plan. */
const slotsKey = ({ claim, planId }: Pick<ClaimSlots, 'claim' | 'planId'>): string =>
  `slots#${claim} ${planId}`;
/** Where items are that were put away. */
const awayKey = ({ claim, planId }: Pick<ClaimSlots, 'claim' | 'planId'>): string =>
  `away#${claim} ${planId}`;

export class MemorySlotStore implements SlotStore {
  readonly #table: MemoryTable;
  readonly #claims: MemoryClaims;
  #live: readonly ClaimSlots[] = [];
  #liveOf: { readonly claims: readonly unknown[]; readonly changes: number } = { claims: [], changes: -1 };

  constructor(options: { readonly table: MemoryTable; readonly claims: MemoryClaims }) {
    this.#table = options.table;
    this.#claims = options.claims;
  }

  async listLive(): Promise<readonly ClaimSlots[]> {
    return this.live();
  }

  async listMoving(): Promise<readonly ClaimSlots[]> {
    return this.live().filter(isUnsettled);
  }

  /** What `listLive` gives: a frozen list, and the very same one until a claim or a slot is written. */
  live(): readonly ClaimSlots[] {
    const claims = this.#claims.live();
    const changes = this.#table.changes('slots#');
    if (claims !== this.#liveOf.claims || changes !== this.#liveOf.changes) {
      this.#live = Object.freeze(claims.flatMap((claim) => this.#of(claim.name)));
      this.#liveOf = { claims, changes };
    }
    return this.#live;
  }

  /** Those of ended claims and those put away included, sorted by claim, then plan: for checkers and reports. */
  listAll(): readonly ClaimSlots[] {
    return inOrder(this.#table.query('slots#'), this.#table.query('away#'));
  }

  async ofClaim(claim: ClaimName): Promise<readonly ClaimSlots[]> {
    return inOrder(this.#of(claim), this.#table.query(`away#${claim} `));
  }

  async putIfAbsent(item: ClaimSlots): Promise<'put' | 'present'> {
    if (this.#table.get(awayKey(item)) !== undefined) return 'present';
    return this.#table.write({ key: slotsKey(item), value: item, condition: ifAbsent }) ? 'put' : 'present';
  }

  async update(next: ClaimSlots): Promise<void> {
    const key = slotsKey(next);
    if (this.#table.write({ key, value: next, condition: ifPreviousOf(next) })) return;
    throw new ConflictError(`slots of claim ${next.claim}`, this.#table.get(key) as ClaimSlots | undefined);
  }

  async putAway(item: ClaimSlots): Promise<void> {
    const key = slotsKey(item);
    const stored = this.#table.get(key) as ClaimSlots | undefined;
    if (stored?.version !== item.version) return;
    this.#table.put(awayKey(item), stored);
    this.#table.delete(key);
  }

  #of(claim: ClaimName): readonly ClaimSlots[] {
    return this.#table.query(`slots#${claim} `) as readonly ClaimSlots[];
  }
}

const inOrder = (...lists: readonly (readonly unknown[])[]): readonly ClaimSlots[] =>
  (lists.flat() as ClaimSlots[]).sort(
    (a, b) => compareText(a.claim, b.claim) || compareText(a.planId, b.planId),
  );
