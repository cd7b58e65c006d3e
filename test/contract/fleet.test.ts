import { MemoryFleet } from '../../lib/adapters/memory/fleet.ts';
import { anEc2Wire, endsEc2Servers } from '../support/ec2-wire.ts';
import { aPool, aTestEc2, type TestEc2 } from '../support/memory-fleet.ts';
import { describeFleetContract } from './fleet.contract.ts';

const pools = ['us-east-1a', 'us-east-1b'].flatMap((zone) => [
  aPool('m7i.large', { zone }),
  aPool('m7i.large', { zone, capacityType: 'spot', priceMicroUsdPerHour: 40_000 }),
  aPool('m7g.large', { zone, priceMicroUsdPerHour: 80_000 }),
]);

/** What happens to EC2 behind either implementation. */
const actionsOf = ({ clock, market, failNextLaunch }: TestEc2) => ({
  setCapacity: market.setCapacity.bind(market),
  setQuota: market.setQuota.bind(market),
  setSubnetAddresses: market.setSubnetAddresses.bind(market),
  failNextLaunch,
  pass: (durationMs: number) => clock.advance(durationMs),
});

describeFleetContract('memory', async () => {
  const world = aTestEc2(pools);
  return { ...actionsOf(world), fleet: new MemoryFleet({ ec2: world.ec2, installation: 'test' }) };
});

endsEc2Servers();

describeFleetContract('wire', async () => {
  const { fleet, ...world } = await anEc2Wire(pools);
  return { ...actionsOf(world), fleet };
});
