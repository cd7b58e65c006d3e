import { MemoryFleet } from '../../lib/adapters/memory/fleet.ts';
import { aPool, aTestEc2 } from '../support/memory-fleet.ts';
import { describeFleetContract } from './fleet.contract.ts';

const pools = ['us-east-1a', 'us-east-1b'].flatMap((zone) => [
  aPool('m7i.large', { zone }),
  aPool('m7i.large', { zone, capacityType: 'spot', priceMicroUsdPerHour: 40_000 }),
  aPool('m7g.large', { zone, priceMicroUsdPerHour: 80_000 }),
]);

describeFleetContract('memory', async () => {
  const { clock, market, ec2, failNextLaunch } = aTestEc2(pools);
  return {
    fleet: new MemoryFleet({ ec2, installation: 'test' }),
    setCapacity: (ref, units) => market.setCapacity(ref, units),
    setQuota: (kind, vcpus) => market.setQuota(kind, vcpus),
    setSubnetAddresses: (subnetId, addresses) => market.setSubnetAddresses(subnetId, addresses),
    failNextLaunch,
    pass: (durationMs) => clock.advance(durationMs),
  };
});
