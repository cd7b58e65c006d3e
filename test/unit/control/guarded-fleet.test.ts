import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import { MemoryRateGuard } from '../../../lib/adapters/memory/rate-guard.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { drain } from '../../../lib/control/drain.ts';
import { withLaunchGuard, withTerminationGuard } from '../../../lib/control/guarded-fleet.ts';
import { launch } from '../../../lib/control/launch.ts';
import { claimName } from '../../../lib/model/ids.ts';
import type { Stop } from '../../../lib/ports/stop-switch.ts';
import { aNodePool, anInstanceType } from '../../support/builders.ts';
import { aPlannedClaim } from '../../support/claims.ts';
import { aControlWorld, aRunningNode, startInstance } from '../../support/control-world.ts';
import { aNodeClass, aResolvedNodeClass } from '../../support/memory-documents.ts';
import { aFleetRequest, anOverride } from '../../support/memory-fleet.ts';
import { anOrder } from '../../support/memory-items.ts';

function aGuardedWorld({ max = 2, stop = 'none' as Stop } = {}) {
  const world = aControlWorld();
  const counts: string[] = [];
  const state = { stop };
  const metrics = {
    count: (name: string, value: number) => void counts.push(`${name} ${value}`),
    observe: () => {},
  };
  const guard = new MemoryRateGuard({ clock: world.clock });
  const fleet = withLaunchGuard(world.deps.fleet, {
    ...{ guard, metrics },
    stop: { read: async () => state.stop },
    maxLaunchesPerHour: max,
  });
  const ending = withTerminationGuard(world.deps.fleet, {
    ...{ guard, metrics },
    maxTerminationsPerHour: max,
  });
  return { ...world, state, counts, fleet, ending };
}

const aRequest = (clientToken: string, targetCapacity = 1) =>
  aFleetRequest('on-demand', [anOverride('m7i.large')], { clientToken, targetCapacity });

describe('the launch guard', () => {
  it('launches within the hour’s limit and refuses beyond it', async () => {
    const { fleet, counts } = aGuardedWorld();
    expect((await fleet.launch(aRequest('a', 2))).instances).toHaveLength(2);
    await expect(fleet.launch(aRequest('b'))).rejects.toMatchObject({
      code: 'LaunchLimitReached',
      retry: 'never',
    });
    expect(counts).toEqual(['InstancesLaunched 2', 'GuardRefused 1']);
  });

  it('lets a request that is sent again through', async () => {
    const { fleet } = aGuardedWorld();
    const first = await fleet.launch(aRequest('a', 2));
    expect(await fleet.launch(aRequest('a', 2))).toEqual(first);
  });

  it.each(['launches', 'all'] as const)('refuses every launch while stopped (%s)', async (stop) => {
    const { fleet, state, ec2 } = aGuardedWorld({ stop });
    await expect(fleet.launch(aRequest('a'))).rejects.toMatchObject({ code: 'LaunchesStopped' });
    expect(ec2.instances()).toEqual([]);
    state.stop = 'none';
    expect((await fleet.launch(aRequest('a'))).instances).toHaveLength(1);
  });

  it('marks no offering as unavailable, and the order goes on once launches are allowed again', async () => {
    const { fleet, state, ...world } = aGuardedWorld({ stop: 'launches' });
    const name = claimName('pool-1');
    await world.claims.putIfAbsent(aPlannedClaim({ name }));
    const offerings = [
      {
        instanceType: 'm7i.large',
        zone: 'us-east-1a',
        capacityType: 'on-demand',
        priceMicroUsdPerHour: 100_000,
      } as const,
    ];
    const order = anOrder('p1-0', { nodeClass: 'default', claims: [name], offerings });
    await world.deps.plans.putOrderIfAbsent({ ...order, createdAtMs: world.clock.nowMs() });
    const unavailable = new MemoryUnavailableOfferings({ table: new MemoryTable() });
    const deps = {
      ...world.deps,
      ...{ fleet, unavailable, installation: 'test' },
      catalog: { instanceTypes: async () => [anInstanceType({ name: 'm7i.large' })] },
      documents: new MemoryDocuments({
        nodePools: [aNodePool({ name: 'general' })],
        nodeClasses: [aNodeClass()],
        resolved: [aResolvedNodeClass()],
      }),
    };
    await launch(deps, { schemaVersion: 1, orderId: 'p1-0' });
    expect(await unavailable.list()).toEqual([]);
    expect(world.launches).toHaveLength(1);
    state.stop = 'none';
    await launch(deps, { schemaVersion: 1, orderId: 'p1-0' });
    expect(await world.phaseOf(name)).toBe('Launched');
  });
});

describe('the termination guard', () => {
  it('ends instances within the hour’s limit and refuses beyond it', async () => {
    const world = aGuardedWorld({ max: 1 });
    const [first, second] = [startInstance(world, 'o-1'), startInstance(world, 'o-2')];
    await world.ending.terminate([first.instanceId]);
    await world.ending.terminate([first.instanceId]);
    await expect(world.ending.terminate([second.instanceId])).rejects.toMatchObject({
      code: 'TerminationLimitReached',
    });
    await world.clock.advance(3_600_000);
    await world.ending.terminate([second.instanceId]);
  });

  it('makes a drain wait: its message is acknowledged, and its claim goes on from there later', async () => {
    const world = aGuardedWorld({ max: 0 });
    const { claim, instanceId } = await aRunningNode(world);
    const leave = { reason: 'InstanceTerminated', severity: 'lost', requestedAtMs: 0 } as const;
    await world.claims.update({ ...claim, version: claim.version + 1, leave });
    const message = { schemaVersion: 1, kind: 'DrainRequest', claim: claim.name, hop: 0 } as const;
    await drain({ ...world.deps, fleet: world.ending }, message);
    expect(world.events.at(-1)).toMatchObject({
      type: 'DrainRefused',
      fields: { code: 'TerminationLimitReached' },
    });
    expect(world.drains).toEqual([]);
    await drain(world.deps, message);
    const instance = world.ec2.instances().find((each) => each.instanceId === instanceId);
    expect(instance?.state).toBe('shutting-down');
  });
});
