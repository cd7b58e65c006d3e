import { describe, expect, it } from 'vitest';
import { Ec2 } from '../../../lib/adapters/memory/ec2.ts';
import { Market } from '../../../lib/adapters/memory/market.ts';
import type { InstanceType } from '../../../lib/model/offering.ts';
import { RandomStream } from '../../../lib/simulator/random.ts';
import { SpotMarket, type SpotMarketSettings } from '../../../lib/simulator/spot-market.ts';
import { VirtualTime } from '../../../lib/simulator/virtual-time.ts';
import { aNodeClass, aResolvedNodeClass } from '../../support/memory-documents.ts';
import { aFleetRequest, anOverride, aPool } from '../../support/memory-fleet.ts';
import { smallCatalog } from '../../support/sim-scenario.ts';

const MINUTE_MS = 60_000;
const BASE = 70_000;

const SETTINGS: SpotMarketSettings = {
  everyMs: 10 * MINUTE_MS,
  rangePercent: 20,
  swingPercent: 10,
  vcpus: { min: 12, max: 23 },
  dryRate: 0,
  dryForMs: { min: 15 * MINUTE_MS, max: 15 * MINUTE_MS },
};

const ZONES = ['us-east-1a', 'us-east-1b'];
const ref = (zone: string) => ({ instanceType: 'm7i.1xlarge', zone, capacityType: 'spot' as const });

function aMarket(overrides: Partial<SpotMarketSettings> = {}, seed = 1) {
  const time = new VirtualTime(0);
  const pools = ZONES.map((zone) =>
    aPool('m7i.1xlarge', { ...ref(zone), vcpus: 4, priceMicroUsdPerHour: BASE }),
  );
  const market = new Market({ pools });
  const ec2 = new Ec2({ clock: time, random: new RandomStream(seed, 'ec2'), market });
  const told: string[] = [];
  const spotMarket = new SpotMarket({
    settings: { ...SETTINGS, ...overrides },
    pools,
    market,
    ec2,
    time,
    tell: (sentence) => told.push(sentence),
    random: new RandomStream(seed, 'spot-market'),
  });
  const catalog = spotMarket.priced(smallCatalog);
  const types = (): Promise<readonly InstanceType[]> =>
    catalog.instanceTypes(aNodeClass(), aResolvedNodeClass());
  const prices = async (): Promise<number[]> =>
    (await types())
      .flatMap(({ name, offerings }) => (name === 'm7i.1xlarge' ? offerings : []))
      .filter(({ capacityType }) => capacityType === 'spot')
      .map(({ priceMicroUsdPerHour }) => priceMicroUsdPerHour);
  const buy = () => ec2.createFleet(aFleetRequest('spot', [anOverride('m7i.1xlarge')]));
  return { time, market, ec2, told, types, prices, buy };
}

describe('a spot market', () => {
  it("has a price of its own for each zone, within the range of the catalogue's", async () => {
    const prices = await aMarket().prices();
    expect(new Set(prices).size).toBe(2);
    for (const price of prices) expect(Math.abs(price - BASE)).toBeLessThanOrEqual(0.2 * BASE);
  });

  it('moves its prices and never leaves the range, and plans hear of it every hour', async () => {
    const { time, prices } = aMarket({ swingPercent: 50 });
    const first = await prices();
    await time.run(50 * MINUTE_MS);
    expect(await prices()).toEqual(first);
    const seen = new Set<number>();
    for (let hour = 1; hour <= 10; hour++) {
      await time.run(hour * 60 * MINUTE_MS);
      for (const price of await prices()) {
        expect(Math.abs(price - BASE)).toBeLessThanOrEqual(0.2 * BASE);
        seen.add(price);
      }
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  it('leaves on-demand prices, and the types between two publications, as they are', async () => {
    const { types } = aMarket();
    const [type] = await types();
    const onDemand = type?.offerings.filter(({ capacityType }) => capacityType === 'on-demand') ?? [];
    expect(onDemand.map(({ priceMicroUsdPerHour }) => priceMicroUsdPerHour)).toEqual([200_000, 200_000]);
    expect(await types()).toBe(await types());
  });

  it('bills an instance at the price of its launch', async () => {
    const { time, ec2, buy, prices } = aMarket();
    const [price] = await prices();
    buy();
    await time.run(5 * 60 * MINUTE_MS);
    expect(ec2.billing().map(({ priceMicroUsdPerHour }) => priceMicroUsdPerHour)).toEqual([price]);
    expect((await prices())[0]).not.toBe(price);
  });

  it('takes back what runs in a pool that runs dry, and has capacity again later', async () => {
    const { time, market, ec2, told, buy } = aMarket({
      dryRate: 10_000,
      everyMs: 60 * MINUTE_MS,
      vcpus: { min: 12, max: 12 },
    });
    buy();
    await time.run(60 * MINUTE_MS);
    expect(ZONES.map((zone) => market.unitsLeft(ref(zone)))).toEqual([0, 0]);
    expect(told).toEqual(['spot pool of m7i.1xlarge in us-east-1a runs dry: EC2 takes back 1 instance']);
    await time.run(64 * MINUTE_MS);
    expect(ec2.instances().map(({ state }) => state)).toEqual(['terminated']);
    await time.run(75 * MINUTE_MS);
    for (const zone of ZONES) expect(market.unitsLeft(ref(zone))).toBeGreaterThanOrEqual(3);
  });

  it('runs dry where it is shallow, and more seldom the deeper it is', async () => {
    const bought = Array.from({ length: 40 }, (_, seed) => {
      const market = aMarket({ dryRate: 10_000, vcpus: { min: 4, max: 400 } }, seed + 1);
      const depths = ZONES.map((zone) => market.market.unitsLeft(ref(zone)));
      return { ...market, depths };
    });
    for (const { time } of bought) await time.run(10 * MINUTE_MS);
    const share = (isMeant: (depth: number) => boolean): number => {
      const meant = bought.flatMap(({ market, depths }) =>
        ZONES.filter((_, at) => isMeant(depths[at] ?? 0)).map((zone) => market.unitsLeft(ref(zone)) === 0),
      );
      return meant.filter((isDry) => isDry).length / meant.length;
    };
    expect(share((depth) => depth < 50)).toBeGreaterThan(0.5);
    expect(share((depth) => depth >= 50)).toBeLessThan(0.5);
  });

  it('is the same for the same seed, whoever buys', async () => {
    const quiet = aMarket({ dryRate: 3_000 });
    const busy = aMarket({ dryRate: 3_000 });
    const other = aMarket({ dryRate: 3_000 }, 2);
    busy.buy();
    for (const { time } of [quiet, busy, other]) await time.run(5 * 60 * MINUTE_MS);
    expect(await busy.prices()).toEqual(await quiet.prices());
    expect(await other.prices()).not.toEqual(await quiet.prices());
  });
});
