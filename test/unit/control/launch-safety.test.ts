import { describe, expect, it } from 'vitest';
import { MemoryClaims } from '../../../lib/adapters/memory/claims.ts';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import { MemoryFleet } from '../../../lib/adapters/memory/fleet.ts';
import { MemoryPlans } from '../../../lib/adapters/memory/plans.ts';
import { MemorySlotStore } from '../../../lib/adapters/memory/slots.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { type LaunchDeps, launch } from '../../../lib/control/launch.ts';
import { readProvisioningInput } from '../../../lib/control/provisioning-input.ts';
import { affectedOfferings } from '../../../lib/control/remember-errors.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { claimName } from '../../../lib/model/ids.ts';
import { DEFAULT_POLICIES } from '../../../lib/model/planning-policies.ts';
import { EMPTY_CLUSTER } from '../../../lib/model/snapshot.ts';
import { aNodePool, anInstanceType, aPod } from '../../support/builders.ts';
import { anInitializedClaim, aPlannedClaim, aSlot, slotsOf } from '../../support/claims.ts';
import { aNodeClass, aResolvedNodeClass } from '../../support/memory-documents.ts';
import { aFleetRequest, anOverride, aPool, aTestEc2 } from '../../support/memory-fleet.ts';
import { anOrder, cursorAt } from '../../support/memory-items.ts';

const MINUTE_MS = 60_000;
const message = { schemaVersion: 1, orderId: 'p1-0' } as const;
const name = claimName('pool-p1-0');

async function aWorld(pools: readonly string[] = ['pool']) {
  const { clock, ec2 } = aTestEc2([aPool('m7i.large')]);
  const table = new MemoryTable();
  const claims = new MemoryClaims({ table });
  const plans = new MemoryPlans({ table });
  const createdAtMs = clock.nowMs();
  await claims.putIfAbsent(aPlannedClaim({ name, createdAtMs }));
  const offering = { instanceType: 'm7i.large', zone: 'us-east-1a', capacityType: 'on-demand' as const };
  await plans.putOrderIfAbsent(
    anOrder('p1-0', {
      nodePool: 'pool',
      nodeClass: 'default',
      createdAtMs,
      claims: [name],
      offerings: [{ ...offering, priceMicroUsdPerHour: 100_000 }],
    }),
  );
  const deps: LaunchDeps & { slots: MemorySlotStore } = {
    installation: 'test',
    clock,
    fleet: new MemoryFleet({ ec2, installation: 'test' }),
    claims,
    plans,
    slots: new MemorySlotStore({ table, claims }),
    documents: new MemoryDocuments({
      nodePools: pools.map((pool) => aNodePool({ name: pool })),
      nodeClasses: [aNodeClass()],
      resolved: [aResolvedNodeClass()],
    }),
    catalog: { instanceTypes: async () => [anInstanceType({ name: 'm7i.large' })] },
    unavailable: new MemoryUnavailableOfferings({ table }),
    launchQueue: { send: async () => {} },
    events: { emit: () => {} },
    metrics: { count: () => {}, observe: () => {} },
  };
  return { deps, clock, ec2, claims };
}

describe('errors that say nothing about capacity', () => {
  const request = aFleetRequest('on-demand', [anOverride('m7i.large'), anOverride('c7i.large')]);
  it.each(['IdempotentParameterMismatch', 'UnauthorizedOperation', 'SomeUnknownCode'])(
    '%s leaves every offering to the pools of other NodeClasses',
    (code) => {
      const { nodeClass } = request.launchTemplate;
      for (const ref of affectedOfferings(request, { code, message: '' }))
        expect(ref).toMatchObject({ nodeClass });
    },
  );
});

describe('launching', () => {
  it('buys nothing for a NodePool that vanished after the plan', async () => {
    const world = await aWorld([]);
    await launch(world.deps, message);
    expect(world.ec2.instances()).toEqual([]);
  });

  it('buys nothing for an order that is found again hours later', async () => {
    const world = await aWorld();
    await world.clock.advance(5 * 60 * MINUTE_MS);
    await launch(world.deps, message);
    expect(world.ec2.instances()).toEqual([]);
  });

  it('buys nothing twice when the stored request took effect just before its token is no longer trusted', async () => {
    const world = await aWorld();
    const real = world.deps.fleet;
    let lost = true;
    const fleet = Object.assign(Object.create(real) as MemoryFleet, {
      describeAttempt: (order: string, n: number) => real.describeAttempt(order, n),
      tag: (...args: Parameters<MemoryFleet['tag']>) => real.tag(...args),
      launch: async (request: Parameters<MemoryFleet['launch']>[0]) => {
        if (world.clock.nowMs() - start < 3.9 * MINUTE_MS)
          throw new DovetailError('RequestLimitExceeded', 'refused', 'same-request');
        const answer = await real.launch(request);
        if (!lost) return answer;
        lost = false;
        throw new DovetailError('UnknownOutcome', 'lost', 'same-request');
      },
    });
    const start = world.clock.nowMs();
    const deps = { ...world.deps, fleet };
    await launch(deps, message).catch(() => {});
    await world.clock.advance(4 * MINUTE_MS - 500);
    await launch(deps, message).catch(() => {});
    await world.clock.advance(1_000);
    await launch(deps, message).catch(() => {});
    expect(world.ec2.instances()).toHaveLength(1);
  });
});

describe('planning a request that comes late', () => {
  it('does not buy again for a pod that was bound since its snapshot', async () => {
    const world = await aWorld();
    const pod = aPod({ name: 'web-1' });
    const claim = anInitializedClaim({ name: 'pool-old' });
    await world.claims.putIfAbsent(claim);
    await world.deps.slots.putIfAbsent(slotsOf(claim.name, [aSlot({ podUid: pod.uid, state: 'bound' })]));
    const snapshot = {
      schemaVersion: 1 as const,
      takenAtMs: world.clock.nowMs() - 90_000,
      cursor: cursorAt('1'),
      cluster: { ...EMPTY_CLUSTER, pods: [pod] },
      covered: {},
    };
    const { input } = await readProvisioningInput(
      { ...world.deps, policies: DEFAULT_POLICIES },
      snapshot,
      new Set([pod.uid]),
    );
    expect(input.pods).toEqual([]);
  });
});
