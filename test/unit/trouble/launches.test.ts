// A quota of the account that is used up. EC2 says so inside an answer, or refuses the request as a whole.
import { describe, expect, it } from 'vitest';
import { awsError } from '../../../lib/adapters/aws/errors.ts';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { launch } from '../../../lib/control/launch.ts';
import { claimName, orderId } from '../../../lib/model/ids.ts';
import type { PricedOffering } from '../../../lib/model/offering.ts';
import type { FleetAnswer } from '../../../lib/ports/fleet.ts';
import { aNodePool, anInstanceType } from '../../support/builders.ts';
import { aPlannedClaim } from '../../support/claims.ts';
import { aControlWorld } from '../../support/control-world.ts';
import { aNodeClass, aResolvedNodeClass } from '../../support/memory-documents.ts';
import { anOrder } from '../../support/memory-items.ts';

const TYPE = 'm7i.large';
const message = { schemaVersion: 1, orderId: 'p1-0' } as const;
const offering: PricedOffering = {
  ...{ instanceType: TYPE, zone: 'us-east-1a', capacityType: 'on-demand' },
  priceMicroUsdPerHour: 100_000,
};
const said = 'You have requested more vCPU capacity than your current vCPU limit of 32 allows';

/** An order of one claim, and an EC2 that has reached its quota. */
async function aWorld(answer: () => FleetAnswer) {
  const world = aControlWorld();
  const name = claimName('pool-p1-0');
  await world.claims.putIfAbsent(aPlannedClaim({ name }));
  await world.deps.plans.putOrderIfAbsent(
    anOrder('p1-0', { nodeClass: 'default', claims: [name], offerings: [offering] }),
  );
  const counts: string[] = [];
  let asked = 0;
  const fleet = Object.assign(Object.create(world.deps.fleet) as typeof world.deps.fleet, {
    describeAttempt: async () => [],
    launch: async () => {
      asked += 1;
      return answer();
    },
  });
  const unavailable = new MemoryUnavailableOfferings({ table: new MemoryTable() });
  const deps = {
    ...world.deps,
    ...{ fleet, unavailable, installation: 'test' },
    documents: new MemoryDocuments({
      nodePools: [aNodePool({ name: 'general' })],
      nodeClasses: [aNodeClass()],
      resolved: [aResolvedNodeClass()],
    }),
    catalog: { instanceTypes: async () => [anInstanceType({ name: TYPE })] },
    metrics: {
      count: (metric: string, _: number, dimensions: Readonly<Record<string, string>> = {}) =>
        void counts.push([metric, ...Object.values(dimensions)].join(' ')),
      observe: () => {},
    },
  };
  return { ...world, deps, counts, unavailable, name, asked: () => asked };
}

const AS_A_WHOLE = awsError(Object.assign(new Error(said), { name: 'VcpuLimitExceeded' }), {
  service: 'EC2',
  action: 'ec2:CreateFleet',
  target: 'request p1-0-1',
});

describe('a quota of vCPUs that is used up', () => {
  it('is an error that says which quota to raise', () => {
    expect(AS_A_WHOLE).toMatchObject({ code: 'VcpuLimitExceeded', retry: 'other-offering' });
    expect(AS_A_WHOLE.message).toContain('quota of vCPUs (Service Quotas, EC2)');
  });

  it.each<readonly [string, () => FleetAnswer]>([
    [
      'inside an answer',
      () => ({
        instances: [],
        errors: [{ code: 'VcpuLimitExceeded', message: said, instanceType: TYPE, zone: 'us-east-1a' }],
      }),
    ],
    [
      'for the request as a whole',
      () => {
        throw AS_A_WHOLE;
      },
    ],
  ])(
    '%s ends the launch after one request, counted; its pods are free to be asked for again',
    async (_, answer) => {
      const world = await aWorld(answer);
      await launch(world.deps, message);
      expect(world.asked()).toBe(1);
      expect(await world.phaseOf(world.name)).toBe('LaunchFailed');
      expect(world.counts).toContain('LaunchesFailed VcpuLimitExceeded');
      expect(world.counts).toContain('OfferingsUnavailable VcpuLimitExceeded');
      expect(await world.unavailable.list()).toHaveLength(1);
      // A redelivery asks EC2 for nothing more.
      await launch(world.deps, message);
      expect(world.asked()).toBe(1);
      expect((await world.deps.plans.order(orderId('p1-0')))?.closedAtMs).toBeDefined();
    },
  );
});
