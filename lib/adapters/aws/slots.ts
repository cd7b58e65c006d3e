import { ConflictError } from '../../model/errors.ts';
import type { ClaimName } from '../../model/ids.ts';
import type { ClaimSlots } from '../../model/slots.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SlotStore } from '../../ports/slots.ts';
import { ENDED_SLOTS, endedClaimKey, endedSlotsKey, LIVE_SLOTS, liveSlotsOf } from './table/keys.ts';
import { ifVersion } from './table/living-items.ts';
import { endedSlotsItem, liveSlotsItem, slotMove, slotsOfItem } from './table/slot-items.ts';
import type { Table } from './table/table.ts';

export class DynamoSlotStore implements SlotStore {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(options: { readonly table: Table; readonly clock: Clock }) {
    this.#table = options.table;
    this.#clock = options.clock;
  }

  async listLive(): Promise<readonly ClaimSlots[]> {
    return (await this.#table.query(LIVE_SLOTS)).map(slotsOfItem);
  }

  async listMoving(): Promise<readonly ClaimSlots[]> {
    return (await this.#table.moving(LIVE_SLOTS)).map(slotsOfItem);
  }

  /** Looks among the live ones first: what moves away between the two reads is in both, never in neither. */
  async ofClaim(claim: ClaimName): Promise<readonly ClaimSlots[]> {
    const live = await this.#table.query(LIVE_SLOTS, liveSlotsOf(claim));
    const ended = await this.#table.query(endedClaimKey(claim).pk, ENDED_SLOTS);
    const byPlan = new Map([...live, ...ended].map(slotsOfItem).map((slots) => [slots.planId, slots]));
    return [...byPlan.values()].sort((a, b) => compareText(a.planId, b.planId));
  }

  /** Slots of a claim that has ended meanwhile are put where they are not listed. */
  async putIfAbsent(slots: ClaimSlots): Promise<'put' | 'present'> {
    const condition = this.#table.absent();
    const lost = await this.#table.write(
      { kind: 'put', item: liveSlotsItem(slots), condition },
      { kind: 'check', key: endedClaimKey(slots.claim), condition },
      { kind: 'check', key: endedSlotsKey(slots.claim, slots.planId), condition },
    );
    if (lost === undefined) return 'put';
    if (lost.has(0) || lost.has(2)) return 'present';
    const item = endedSlotsItem(slots, this.#clock.nowMs());
    return (await this.#table.write({ kind: 'put', item, condition })) === undefined ? 'put' : 'present';
  }

  async update(next: ClaimSlots): Promise<void> {
    const lost = await this.#table.write({
      kind: 'put',
      item: liveSlotsItem(next),
      condition: ifVersion(next.version - 1),
    });
    if (lost === undefined) return;
    const found = lost.get(0) ?? (await this.#table.get(endedSlotsKey(next.claim, next.planId)));
    throw new ConflictError(`slots of claim ${next.claim}`, found && slotsOfItem(found));
  }

  async putAway(item: ClaimSlots): Promise<void> {
    const [first, second] = slotMove(item, this.#clock.nowMs());
    await this.#table.write(first, second);
  }
}
