import { describe, expect, it } from 'vitest';
import { type DrainAllDeps, drainAll, NodesLeft, PODS_LEAVE_MS } from '../../functions/teardown/drain-all.ts';
import { endLaunches, stopLaunches } from '../../functions/teardown/launches.ts';
import { MemoryClaims } from '../../lib/adapters/memory/claims.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { instanceId } from '../../lib/model/ids.ts';
import type { NodeClaim } from '../../lib/model/node-claim.ts';
import type { Instance } from '../../lib/ports/fleet.ts';
import { aLaunchedClaim } from '../support/claims.ts';
import { START_MS } from '../support/memory-clock.ts';
import { skippingClock } from '../support/skipping-clock.ts';

const MINUTE_MS = 60_000;

/** `instances`: what EC2 shows at each look, the last for good. */
async function aWorld(claims: readonly NodeClaim[], instances: readonly (readonly Instance[])[] = [[]]) {
  const store = new MemoryClaims({ table: new MemoryTable() });
  for (const claim of claims) await store.putIfAbsent(claim);
  const asked: string[] = [];
  let look = 0;
  const deps: DrainAllDeps = {
    clock: skippingClock(),
    claims: store,
    fleet: { describeOwned: async () => instances[Math.min(look++, instances.length - 1)] ?? [] },
    drainQueue: { send: async ({ claim }) => void asked.push(claim) },
    events: { emit: () => undefined },
    stopLaunches: async () => undefined,
  };
  return { deps, store, asked };
}

const anInstance = (state: Instance['state']): Instance => ({
  ...{ instanceId: instanceId('i-0a'), instanceType: 'm5.large', zone: 'a', capacityType: 'spot' },
  ...{ imageId: 'ami-1', state, launchedAtMs: START_MS, tags: {} },
});

describe('draining before the stack goes', () => {
  it('tells every claim to leave by a deadline, and the drainer once', async () => {
    const { deps, store, asked } = await aWorld([
      aLaunchedClaim({ name: 'one' }),
      aLaunchedClaim({ name: 'two' }),
    ]);
    await expect(drainAll(deps, { sinceMs: START_MS, untilMs: START_MS + MINUTE_MS })).rejects.toThrow(
      NodesLeft,
    );
    expect(asked).toEqual(['one', 'two']);
    const leaves = (await store.listLive()).map((claim) => ('leave' in claim ? claim.leave : undefined));
    const leave = { reason: 'Deleted', severity: 'forced', deadlineMs: START_MS + PODS_LEAVE_MS };
    expect(leaves).toEqual([expect.objectContaining(leave), expect.objectContaining(leave)]);
  });

  it('goes on until neither claim nor instance is left', async () => {
    const { deps } = await aWorld([], [[anInstance('running')], [anInstance('shutting-down')]]);
    await drainAll(deps, { sinceMs: START_MS, untilMs: START_MS + 14 * MINUTE_MS });
    expect(deps.clock.nowMs()).toBeGreaterThan(START_MS);
  });

  it('says what is left when its time is over', async () => {
    const { deps } = await aWorld([aLaunchedClaim({ name: 'one' })], [[anInstance('running')]]);
    const left = await drainAll(deps, { sinceMs: START_MS, untilMs: START_MS + MINUTE_MS }).catch(
      (error: unknown) => error,
    );
    expect(left).toMatchObject({ name: 'NodesLeft', code: 'NodesLeft' });
    expect(String(left)).toContain('one is Launched');
    expect(deps.clock.nowMs()).toBeLessThanOrEqual(START_MS + MINUTE_MS);
  });

  it('ends at once where nothing is', async () => {
    const { deps, asked } = await aWorld([]);
    await drainAll(deps, { sinceMs: START_MS, untilMs: START_MS });
    expect([asked, deps.clock.nowMs()]).toEqual([[], START_MS]);
  });
});

describe('the kill switch when the stack goes', () => {
  const valueAfter = async (value: string, work: typeof endLaunches): Promise<string> => {
    let now = value;
    const parameters = {
      get: async (name: string) => ({ name, value: now, version: 1, modifiedAtMs: START_MS }),
      put: async (_name: string, next: string) => {
        now = next;
        return 2;
      },
    };
    await work(parameters, '/dovetail/demo/stop', skippingClock());
    return now;
  };

  it('stops launches for a drain, and nothing else, because the drain has to go on', async () => {
    expect(
      await Promise.all(['none', 'launches', 'all'].map((value) => valueAfter(value, stopLaunches))),
    ).toEqual([...['launches', 'launches', 'launches']]);
  });

  it('stops launches where nodes are kept, and lets a person who stopped everything have that', async () => {
    expect(
      await Promise.all(['none', 'launches', 'all'].map((value) => valueAfter(value, endLaunches))),
    ).toEqual([...['launches', 'launches', 'all']]);
  });
});
