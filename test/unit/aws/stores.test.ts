import { describe, expect, it } from 'vitest';
import { DynamoClaims } from '../../../lib/adapters/aws/claims.ts';
import { DynamoPlans } from '../../../lib/adapters/aws/plans.ts';
import { DynamoSlotStore } from '../../../lib/adapters/aws/slots.ts';
import { DynamoUnavailableOfferings } from '../../../lib/adapters/aws/unavailable-offerings.ts';
import { claimName, instanceId, orderId, podUid } from '../../../lib/model/ids.ts';
import { stableHash } from '../../../lib/model/stable-json.ts';
import { UNAVAILABLE_FORGET_MS } from '../../../lib/model/unavailable-offering.ts';
import { conflictOf } from '../../contract/conflict.ts';
import { hasDynamo, onDynamo, onS3 } from '../../support/aws-wire.ts';
import { START_MS } from '../../support/memory-clock.ts';
import {
  anOrder,
  aPlan,
  aPlannedClaim,
  launched,
  launchFailed,
  someSlots,
  terminated,
} from '../../support/memory-items.ts';

const DAY_MS = 86_400_000;
/** A message may live 14 days in its queue and 14 in the dead letters, and be redriven on the last of them. */
const REDRIVEN_MS = 28 * DAY_MS;
const GONE_MS = 46 * DAY_MS;

describe.skipIf(!hasDynamo)('stores in the table', () => {
  const makeTable = onDynamo();
  const s3 = onS3();
  const stores = async () => {
    const options = await makeTable();
    return {
      ...options,
      claims: new DynamoClaims(options),
      slots: new DynamoSlotStore(options),
      plans: new DynamoPlans({ ...options, ...s3() }),
    };
  };
  const claim = aPlannedClaim('c1');

  it('keeps what was done about a message for as long as the message may come back, and then lets it go', async () => {
    const { claims, plans, clock } = await stores();
    await plans.commit(aPlan('plan-1', ['r1']));
    await plans.putOrderIfAbsent(anOrder('o1'));
    await plans.updateOrder(anOrder('o1', { version: 2, closedAtMs: START_MS }));
    await claims.putIfAbsent(claim);
    await claims.updateLaunched(launched(claim, 'i-01'));
    await claims.update(terminated(launched(claim, 'i-01'), 'i-01'));
    const kept = async () => [
      (await plans.commit(aPlan('plan-2', ['r1']))) === 'taken',
      (await plans.order(orderId('o1'))) !== undefined,
      (await claims.get(claim.name)) !== undefined,
      (await claims.claimOfInstance(instanceId('i-01'))) !== undefined,
    ];
    await clock.advance(REDRIVEN_MS);
    expect(await kept()).toEqual([true, true, true, true]);
    await clock.advance(GONE_MS - REDRIVEN_MS);
    expect(await kept()).toEqual([false, false, false, false]);
  });

  it('keeps a live claim and its pointer however old they are', async () => {
    const { claims, clock } = await stores();
    await claims.putIfAbsent(claim);
    await claims.updateLaunched(launched(claim, 'i-01'));
    await clock.advance(400 * DAY_MS);
    expect(await claims.listLive()).toHaveLength(1);
    expect(await claims.claimOfInstance(instanceId('i-01'))).toBe(claim.name);
  });

  it('reads only what lives when it lists', async () => {
    const { claims, slots, plans, table } = await stores();
    await claims.putIfAbsent(claim);
    await slots.putIfAbsent(someSlots('c1', 'p1'));
    await plans.putOrderIfAbsent(anOrder('o1'));
    await claims.update(launchFailed(claim));
    await plans.updateOrder(anOrder('o1', { version: 2, closedAtMs: START_MS }));
    for (const partition of ['claims', 'slots', 'orders']) expect(await table.query(partition)).toEqual([]);
    expect((await table.query('claim#c1')).map(({ sk }) => sk)).toEqual(['ended', 'slots#p1']);
  });

  it('leaves the pointer of an instance to the claim that has it', async () => {
    const { claims, clock } = await stores();
    const other = aPlannedClaim('c2');
    for (const each of [claim, other]) await claims.putIfAbsent(each);
    await claims.updateLaunched(launched(claim, 'i-01'));
    await claims.update(terminated(other, 'i-01'));
    await clock.advance(GONE_MS);
    expect(await claims.claimOfInstance(instanceId('i-01'))).toBe(claim.name);
  });

  it('changes the slots of an ended claim no more, and says what they are', async () => {
    const { claims, slots } = await stores();
    await claims.putIfAbsent(claim);
    await slots.putIfAbsent(someSlots('c1', 'p1'));
    await claims.update(launchFailed(claim));
    const conflict = await conflictOf(slots.update(someSlots('c1', 'p1', { version: 2, slots: [] })));
    expect(conflict.found).toEqual(someSlots('c1', 'p1'));
  });

  it.each([
    ['claim', 'claims', 'c1'],
    ['plan', 'plan#plan-1', 'plan'],
    ['slots', 'slots', 'c1 p1'],
    ['pointer', 'instance#i-01', 'claim'],
  ])('names the item of a %s that a newer release wrote, and may be tried again', async (_, pk, sk) => {
    const { claims, slots, plans, table, name } = await stores();
    await claims.putIfAbsent(claim);
    await slots.putIfAbsent(someSlots('c1', 'p1'));
    await plans.commit(aPlan('plan-1', ['r1']));
    await claims.updateLaunched(launched(claim, 'i-01'));
    const item = await table.get({ pk, sk });
    await table.write({ kind: 'put', item: { ...item, pk, sk, schemaVersion: 2 } });
    const reads = async (): Promise<unknown> => {
      await claims.get(claimName('c1'));
      await claims.claimOfInstance(instanceId('i-01'));
      await plans.listUnfinished();
      return slots.listLive();
    };
    await expect(reads()).rejects.toMatchObject({
      code: 'NewerSchema',
      retry: 'same-request',
      message: `item ${pk} ${sk} of table ${name} has schema version 2: this release reads 1 to 1: deploy the release that wrote it, or a newer one`,
    });
  });

  it('keeps the body of a plan that no item holds in the bucket', async () => {
    const { plans, table } = await stores();
    const uids = Array.from({ length: 20_000 }, (_, n) => podUid(stableHash(n, 36)));
    const plan = aPlan('plan-1', ['r1'], {
      unschedulable: uids.map((uid) => ({ podUid: uid, reasons: ['no room'] })),
    });
    await plans.commit(plan);
    const object = String((await table.get({ pk: 'plan#plan-1', sk: 'plan' }))?.['object']);
    expect(object).toMatch(/^plans\/plan-1\/[0-9a-f]{64}\.json\.deflate$/);
    expect(await plans.get(plan.id)).toEqual(plan);
    for (const key of s3().objects.keys()) if (key.endsWith(object)) s3().objects.delete(key);
    await expect(plans.get(plan.id)).rejects.toMatchObject({ code: 'PlanBodyMissing', retry: 'never' });
  });

  it('refuses an item that is too large for the table by name', async () => {
    const { slots } = await stores();
    const missReason = Array.from({ length: 20_000 }, (_, n) => stableHash(n, 64)).join();
    const [slot] = someSlots('c1', 'p1').slots;
    const huge = someSlots('c1', 'p1', { slots: slot === undefined ? [] : [{ ...slot, missReason }] });
    await expect(slots.putIfAbsent(huge)).rejects.toMatchObject({ code: 'ItemTooLarge', retry: 'never' });
  });

  it('forgets a mark when it would start again at the first step anyway', async () => {
    const options = await makeTable();
    const unavailable = new DynamoUnavailableOfferings(options);
    const ref = { instanceType: 'm7i.large', zone: 'us-east-1a', capacityType: 'spot' } as const;
    await unavailable.put({ ...ref, reason: 'InsufficientInstanceCapacity', untilMs: START_MS, step: 1 });
    await options.clock.advance(UNAVAILABLE_FORGET_MS - 1);
    expect(await unavailable.list()).toHaveLength(1);
    await options.clock.advance(1_001);
    expect(await unavailable.list()).toEqual([]);
  });
});
