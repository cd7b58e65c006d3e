import { describe, expect, it } from 'vitest';
import { discoverMarket, spotPrices } from '../../../lib/adapters/aws/ec2/discovery/market.ts';
import { factsOf } from '../../../lib/adapters/aws/ec2/discovery/type-facts.ts';
import { EmbeddedCatalog } from '../../../lib/adapters/memory/embedded-catalog.ts';
import type { TypeFacts } from '../../../lib/catalog/catalogue.ts';
import { resolveInstanceTypes } from '../../../lib/catalog/instance-types.ts';
import { anEc2Wire, endsEc2Servers } from '../../support/ec2-wire.ts';
import { aNodeClass } from '../../support/launch-templates.ts';
import { START_MS } from '../../support/memory-clock.ts';

endsEc2Servers();

const embedded = new EmbeddedCatalog('us-east-1');
const sold = embedded.types.filter(({ name }) => embedded.market.listings.has(name));

/** What EC2's answers cannot tell of a type that the catalogue knows from elsewhere. */
function told({ podEnis, accelerator, ...facts }: TypeFacts): unknown {
  return { ...facts, ...(accelerator?.manufacturer === 'aws' ? { accelerator } : {}) };
}

describe('the market of a region', () => {
  it('is the embedded one again when it is read back from a server that sells it', async () => {
    const { client, server } = await anEc2Wire();
    const { types, market } = await discoverMarket({
      client,
      region: 'us-east-1',
      nowMs: START_MS,
      known: embedded.types,
      prices: embedded.market.listings,
    });
    expect(types).toEqual(sold);
    expect(market.zones).toEqual(embedded.market.zones);
    expect([...market.listings.keys()]).toEqual([...embedded.market.listings.keys()].sort());
    const [read, own] = [market, embedded.market].map(({ listings }) => listings.get('m7i.large'));
    expect(read?.zoneIds).toEqual(own?.zoneIds);
    expect(read?.onDemandMicroUsdPerHour).toBe(own?.onDemandMicroUsdPerHour);
    const spot = [...(own?.zoneIds ?? [])].map((zoneId) => [zoneId, own?.spotMicroUsdPerHour]);
    expect([...(read?.spotMicroUsdPerHourByZoneId ?? [])].sort()).toEqual(spot.sort());
    expect(server.requests).not.toContain('DescribeInstanceTypes');
  });

  it('asks for the hardware of types that are new, a hundred at a time', async () => {
    const { client, server } = await anEc2Wire();
    const lookup = { client, region: 'us-east-1', nowMs: START_MS, prices: new Map() };
    const { types } = await discoverMarket({ ...lookup, known: embedded.types.slice(0, 800) });
    expect(types.map(({ name }) => name)).toEqual(sold.map(({ name }) => name));
    expect(types.map(told)).toEqual(sold.map(told));
    const asked = server.requests.filter((action) => action === 'DescribeInstanceTypes');
    expect(asked).toHaveLength(Math.ceil((sold.length - sold.filter((type) => isEarly(type)).length) / 100));
  });

  const early = new Set(embedded.types.slice(0, 800).map(({ name }) => name));
  const isEarly = ({ name }: TypeFacts): boolean => early.has(name);
});

describe('Spot prices', () => {
  const zones = [
    { name: 'us-east-1a', id: 'use1-az1' },
    { name: 'us-east-1b', id: 'use1-az2' },
  ];
  const price = (AvailabilityZone: string, SpotPrice: string, atMs: number) => ({
    InstanceType: 'm7i.large' as const,
    AvailabilityZone,
    SpotPrice,
    Timestamp: new Date(atMs),
  });

  it('are the last of each zone, in micro-dollars', () => {
    const history = [
      price('us-east-1a', '0.041000', 2),
      price('us-east-1a', '0.039900', 1),
      price('us-east-1b', '0.0512', 1),
      price('us-east-1-atl-1a', '0.09', 3),
    ];
    expect(spotPrices(history, zones)).toEqual(
      new Map([
        [
          'm7i.large',
          new Map([
            ['use1-az1', 41_000],
            ['use1-az2', 51_200],
          ]),
        ],
      ]),
    );
  });

  it('make offerings where there is one, zone by zone', () => {
    const [type] = sold.filter(({ name }) => name === 'm7i.large');
    if (type === undefined) throw new Error('m7i.large is sold');
    const listing = {
      zoneIds: new Set(['use1-az1', 'use1-az2']),
      onDemandMicroUsdPerHour: 100_000,
      onDemandEstimated: false,
      spotMicroUsdPerHourByZoneId: new Map([['use1-az2', 51_200]]),
    };
    const market = { region: 'us-east-1', zones, listings: new Map([[type.name, listing]]) };
    const resolved = {
      name: 'general',
      subnets: zones.map(({ name: zone, id: zoneId }) => ({ id: `subnet-${zone}`, zone, zoneId })),
      securityGroupIds: ['sg-0a'],
      imageIds: { amd64: 'ami-1' },
    };
    const [made] = resolveInstanceTypes([type], market, aNodeClass(), resolved);
    expect(
      made?.offerings.map(({ zone, capacityType, priceMicroUsdPerHour }) => [
        zone,
        capacityType,
        priceMicroUsdPerHour,
      ]),
    ).toEqual([
      ['us-east-1a', 'on-demand', 100_000],
      ['us-east-1b', 'on-demand', 100_000],
      ['us-east-1b', 'spot', 51_200],
    ]);
  });
});

describe("facts of a type from EC2's own description", () => {
  it('names things as labels do', () => {
    const facts = factsOf({
      InstanceType: 'g4ad.xlarge',
      ProcessorInfo: {
        SupportedArchitectures: ['i386', 'x86_64'],
        SustainedClockSpeedInGhz: 3,
        Manufacturer: 'AMD',
      },
      GpuInfo: {
        Gpus: [{ Name: 'Radeon Pro V520', Manufacturer: 'AMD', Count: 1, MemoryInfo: { SizeInMiB: 8192 } }],
      },
    });
    expect(facts).toMatchObject({
      family: 'g4ad',
      size: 'xlarge',
      category: 'g',
      generation: '4',
      arch: 'amd64',
      cpuManufacturer: 'amd',
      cpuClockMhz: 3000,
      gpu: { name: 'radeon-pro-v520', manufacturer: 'amd', count: 1, memoryMib: 8192 },
    });
  });

  it('counts the interfaces of the default card and the cores of all Neuron devices', () => {
    const facts = factsOf({
      InstanceType: 'trn1.32xlarge',
      NetworkInfo: {
        MaximumNetworkInterfaces: 40,
        MaximumNetworkCards: 8,
        DefaultNetworkCardIndex: 0,
        NetworkCards: Array.from({ length: 8 }, () => ({
          MaximumNetworkInterfaces: 5,
          BaselineBandwidthInGbps: 100,
        })),
        Ipv4AddressesPerInterface: 50,
        EfaInfo: { MaximumEfaInterfaces: 8 },
      },
      NeuronInfo: { NeuronDevices: [{ Name: 'Trainium', Count: 16, CoreInfo: { Count: 2 } }] },
      InstanceStorageInfo: { TotalSizeInGB: 7600, NvmeSupport: 'required' },
    });
    expect(facts).toMatchObject({
      enis: 5,
      networkCards: 8,
      networkMbps: 800_000,
      efas: 8,
      localNvmeGb: 7600,
      accelerator: { name: 'trainium', manufacturer: 'aws', count: 16, neurons: 16, neuronCores: 32 },
    });
  });

  it('leaves out what a type does not have', () => {
    const facts = factsOf({
      InstanceType: 'd2.xlarge',
      InstanceStorageInfo: { TotalSizeInGB: 6144, NvmeSupport: 'unsupported' },
    });
    const absent = ['localNvmeGb', 'gpu', 'accelerator', 'efas', 'hypervisor', 'networkMbps'];
    expect(absent.filter((fact) => fact in facts)).toEqual([]);
  });
});
