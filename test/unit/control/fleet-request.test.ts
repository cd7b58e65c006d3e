import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { fleetRequestOf } from '../../../lib/control/fleet-request.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { PlannedClaim } from '../../../lib/model/node-claim.ts';
import type { PricedOffering } from '../../../lib/model/offering.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import { aNodePool, anInstanceType } from '../../support/builders.ts';
import { aPlannedClaim } from '../../support/claims.ts';
import { ManualClock } from '../../support/memory-clock.ts';
import { aNodeClass, aResolvedNodeClass } from '../../support/memory-documents.ts';
import { anOrder } from '../../support/memory-items.ts';

const ZONES = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`);

const offeringsOf = (names: readonly string[], zones = ['us-east-1a']): PricedOffering[] =>
  names.flatMap((instanceType) =>
    zones.map((zone) => ({ instanceType, zone, capacityType: 'on-demand', priceMicroUsdPerHour: 1000 })),
  );

async function outcomeFor(offerings: readonly PricedOffering[], claim: PlannedClaim) {
  const names = [...new Set(offerings.map(({ instanceType }) => instanceType))];
  const subnets = ZONES.map((zone) => ({ id: `subnet-${zone}`, zone, zoneId: zone }));
  return fleetRequestOf(
    {
      installation: 'test',
      clock: new ManualClock(),
      documents: new MemoryDocuments({
        nodePools: [aNodePool({ name: 'general' })],
        nodeClasses: [aNodeClass()],
        resolved: [aResolvedNodeClass({ subnets })],
      }),
      catalog: { instanceTypes: async () => names.map((name) => anInstanceType({ name })) },
      unavailable: new MemoryUnavailableOfferings({ table: new MemoryTable() }),
    },
    anOrder('p1-0', { nodeClass: 'default', offerings }),
    [claim],
  );
}

async function requested(offerings: readonly PricedOffering[], ...requirements: Requirement[]) {
  const outcome = await outcomeFor(offerings, aPlannedClaim({ requirements, labels: { team: 'blue' } }));
  return outcome.kind === 'impossible' ? outcome.reason : outcome.request.overrides;
}
const atLeast = (key: string, minValues: number): Requirement => ({
  key,
  operator: 'Exists',
  values: [],
  minValues,
});

describe('what one CreateFleet asks for', () => {
  it('is at most sixty types and three hundred overrides, without losing a type to the zones of another', async () => {
    const names = Array.from({ length: 70 }, (_, index) => `m7i.size${index}`);
    const overrides = await requested(offeringsOf(names, ZONES));
    if (typeof overrides === 'string') throw new Error(overrides);
    expect(overrides).toHaveLength(300);
    expect(new Set(overrides.map(({ instanceType }) => instanceType)).size).toBe(60);
  });

  it('keeps the minValues of its claims, and is not sent when what is left has fewer', async () => {
    const two = offeringsOf(['m7i.large', 'c7i.large']);
    expect(await requested(two, atLeast(LABEL.instanceType, 2), atLeast('team', 1))).toHaveLength(2);
    expect(await requested(two, atLeast('karpenter.k8s.aws/instance-family', 3))).toBe(
      'the offerings that are left have 2 values of karpenter.k8s.aws/instance-family; its minValues asks for 3',
    );
    expect(await requested(two, atLeast(LABEL.zone, 2))).toMatch(/1 value of topology.kubernetes.io\/zone/);
    expect(await requested(two, atLeast(LABEL.capacityType, 2))).toHaveLength(2);
  });

  it.each([
    [{ cpu: 1000 }, {}],
    [{ 'vpc.amazonaws.com/efa': 1 }, { efa: true }],
    [{ 'eks.amazonaws.com/nitro-sandbox': 1 }, { enclave: true }],
  ])('names the template of its documents and of what pods request: %j', async (requests, extra) => {
    const outcome = await outcomeFor(offeringsOf(['m7i.large']), aPlannedClaim({ requests }));
    const { name: nodeClass, hash: nodeClassHash } = aNodeClass();
    const launchTemplate = { nodeClass, nodeClassHash, nodePool: 'general', ...extra };
    expect(outcome.kind === 'request' && outcome.request.launchTemplate).toEqual(launchTemplate);
  });
});
