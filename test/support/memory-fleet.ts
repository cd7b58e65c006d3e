import { Ec2, type Ec2Timing, type LaunchFault } from '../../lib/adapters/memory/ec2.ts';
import { type CapacityPool, Market } from '../../lib/adapters/memory/market.ts';
import { TAG } from '../../lib/model/labels.ts';
import type { CapacityType } from '../../lib/model/offering.ts';
import type { FleetOverride, FleetRequest } from '../../lib/model/plan.ts';
import { ManualClock, seededRandom } from './memory-clock.ts';

export function aPool(instanceType: string, overrides: Partial<CapacityPool> = {}): CapacityPool {
  return {
    instanceType,
    zone: 'us-east-1a',
    capacityType: 'on-demand',
    vcpus: 2,
    priceMicroUsdPerHour: 100_000,
    units: 10,
    ...overrides,
  };
}

export const anOverride = (instanceType: string, zone = 'us-east-1a'): FleetOverride => ({
  instanceType,
  zone,
  subnetId: `subnet-${zone}`,
  imageId: 'ami-1',
});

/** A request of the capacity type's usual strategy, tagged as the first attempt of the order `o1`. */
export function aFleetRequest(
  capacityType: CapacityType,
  overrides: readonly FleetOverride[],
  rest: Partial<FleetRequest> = {},
): FleetRequest {
  return {
    clientToken: 'o1-1',
    capacityType,
    targetCapacity: 1,
    allocationStrategy: capacityType === 'spot' ? 'price-capacity-optimized' : 'lowest-price',
    launchTemplate: { nodeClass: 'general', nodeClassHash: 'h1', nodePool: 'general' },
    overrides,
    tags: { [TAG.installation]: 'test', [TAG.order]: 'o1', [TAG.attempt]: '1' },
    ...rest,
  };
}

/** Boots take 5 s, ends 30 s, and `describe…` lag 2 s behind a launch. */
export const FIXED_TIMING: Ec2Timing = {
  pending: { minMs: 5_000, maxMs: 5_000 },
  shuttingDown: { minMs: 30_000, maxMs: 30_000 },
  describeLag: { minMs: 2_000, maxMs: 2_000 },
};

export interface TestEc2 {
  readonly clock: ManualClock;
  readonly market: Market;
  readonly ec2: Ec2;
  failNextLaunch(fault: LaunchFault): void;
}

export function aTestEc2(pools: readonly CapacityPool[], timing: Partial<Ec2Timing> = FIXED_TIMING): TestEc2 {
  const clock = new ManualClock();
  const market = new Market({ pools });
  let fault: LaunchFault | undefined;
  const ec2 = new Ec2({
    clock,
    random: seededRandom(1),
    market,
    timing,
    launchFault: () => {
      const due = fault;
      fault = undefined;
      return due;
    },
  });
  return { clock, market, ec2, failNextLaunch: (next) => (fault = next) };
}
