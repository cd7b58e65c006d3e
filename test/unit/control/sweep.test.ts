import { describe, expect, it } from 'vitest';
import { sweep } from '../../../lib/control/sweep.ts';
import { claimName, orderId } from '../../../lib/model/ids.ts';
import { aPlannedClaim } from '../../support/claims.ts';
import { aControlWorld, aRunningNode, startInstance } from '../../support/control-world.ts';
import { aFleetRequest, anOverride } from '../../support/memory-fleet.ts';
import { anOrder, aPlan } from '../../support/memory-items.ts';

const MINUTE_MS = 60_000;
const orderOf = (settled: boolean, atMs: number) =>
  anOrder('p1-0', {
    createdAtMs: atMs,
    attempts: [
      {
        n: 1,
        claims: [],
        request: aFleetRequest('on-demand', [anOverride('m7i.large')]),
        storedAtMs: atMs,
        ...(settled ? { settled: { atMs, launched: 0, errors: [] } } : {}),
      },
    ],
  });

describe('the sweep', () => {
  it('carries out a plan whose function died after the commit', async () => {
    const world = aControlWorld();
    const claim = aPlannedClaim({ createdAtMs: world.clock.nowMs() });
    const order = anOrder('p1-0', { claims: [claim.name], createdAtMs: world.clock.nowMs() });
    await world.deps.plans.commit(aPlan('p1', ['r1'], { claims: [claim], orders: [order] }));
    await sweep(world.deps);
    expect(world.launches).toEqual([]);
    await world.clock.advance(MINUTE_MS);
    await sweep(world.deps);
    expect(await world.phaseOf(claim.name)).toBe('Planned');
    expect(world.launches).toEqual([{ schemaVersion: 1, orderId: order.id }]);
    expect(await world.deps.plans.listUnfinished()).toEqual([]);
  });

  it('goes on with an order that nobody has touched for a minute', async () => {
    const world = aControlWorld();
    await world.deps.plans.putOrderIfAbsent(orderOf(false, world.clock.nowMs()));
    await sweep(world.deps);
    expect(world.launches).toEqual([]);
    await world.clock.advance(MINUTE_MS);
    await sweep(world.deps);
    expect(world.launches).toEqual([{ schemaVersion: 1, orderId: orderId('p1-0') }]);
  });

  it('fails a claim that got no instance within five minutes', async () => {
    const world = aControlWorld();
    const claim = aPlannedClaim({ createdAtMs: world.clock.nowMs() });
    await world.claims.putIfAbsent(claim);
    await world.clock.advance(5 * MINUTE_MS - 1);
    await sweep(world.deps);
    expect(await world.phaseOf(claim.name)).toBe('Planned');
    await world.clock.advance(1);
    await sweep(world.deps);
    expect(await world.phaseOf(claim.name)).toBe('LaunchFailed');
  });

  it('ends an instance that no claim took after a minute, once its attempt is settled', async () => {
    const world = aControlWorld();
    await world.deps.plans.putOrderIfAbsent(orderOf(true, world.clock.nowMs()));
    const { instanceId } = startInstance(world);
    await world.clock.advance(MINUTE_MS - 1);
    await sweep(world.deps);
    expect(world.ec2.instance(instanceId)?.state).toBe('running');
    await world.clock.advance(1);
    await sweep(world.deps);
    expect(world.ec2.instance(instanceId)?.state).toBe('shutting-down');
  });

  it('leaves an instance alone while its attempt is open: it may yet be taken', async () => {
    const world = aControlWorld();
    await world.deps.plans.putOrderIfAbsent(orderOf(false, world.clock.nowMs()));
    const { instanceId } = startInstance(world);
    await world.clock.advance(10 * MINUTE_MS);
    await sweep(world.deps);
    expect(world.ec2.instance(instanceId)?.state).toBe('running');
  });

  it('lets a claim leave whose instance is gone, even when no event told of it', async () => {
    const world = aControlWorld();
    const { claim, instanceId } = await aRunningNode(world);
    world.ec2.kill(instanceId);
    await world.clock.advance(MINUTE_MS);
    await sweep(world.deps);
    expect(world.drains.map(({ message }) => message.claim)).toEqual([claim.name]);
    expect(await world.claims.get(claim.name)).toMatchObject({
      leave: { reason: 'InstanceTerminated', severity: 'lost' },
    });
  });

  it('does not take an instance for gone that EC2 does not show yet', async () => {
    const world = aControlWorld();
    const { claim } = await aRunningNode(world);
    await sweep(world.deps);
    expect(world.drains).toEqual([]);
    expect(await world.claims.get(claim.name)).toEqual(claim);
  });

  it('lets an instance go that did not join within fifteen minutes', async () => {
    const world = aControlWorld();
    const { instanceId, claim } = await aRunningNode(world);
    const name = claimName('pool-2');
    const { node: _, registeredAtMs: __, initializedAtMs: ___, ...rest } = claim;
    const other = startInstance(world, 'p2-0');
    const planned = aPlannedClaim({ name });
    await world.claims.putIfAbsent(planned);
    const launch = { ...rest.launch, instanceId: other.instanceId, launchedAtMs: world.clock.nowMs() };
    await world.claims.updateLaunched({ ...planned, phase: 'Launched', version: 2, launch });
    await world.clock.advance(15 * MINUTE_MS);
    await sweep(world.deps);
    expect(world.drains.map(({ message }) => message.claim)).toEqual(['pool-2']);
    expect(world.ec2.instance(instanceId)?.state).toBe('running');
  });

  it('starts a drain again that stood still for a minute', async () => {
    const world = aControlWorld();
    const leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: world.clock.nowMs() } as const;
    const { claim } = await aRunningNode(world, 'pool-1', { leave });
    await world.clock.advance(MINUTE_MS - 1);
    await sweep(world.deps);
    expect(world.drains).toEqual([]);
    await world.clock.advance(1);
    await sweep(world.deps);
    expect(world.drains.map(({ message }) => message.claim)).toEqual([claim.name]);
  });

  it('looks at every claim although one of them cannot be handled', async () => {
    const world = aControlWorld();
    const first = aPlannedClaim({ name: claimName('pool-a'), createdAtMs: 0 });
    const second = aPlannedClaim({ name: claimName('pool-b'), createdAtMs: 0 });
    await world.claims.putIfAbsent(first);
    await world.claims.putIfAbsent(second);
    const update = world.claims.update.bind(world.claims);
    const claims = Object.assign(Object.create(world.claims), {
      update: async (next: Parameters<typeof update>[0]) => {
        if (next.name === first.name) throw new Error('item is broken');
        await update(next);
      },
    });
    for (const method of ['get', 'listLive', 'putIfAbsent', 'claimOfInstance'] as const) {
      claims[method] = world.claims[method].bind(world.claims);
    }
    await sweep({ ...world.deps, claims });
    expect(await world.phaseOf(second.name)).toBe('LaunchFailed');
    expect(world.events.map((event) => event.message)).toContainEqual(
      expect.stringContaining('item is broken'),
    );
  });
});
