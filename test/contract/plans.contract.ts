import { describe, expect, it } from 'vitest';
import { orderId, planId, podUid, requestId } from '../../lib/model/ids.ts';
import { stableHash } from '../../lib/model/stable-json.ts';
import type { Plans } from '../../lib/ports/plans.ts';
import { START_MS } from '../support/memory-clock.ts';
import { anOrder, aPlan } from '../support/memory-items.ts';
import { conflictOf } from './conflict.ts';

/** What every `Plans` does; the harness gives an empty store. */
export function describePlansContract(name: string, makePlans: () => Promise<Plans>): void {
  describe(`commit point: ${name}`, () => {
    it('stores the plan and a pointer per request', async () => {
      const plans = await makePlans();
      const plan = aPlan('plan-1', ['r1', 'r2']);
      expect(await plans.commit(plan)).toBe('committed');
      expect(await plans.get(plan.id)).toEqual(plan);
      expect(await plans.planOfRequest(requestId('r1'))).toBe('plan-1');
      expect(await plans.planOfRequest(requestId('r2'))).toBe('plan-1');
    });

    it('knows nothing of requests and plans that were never committed', async () => {
      const plans = await makePlans();
      expect(await plans.planOfRequest(requestId('r1'))).toBeUndefined();
      expect(await plans.get(planId('plan-1'))).toBeUndefined();
    });

    it('answers a repeat of the same commit with taken and keeps the first plan', async () => {
      const plans = await makePlans();
      await plans.commit(aPlan('plan-1', ['r1']));
      expect(await plans.commit(aPlan('plan-1', ['r1'], { installation: 'second' }))).toBe('taken');
      expect((await plans.get(planId('plan-1')))?.installation).toBe('test');
    });

    it('keeps a plan for thousands of pods whole', async () => {
      const plans = await makePlans();
      const uids = Array.from({ length: 20_000 }, (_, n) => podUid(stableHash(n, 36)));
      const unschedulable = uids.map((uid) => ({ podUid: uid, reasons: [stableHash(uid, 32)] }));
      const plan = aPlan('plan-1', ['r1'], { unschedulable });
      expect(await plans.commit(plan)).toBe('committed');
      expect(await plans.get(plan.id)).toEqual(plan);
      expect(await plans.listUnfinished()).toEqual([plan]);
    });

    it('commits exactly one of several plans for a request that come at once', async () => {
      const plans = await makePlans();
      const rivals = ['plan-1', 'plan-2', 'plan-3', 'plan-4'].map((id) => aPlan(id, [`own-${id}`, 'r1']));
      const answers = await Promise.all(rivals.map((plan) => plans.commit(plan)));
      expect([...answers].sort()).toEqual(['committed', 'taken', 'taken', 'taken']);
      const winner = rivals[answers.indexOf('committed')]?.id;
      expect(await plans.planOfRequest(requestId('r1'))).toBe(winner);
      expect((await plans.listUnfinished()).map((plan) => plan.id)).toEqual([winner]);
    });

    it('writes nothing of a plan when one of its requests has a plan already', async () => {
      const plans = await makePlans();
      await plans.commit(aPlan('plan-1', ['r1']));
      expect(await plans.commit(aPlan('plan-2', ['r0', 'r1', 'r2']))).toBe('taken');
      expect(await plans.get(planId('plan-2'))).toBeUndefined();
      expect(await plans.planOfRequest(requestId('r0'))).toBeUndefined();
      expect(await plans.planOfRequest(requestId('r1'))).toBe('plan-1');
      expect(await plans.planOfRequest(requestId('r2'))).toBeUndefined();
      expect((await plans.listUnfinished()).map((plan) => plan.id)).toEqual(['plan-1']);
    });
  });

  describe(`unfinished plans: ${name}`, () => {
    it('lists plans not executed, oldest first', async () => {
      const plans = await makePlans();
      await plans.commit(aPlan('plan-a', ['r1'], { createdAtMs: START_MS + 2 }));
      await plans.commit(aPlan('plan-c', ['r2'], { createdAtMs: START_MS + 1 }));
      await plans.commit(aPlan('plan-b', ['r3'], { createdAtMs: START_MS + 1 }));
      expect((await plans.listUnfinished()).map((plan) => plan.id)).toEqual(['plan-b', 'plan-c', 'plan-a']);
    });

    it('drops a plan once executed, keeps it readable, and takes the second mark calmly', async () => {
      const plans = await makePlans();
      const plan = aPlan('plan-1', ['r1']);
      await plans.commit(plan);
      await plans.markExecuted(plan.id);
      await plans.markExecuted(plan.id);
      expect(await plans.listUnfinished()).toEqual([]);
      expect(await plans.get(plan.id)).toEqual(plan);
    });

    it('does not list an executed plan again after a repeated commit', async () => {
      const plans = await makePlans();
      const plan = aPlan('plan-1', ['r1']);
      await plans.commit(plan);
      await plans.markExecuted(plan.id);
      expect(await plans.commit(plan)).toBe('taken');
      expect(await plans.listUnfinished()).toEqual([]);
    });
  });

  describe(`orders: ${name}`, () => {
    it('puts an order once', async () => {
      const plans = await makePlans();
      expect(await plans.putOrderIfAbsent(anOrder('o1'))).toBe('put');
      expect(await plans.putOrderIfAbsent(anOrder('o1', { nodePool: 'other' }))).toBe('present');
      expect(await plans.order(orderId('o1'))).toEqual(anOrder('o1'));
      expect(await plans.order(orderId('o2'))).toBeUndefined();
    });

    it('updates from the version before only, and says what it found otherwise', async () => {
      const plans = await makePlans();
      await plans.putOrderIfAbsent(anOrder('o1'));
      const second = anOrder('o1', { version: 2, nodeClass: 'second' });
      await plans.updateOrder(second);
      const conflict = await conflictOf(plans.updateOrder(anOrder('o1', { version: 2 })));
      expect(conflict.found).toEqual(second);
      const missing = await conflictOf(plans.updateOrder(anOrder('o2', { version: 2 })));
      expect(missing.found).toBeUndefined();
    });

    it('keeps a closed order readable, and does not bring it back', async () => {
      const plans = await makePlans();
      await plans.putOrderIfAbsent(anOrder('o1'));
      const closed = anOrder('o1', { version: 2, closedAtMs: START_MS });
      await plans.updateOrder(closed);
      expect(await plans.putOrderIfAbsent(anOrder('o1'))).toBe('present');
      expect(await plans.order(orderId('o1'))).toEqual(closed);
      const conflict = await conflictOf(plans.updateOrder(anOrder('o1', { version: 2 })));
      expect(conflict.found).toEqual(closed);
      expect(await plans.listOpenOrders()).toEqual([]);
    });

    it('lists open orders by id', async () => {
      const plans = await makePlans();
      for (const id of ['o3', 'o1', 'o2']) await plans.putOrderIfAbsent(anOrder(id));
      await plans.updateOrder(anOrder('o1', { version: 2, closedAtMs: START_MS }));
      expect((await plans.listOpenOrders()).map((order) => order.id)).toEqual(['o2', 'o3']);
    });
  });
}
