import { describe, expect, it } from 'vitest';
import { claimName } from '../../lib/model/ids.ts';
import type { Claims } from '../../lib/ports/claims.ts';
import type { SlotStore } from '../../lib/ports/slots.ts';
import { aPlannedClaim, aSlot, launchFailed, someSlots } from '../support/memory-items.ts';
import { conflictOf } from './conflict.ts';

/** Both stores of one table, empty. */
export interface SlotsHarness {
  readonly slots: SlotStore;
  readonly claims: Claims;
}

export function describeSlotsContract(name: string, makeHarness: () => Promise<SlotsHarness>): void {
  describe(`slots: ${name}`, () => {
    it('puts the slots of a claim and plan once', async () => {
      const { slots } = await makeHarness();
      expect(await slots.putIfAbsent(someSlots('c1', 'p1'))).toBe('put');
      expect(await slots.putIfAbsent(someSlots('c1', 'p1', { slots: [] }))).toBe('present');
      expect(await slots.ofClaim(claimName('c1'))).toEqual([someSlots('c1', 'p1')]);
    });

    it('keeps one item per claim and plan, and gives those of one claim by plan', async () => {
      const { slots } = await makeHarness();
      await slots.putIfAbsent(someSlots('c1', 'p2'));
      await slots.putIfAbsent(someSlots('c1', 'p1'));
      await slots.putIfAbsent(someSlots('c1-more', 'p0'));
      expect((await slots.ofClaim(claimName('c1'))).map((item) => item.planId)).toEqual(['p1', 'p2']);
      expect(await slots.ofClaim(claimName('c2'))).toEqual([]);
    });

    it('lists items of live claims by claim, then plan', async () => {
      const { slots, claims } = await makeHarness();
      for (const claim of ['c2', 'c1', 'c1-more']) {
        await claims.putIfAbsent(aPlannedClaim(claim));
        for (const plan of ['p2', 'p1']) await slots.putIfAbsent(someSlots(claim, plan));
      }
      expect((await slots.listLive()).map((item) => `${item.claim} ${item.planId}`)).toEqual([
        'c1 p1',
        'c1 p2',
        'c1-more p1',
        'c1-more p2',
        'c2 p1',
        'c2 p2',
      ]);
    });

    it('no longer lists the items of a claim that has ended, and still gives them when asked', async () => {
      const { slots, claims } = await makeHarness();
      await claims.putIfAbsent(aPlannedClaim('c1'));
      await slots.putIfAbsent(someSlots('c1', 'p1'));
      await claims.update(launchFailed(aPlannedClaim('c1')));
      expect(await slots.listLive()).toEqual([]);
      expect(await slots.ofClaim(claimName('c1'))).toHaveLength(1);
    });

    it('lets a claim end with the slots of as many plans as it lived to see', async () => {
      const { slots, claims } = await makeHarness();
      await claims.putIfAbsent(aPlannedClaim('c1'));
      const plans = Array.from({ length: 110 }, (_, n) => `p${String(n).padStart(3, '0')}`);
      await Promise.all(plans.map((plan) => slots.putIfAbsent(someSlots('c1', plan))));
      await claims.update(launchFailed(aPlannedClaim('c1')));
      expect(await slots.listLive()).toEqual([]);
      expect((await slots.ofClaim(claimName('c1'))).map((item) => item.planId)).toEqual(plans);
    });

    it('lets a claim end while its slots change', async () => {
      const { slots, claims } = await makeHarness();
      const names = Array.from({ length: 8 }, (_, n) => `c${n}`);
      for (const name of names) {
        await claims.putIfAbsent(aPlannedClaim(name));
        await slots.putIfAbsent(someSlots(name, 'p1'));
      }
      const changes = names.map((name) => slots.update(someSlots(name, 'p1', { version: 2 })));
      const ends = names.map((name) => claims.update(launchFailed(aPlannedClaim(name))));
      await Promise.allSettled(changes);
      await Promise.all(ends);
      expect(await slots.listLive()).toEqual([]);
      for (const name of names) expect(await slots.ofClaim(claimName(name))).toHaveLength(1);
    });

    it('does not list slots that are put after their claim has ended, be it again', async () => {
      const { slots, claims } = await makeHarness();
      await claims.putIfAbsent(aPlannedClaim('c1'));
      await slots.putIfAbsent(someSlots('c1', 'p1'));
      await claims.update(launchFailed(aPlannedClaim('c1')));
      expect(await slots.putIfAbsent(someSlots('c1', 'p1'))).toBe('present');
      expect(await slots.putIfAbsent(someSlots('c1', 'p2'))).toBe('put');
      expect(await slots.putIfAbsent(someSlots('c1', 'p2'))).toBe('present');
      expect(await slots.listLive()).toEqual([]);
      expect(await slots.ofClaim(claimName('c1'))).toHaveLength(2);
    });

    it('lists as moving what is not settled, from its first put to the end of its claim', async () => {
      const { slots, claims } = await makeHarness();
      for (const name of ['c1', 'c2', 'c3']) {
        await claims.putIfAbsent(aPlannedClaim(name));
        await slots.putIfAbsent(someSlots(name, 'p1'));
      }
      expect((await slots.listMoving()).map(({ claim }) => claim)).toEqual(['c1', 'c2', 'c3']);
      await slots.update(someSlots('c1', 'p1', { version: 2, settledAtMs: 1 }));
      await claims.update(launchFailed(aPlannedClaim('c2')));
      expect((await slots.listMoving()).map(({ claim }) => claim)).toEqual(['c3']);
      expect((await slots.listLive()).map(({ claim }) => claim)).toEqual(['c1', 'c3']);
    });

    it('no longer lists what was put away, gives it when asked, and does not take it anew', async () => {
      const { slots, claims } = await makeHarness();
      await claims.putIfAbsent(aPlannedClaim('c1'));
      for (const plan of ['p1', 'p2']) await slots.putIfAbsent(someSlots('c1', plan));
      const settled = someSlots('c1', 'p1', { version: 2, settledAtMs: 1 });
      await slots.update(settled);
      await slots.putAway(someSlots('c1', 'p1'));
      expect(await slots.listLive()).toHaveLength(2);
      await slots.putAway(settled);
      await slots.putAway(settled);
      expect((await slots.listLive()).map(({ planId }) => planId)).toEqual(['p2']);
      expect(await slots.ofClaim(claimName('c1'))).toEqual([settled, someSlots('c1', 'p2')]);
      expect(await slots.putIfAbsent(someSlots('c1', 'p1'))).toBe('present');
    });

    it('lets exactly one of two updates of the same version through', async () => {
      const { slots } = await makeHarness();
      await slots.putIfAbsent(someSlots('c1', 'p1'));
      const states = ['bound', 'missed'] as const;
      const outcomes = await Promise.allSettled(
        states.map((state) =>
          slots.update(someSlots('c1', 'p1', { version: 2, slots: [aSlot('pod-1', { state })] })),
        ),
      );
      expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('updates from the version before only, and says what it found otherwise', async () => {
      const { slots } = await makeHarness();
      await slots.putIfAbsent(someSlots('c1', 'p1'));
      const second = someSlots('c1', 'p1', { version: 2, slots: [aSlot('pod-1', { state: 'bound' })] });
      await slots.update(second);
      const conflict = await conflictOf(slots.update(someSlots('c1', 'p1', { version: 2 })));
      expect(conflict.found).toEqual(second);
      const missing = await conflictOf(slots.update(someSlots('c1', 'p2', { version: 2 })));
      expect(missing.found).toBeUndefined();
    });
  });
}
