// How slots stand in the table, for the store of slots and for the claim that takes them along when it ends.
import type { ClaimName } from '../../../model/ids.ts';
import { type ClaimSlots, isUnsettled } from '../../../model/slots.ts';
import type { Item } from './attributes.ts';
import { bodyAttributes, bodyOf } from './body.ts';
import {
  endedSlotsKey,
  LIVE_SLOTS,
  liveSlotsKey,
  liveSlotsOf,
  movingMark,
  retainedUntilSeconds,
} from './keys.ts';
import { ifVersion } from './living-items.ts';
import type { Table, Write } from './table.ts';

const nameOf = ({ claim, planId }: Pick<ClaimSlots, 'claim' | 'planId'>): string =>
  `slots of claim ${claim} in plan ${planId}`;

const attributesOf = (slots: ClaimSlots) => ({
  version: slots.version,
  ...bodyAttributes(slots, nameOf(slots)),
});

export function liveSlotsItem(slots: ClaimSlots): Item {
  const key = liveSlotsKey(slots.claim, slots.planId);
  return { ...key, ...movingMark(key, isUnsettled(slots)), ...attributesOf(slots) };
}

export const endedSlotsItem = (slots: ClaimSlots, endedAtMs: number): Item => ({
  ...endedSlotsKey(slots.claim, slots.planId),
  ...attributesOf(slots),
  expiresAtSeconds: retainedUntilSeconds(endedAtMs),
});

export const slotsOfItem = (item: Item): ClaimSlots => bodyOf<ClaimSlots>(item);

/** Out of what is listed, and into where it stays. */
export type Move = readonly [Write, Write];

/** For each item of the claim that is still listed: its move. */
export async function slotMoves(table: Table, claim: ClaimName, endedAtMs: number): Promise<Move[]> {
  const items = await table.query(LIVE_SLOTS, liveSlotsOf(claim));
  return items.map(slotsOfItem).map((slots) => slotMove(slots, endedAtMs));
}

export const slotMove = (slots: ClaimSlots, endedAtMs: number): Move => [
  {
    kind: 'delete',
    key: liveSlotsKey(slots.claim, slots.planId),
    condition: ifVersion(slots.version),
  },
  { kind: 'put', item: endedSlotsItem(slots, endedAtMs) },
];
