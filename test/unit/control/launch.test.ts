import { describe, expect, it } from 'vitest';
import { MemoryClaims } from '../../../lib/adapters/memory/claims.ts';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import type { LaunchFault } from '../../../lib/adapters/memory/ec2.ts';
import { MemoryFleet } from '../../../lib/adapters/memory/fleet.ts';
import { MemoryPlans } from '../../../lib/adapters/memory/plans.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { type LaunchDeps, launch } from '../../../lib/control/launch.ts';
import { claimName, orderId } from '../../../lib/model/ids.ts';
import { TAG } from '../../../lib/model/labels.ts';
import { offeringKey, type PricedOffering } from '../../../lib/model/offering.ts';
import { aNodePool, anInstanceType } from '../../support/builders.ts';
import { aPlannedClaim } from '../../support/claims.ts';
import { aNodeClass, aResolvedNodeClass } from '../../support/memory-documents.ts';
import { aPool, aTestEc2 } from '../../support/memory-fleet.ts';
import { anOrder } from '../../support/memory-items.ts';

const ZONE = 'us-east-1a';
const message = { schemaVersion: 1, orderId: 'p1-0' } as const;

const offering = (instanceType: string, overrides: Partial<PricedOffering> = {}): PricedOffering => ({
  instanceType,
  zone: ZONE,
  capacityType: 'on-demand',
  priceMicroUsdPerHour: 100_000,
  ...overrides,
});

interface World {
  readonly units?: Readonly<Record<string, number>>;
  readonly claims?: number;
  readonly offerings?: readonly PricedOffering[];
}

async function aWorld({
  units = { 'm7i.large': 10, 'c7i.large': 10 },
  claims: count = 1,
  offerings,
}: World = {}) {
  const offered = offerings ?? Object.keys(units).map((type) => offering(type));
  const pools = offered.map((each, index) =>
    aPool(each.instanceType, {
      zone: each.zone,
      capacityType: each.capacityType,
      units: units[each.instanceType] ?? 10,
      priceMicroUsdPerHour: 100_000 + index,
    }),
  );
  const { clock, ec2, failNextLaunch } = aTestEc2(pools);
  const table = new MemoryTable();
  const claims = new MemoryClaims({ table });
  const plans = new MemoryPlans({ table });
  const names = Array.from({ length: count }, (_, index) => claimName(`pool-p1-${index}`));
  for (const name of names) await claims.putIfAbsent(aPlannedClaim({ name }));
  await plans.putOrderIfAbsent(anOrder('p1-0', { nodeClass: 'default', claims: names, offerings: offered }));
  const sent: { delayMs: number | undefined }[] = [];
  const counts: string[] = [];
  const documents = new MemoryDocuments({
    nodePools: [aNodePool({ name: 'general' })],
    nodeClasses: [aNodeClass()],
    resolved: [aResolvedNodeClass()],
  });
  const deps: LaunchDeps = {
    installation: 'test',
    clock,
    fleet: new MemoryFleet({ ec2, installation: 'test' }),
    claims,
    plans,
    documents,
    catalog: {
      instanceTypes: async () =>
        [...new Set(offered.map((each) => each.instanceType))].map((name) => anInstanceType({ name })),
    },
    unavailable: new MemoryUnavailableOfferings({ table }),
    launchQueue: { send: async (_, delayMs) => void sent.push({ delayMs }) },
    events: { emit: () => {} },
    metrics: {
      count: (name, value, dimensions = {}) =>
        void counts.push([name, value, ...Object.values(dimensions)].join(' ')),
      observe: () => {},
    },
  };
  const alive = () => ec2.instances().filter((instance) => instance.state !== 'terminated');
  const phases = async () => Promise.all(names.map(async (name) => (await claims.get(name))?.phase));
  return {
    deps,
    clock,
    ec2,
    alive,
    phases,
    names,
    sent,
    counts,
    documents,
    fail: (fault: LaunchFault) => failNextLaunch(fault),
  };
}

describe('launching an order', () => {
  it('gives every claim an instance of its own and tags it with the claim', async () => {
    const world = await aWorld({ claims: 3 });
    await launch(world.deps, message);
    expect(await world.phases()).toEqual(['Launched', 'Launched', 'Launched']);
    expect(
      world
        .alive()
        .map((instance) => instance.tags[TAG.claim])
        .sort(),
    ).toEqual([...world.names].sort());
    expect((await world.deps.plans.order(orderId('p1-0')))?.closedAtMs).toBeDefined();
  });

  it('starts nothing more when its message comes again', async () => {
    const world = await aWorld({ claims: 2 });
    await launch(world.deps, message);
    await launch(world.deps, message);
    expect(world.alive()).toHaveLength(2);
  });

  it('starts nothing more when two deliveries run at the same time', async () => {
    const world = await aWorld({ claims: 2 });
    await Promise.all([launch(world.deps, message), launch(world.deps, message)]);
    expect(world.alive()).toHaveLength(2);
    expect(await world.phases()).toEqual(['Launched', 'Launched']);
  });

  it('takes the instances of a lost answer by sending the stored request again', async () => {
    const world = await aWorld();
    world.fail('answer-lost');
    await expect(launch(world.deps, message)).rejects.toMatchObject({ retry: 'same-request' });
    expect(await world.phases()).toEqual(['Planned']);
    await launch(world.deps, message);
    expect(await world.phases()).toEqual(['Launched']);
    expect(world.alive()).toHaveLength(1);
  });

  it('takes them by their tags when the token may have been forgotten', async () => {
    const world = await aWorld();
    world.fail('answer-lost');
    await expect(launch(world.deps, message)).rejects.toThrow();
    await world.clock.advance(4 * 60_000);
    await launch(world.deps, message);
    expect(await world.phases()).toEqual(['Planned']);
    expect(world.sent).toEqual([{ delayMs: 2 * 60_000 }]);
    await world.clock.advance(2 * 60_000);
    await launch(world.deps, message);
    expect(await world.phases()).toEqual(['Launched']);
    expect(world.alive()).toHaveLength(1);
  });

  it('buys what an offering without capacity could not give from the others, in a second attempt', async () => {
    const offerings = [
      offering('m7i.large', { capacityType: 'spot' }),
      offering('c7i.large', { capacityType: 'on-demand' }),
    ];
    const world = await aWorld({ claims: 3, offerings, units: { 'm7i.large': 1, 'c7i.large': 10 } });
    await launch(world.deps, message);
    expect(
      world
        .alive()
        .map((instance) => instance.capacityType)
        .sort(),
    ).toEqual(['on-demand', 'on-demand', 'spot']);
    const marks = await world.deps.unavailable.list();
    expect(marks.map(offeringKey)).toEqual(['spot:m7i.large:us-east-1a']);
    const order = await world.deps.plans.order(orderId('p1-0'));
    expect(order?.attempts.map((attempt) => [attempt.request.clientToken, attempt.claims.length])).toEqual([
      ['p1-0-1', 3],
      ['p1-0-2', 2],
    ]);
  });

  it('fails its claims, with the reason, when nothing planned for them has capacity', async () => {
    const world = await aWorld({ claims: 2, units: { 'm7i.large': 1 } });
    await launch(world.deps, message);
    expect((await world.phases()).sort()).toEqual(['LaunchFailed', 'Launched']);
    const failed = (await Promise.all(world.names.map((name) => world.deps.claims.get(name)))).find(
      (claim) => claim?.phase === 'LaunchFailed',
    );
    expect(failed).toMatchObject({
      message: 'every offering planned for it is without capacity, subnet or image now',
    });
    expect(world.counts).toContain('LaunchesFailed 1 InsufficientInstanceCapacity');
  });

  it('waits and asks for the same offerings again when EC2 throttles inside an answer', async () => {
    const world = await aWorld({ claims: 2, units: { 'm7i.large': 10 } });
    world.fail('throttled-inside');
    await launch(world.deps, message);
    expect(world.sent).toEqual([{ delayMs: 2000 }]);
    expect(world.counts).toEqual(['LaunchesDelayed 1 RequestLimitExceeded']);
    expect(await world.deps.unavailable.list()).toEqual([]);
    await launch(world.deps, message);
    expect(await world.phases()).toEqual(['Launched', 'Launched']);
    expect(world.alive()).toHaveLength(2);
  });

  it('launches nothing for a NodeClass that is gone', async () => {
    const world = await aWorld();
    world.documents.withdrawResolved('default');
    await launch(world.deps, message);
    expect(await world.phases()).toEqual(['LaunchFailed']);
    expect(world.counts).toEqual(['LaunchesFailed 1 NoOffering']);
    expect(world.alive()).toEqual([]);
  });

  it('ends an instance whose claim timed out before its answer was read', async () => {
    const world = await aWorld();
    world.fail('answer-lost');
    await expect(launch(world.deps, message)).rejects.toThrow();
    const claim = await world.deps.claims.get(claimName('pool-p1-0'));
    if (claim?.phase !== 'Planned') throw new Error('the claim should still be planned');
    const failed = {
      ...claim,
      version: claim.version + 1,
      phase: 'LaunchFailed',
      failedAtMs: 0,
      message: 'timeout',
    } as const;
    await world.deps.claims.update(failed);
    await world.clock.advance(3000);
    await launch(world.deps, message);
    expect(world.alive().map((instance) => instance.state)).toEqual(['shutting-down']);
  });

  it('sends no stored request whose claims have all ended meanwhile', async () => {
    const world = await aWorld();
    world.fail('request-lost');
    await expect(launch(world.deps, message)).rejects.toThrow();
    const claim = await world.deps.claims.get(claimName('pool-p1-0'));
    if (claim?.phase !== 'Planned') throw new Error('the claim should still be planned');
    const version = claim.version + 1;
    await world.deps.claims.update({
      ...claim,
      version,
      phase: 'LaunchFailed',
      failedAtMs: 0,
      message: 'timeout',
    });
    await launch(world.deps, message);
    expect(world.ec2.instances()).toEqual([]);
    expect((await world.deps.plans.order(orderId('p1-0')))?.closedAtMs).toBeDefined();
  });
});
