import { describe, expect, it } from 'vitest';
import { MemoryClaims } from '../../../lib/adapters/memory/claims.ts';
import { MemorySlotStore } from '../../../lib/adapters/memory/slots.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { StoredClaims } from '../../../lib/control/stored-claims.ts';
import { planId } from '../../../lib/model/ids.ts';
import type { NodeClaim } from '../../../lib/model/node-claim.ts';
import { anInitializedClaim, aPlannedClaim, aSlot, slotsOf } from '../../support/claims.ts';
import { ManualClock } from '../../support/memory-clock.ts';

/** Stored claims and slots, with the items that reading them brought counted. */
function aStore(names: readonly string[] = []) {
  const clock = new ManualClock();
  const table = new MemoryTable();
  const claims = new MemoryClaims({ table });
  const slots = new MemorySlotStore({ table, claims });
  const read = { claims: 0, slots: 0, requests: 0 };
  const counted =
    <T>(kind: 'claims' | 'slots', list: () => Promise<readonly T[]>) =>
    async () => {
      const items = await list();
      read[kind] += items.length;
      read.requests += 1;
      return items;
    };
  for (const name of names) {
    const claim = anInitializedClaim({ name });
    table.put(`claim#${name}`, claim);
    table.put(`slots#${name} p1`, {
      ...slotsOf(claim.name, [aSlot({ state: 'bound' })]),
      settledAtMs: clock.nowMs(),
    });
  }
  const stored = new StoredClaims({
    clock,
    claims: {
      get: (name) => claims.get(name),
      listLive: counted('claims', () => claims.listLive()),
      listMoving: counted('claims', () => claims.listMoving()),
    } as MemoryClaims,
    slots: {
      listLive: counted('slots', () => slots.listLive()),
      listMoving: counted('slots', () => slots.listMoving()),
      putAway: (item) => slots.putAway(item),
    } as MemorySlotStore,
  });
  const next = async (busy = true, ms = 1_000) => {
    await clock.advance(ms);
    await stored.read(busy);
  };
  return { clock, claims, slots, table, read, stored, next };
}

const phases = (claims: readonly NodeClaim[]) => claims.map(({ name, phase }) => `${name} ${phase}`);

describe('what the poller knows of claims', () => {
  it('follows a claim from its plan to its end, reading only what moves', async () => {
    const store = aStore(['a', 'c']);
    await store.stored.read(true);
    const planned = aPlannedClaim({ name: 'b' });
    await store.claims.putIfAbsent(planned);
    await store.slots.putIfAbsent(slotsOf(planned.name, [aSlot()]));
    await store.next();
    expect(phases(store.stored.claims)).toEqual(['a Initialized', 'b Planned', 'c Initialized']);
    expect(store.stored.items.map(({ claim }) => claim)).toEqual(['a', 'b', 'c']);
    await store.claims.update({ ...planned, phase: 'LaunchFailed', failedAtMs: 1, message: '', version: 2 });
    await store.next();
    expect(phases(store.stored.claims)).toEqual(['a Initialized', 'c Initialized']);
    expect(store.stored.items.map(({ claim }) => claim)).toEqual(['a', 'c']);
  });

  it('sees a wish to leave, and that it was withdrawn', async () => {
    const store = aStore(['a']);
    await store.stored.read(true);
    const claim = anInitializedClaim({ name: 'a' });
    const leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: 1 } as const;
    await store.claims.update({ ...claim, leave, version: 2 });
    await store.next();
    expect(store.stored.claims[0]?.leave).toEqual(leave);
    await store.claims.update({ ...claim, version: 3 });
    await store.next();
    expect(store.stored.claims[0]).toEqual({ ...claim, version: 3 });
  });

  it('keeps the very same lists while nothing changes', async () => {
    const store = aStore(['a', 'b']);
    await store.claims.putIfAbsent(aPlannedClaim({ name: 'c' }));
    await store.stored.read(true);
    const { claims, items } = store.stored;
    await store.next();
    expect(store.stored.claims).toBe(claims);
    expect(store.stored.items).toBe(items);
  });

  it('stays as it was when a reading fails, and reads again at once', async () => {
    const store = aStore(['a']);
    await store.stored.read(true);
    await store.claims.putIfAbsent(aPlannedClaim({ name: 'b' }));
    const { listMoving } = store.slots;
    store.slots.listMoving = () => Promise.reject(new Error('throttled'));
    await expect(store.next()).rejects.toThrow('throttled');
    store.slots.listMoving = listMoving;
    await store.next(true, 0);
    expect(phases(store.stored.claims)).toEqual(['a Initialized', 'b Planned']);
  });

  it('puts settled slots away ten minutes after, so that they do not add up', async () => {
    const store = aStore(['a', 'b']);
    const again = { ...slotsOf(anInitializedClaim({ name: 'b' }).name, [aSlot()]), planId: planId('p2') };
    await store.slots.putIfAbsent(again);
    await store.next(false, 9 * 60_000);
    expect(await store.slots.listLive()).toHaveLength(3);
    await store.next(false, 60_000);
    expect(await store.slots.listLive()).toEqual([again]);
    expect(store.stored.items).toEqual([again]);
  });
});

describe('reading at 5,000 nodes', () => {
  const names = Array.from({ length: 5_000 }, (_, n) => `n${String(n).padStart(4, '0')}`);
  const minute = async (busy: boolean, moving: number) => {
    const store = aStore(names);
    for (let n = 0; n < moving; n += 1) await store.claims.putIfAbsent(aPlannedClaim({ name: `x${n}` }));
    await store.stored.read(busy);
    Object.assign(store.read, { claims: 0, slots: 0, requests: 0 });
    for (let second = 1; second <= 60; second += 1) await store.next(busy);
    return store.read;
  };

  it('brings each claim once a minute while nothing moves, in 12 requests', async () => {
    expect(await minute(false, 0)).toEqual({ claims: 5_000, slots: 5_000, requests: 12 });
  });

  it('brings besides only what moves, every second, while 50 nodes are on their way', async () => {
    expect(await minute(true, 50)).toEqual({ claims: 5_050 + 59 * 50, slots: 5_000, requests: 120 });
  });
});
