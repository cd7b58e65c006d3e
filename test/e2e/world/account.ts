/** The lane's AWS account: everything that the region sells, a subnet per zone, and EKS's public images. */
import { Ec2 } from '../../../lib/adapters/memory/ec2.ts';
import { EmbeddedCatalog } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { type CapacityPool, Market } from '../../../lib/adapters/memory/market.ts';
import { systemClock } from '../../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../../lib/adapters/system/random.ts';
import { imageParameters } from '../../../lib/bootstrap/images.ts';
import { type Ec2Server, type Ec2ServerOptions, startEc2Server } from '../../../lib/local/ec2-server.ts';
import { stableHash } from '../../../lib/model/stable-json.ts';
import { REGION } from '../aws/ministack.ts';

export const KUBERNETES = '1.35';
export const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;
/** Of the subnets and the security group; the scenarios' EC2NodeClasses select by it. */
export const OWNED = { 'kubernetes.io/cluster/lane': 'owned' };

const VPC = 'vpc-0123456789abcdef0';
/** Of each offering, in each zone, until a scenario says otherwise. */
const UNITS = 1_000;
/** Long enough for every order of events, short enough for a lane. */
const TIMING = {
  pending: { minMs: 500, maxMs: 1_500 },
  shuttingDown: { minMs: 1_000, maxMs: 3_000 },
  describeLag: { minMs: 0, maxMs: 1_000 },
};

export interface LaneAccount {
  readonly catalog: EmbeddedCatalog;
  readonly market: Market;
  readonly pools: readonly CapacityPool[];
  readonly ec2: Ec2;
  readonly server: Ec2Server;
  /** AWS's public SSM parameters with the ids of images, by name. */
  readonly publicParameters: Readonly<Record<string, string>>;
}

export async function openAccount(
  listeners: Required<Pick<Ec2ServerOptions, 'onInstance' | 'onEvent'>>,
): Promise<LaneAccount> {
  const catalog = new EmbeddedCatalog(REGION);
  const pools = poolsOf(catalog);
  const market = new Market({ pools });
  const ec2 = new Ec2({ clock: systemClock, random: systemRandom, market, timing: TIMING });
  const images = ['al2023@latest', 'bottlerocket@latest'].flatMap((alias) =>
    imageParameters(alias, KUBERNETES).map(({ name, arch }) => ({
      ...{ name, arch },
      value: `ami-${stableHash(name, 17)}`,
    })),
  );
  const publicParameters = Object.fromEntries(images.map(({ name, value }) => [name, value]));
  const server = await startEc2Server({
    ...{ port: 0, clock: systemClock, ec2, types: catalog.types, market: catalog.market, ...listeners },
    subnets: ZONES.map((zone, index) => ({
      ...{ id: `subnet-0${index}`.padEnd(24, '0'), zone, vpcId: VPC, addresses: 4_000, tags: OWNED },
    })),
    securityGroups: [{ id: 'sg-0123456789abcdef0', name: 'nodes', vpcId: VPC, tags: OWNED }],
    images: images.map(({ name, arch, value }) => ({
      ...{ id: value, name, arch, owner: 'amazon', createdAtMs: Date.now() - 86_400_000, tags: {} },
    })),
  });
  return { catalog, market, pools, ec2, server, publicParameters };
}

/** What has no price is not sold. */
function poolsOf({ types, market }: EmbeddedCatalog): CapacityPool[] {
  return types.flatMap(({ name: instanceType, vcpus }) => {
    const listing = market.listings.get(instanceType);
    if (listing === undefined) return [];
    const prices = [
      ['on-demand', listing.onDemandMicroUsdPerHour],
      ['spot', listing.spotMicroUsdPerHour],
    ] as const;
    return market.zones
      .filter(({ id }) => listing.zoneIds.has(id))
      .flatMap(({ name: zone }) =>
        prices.flatMap(([capacityType, priceMicroUsdPerHour]) =>
          priceMicroUsdPerHour === undefined
            ? []
            : [{ instanceType, zone, capacityType, vcpus, priceMicroUsdPerHour, units: UNITS }],
        ),
      );
  });
}
