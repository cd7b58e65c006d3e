import type { TypeFacts } from '../../catalog/catalogue.ts';
import type { Account } from './account.ts';
import { Ec2ApiError } from './api-error.ts';
import { type Fields, filtered } from './filters.ts';
import { pageOf } from './paging.ts';
import type { Query } from './query.ts';
import type { Xml } from './xml.ts';

type Answer = { readonly [name: string]: Xml };

const NO_TAGS = { tags: {} };

export function describeInstanceTypes(account: Account, query: Query): Answer {
  const names = query.texts('InstanceType');
  const { market, types } = account.setup;
  const sold = types.filter(({ name }) => market.listings.has(name)).map((type) => ({ ...type, ...NO_TAGS }));
  const unknown = names.filter((name) => !sold.some((type) => type.name === name));
  if (unknown.length > 0) {
    const message = `The following supplied instance types do not exist: [${unknown.join(', ')}]`;
    throw new Ec2ApiError('InvalidInstanceType', message);
  }
  const fields: Fields<(typeof sold)[number]> = {
    'instance-type': ({ name }) => [name],
    'processor-info.supported-architecture': ({ arch }) => [architectureOf(arch)],
    'bare-metal': ({ bareMetal }) => [String(bareMetal)],
  };
  const asked = filtered(sold, query, fields).filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const { page, nextToken } = pageOf(asked, query, { min: 5, max: 100, default: 100 }, ({ name }) => name);
  const usageClasses = (name: string): Xml => [
    'on-demand',
    ...(market.listings.get(name)?.spotMicroUsdPerHour === undefined ? [] : ['spot']),
  ];
  return {
    instanceTypeSet: page.map((type) => ({
      ...typeXml(type),
      supportedUsageClasses: usageClasses(type.name),
    })),
    nextToken,
  };
}

interface Offer {
  readonly instanceType: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

export function describeInstanceTypeOfferings(account: Account, query: Query): Answer {
  const locationType = query.text('LocationType') ?? 'region';
  const { market } = account.setup;
  const locations: Readonly<Record<string, (zoneIds: ReadonlySet<string>) => string[]>> = {
    region: () => [market.region],
    'availability-zone': (ids) => market.zones.filter(({ id }) => ids.has(id)).map(({ name }) => name),
    'availability-zone-id': (ids) => [...ids],
  };
  const read = locations[locationType];
  if (read === undefined) {
    throw new Ec2ApiError(
      'InvalidParameterValue',
      `Value (${locationType}) for parameter locationType is invalid.`,
    );
  }
  const offers: Offer[] = [...market.listings].flatMap(([instanceType, { zoneIds }]) =>
    read(zoneIds).map((location) => ({ instanceType, location, ...NO_TAGS })),
  );
  const fields: Fields<Offer> = {
    'instance-type': ({ instanceType }) => [instanceType],
    location: ({ location }) => [location],
  };
  const limits = { min: 5, max: 1000, default: 1000 };
  const key = ({ instanceType, location }: Offer): string => `${instanceType} ${location}`;
  const { page, nextToken } = pageOf(filtered(offers, query, fields), query, limits, key);
  return {
    instanceTypeOfferingSet: page.map(({ instanceType, location }) => ({
      instanceType,
      locationType,
      location,
    })),
    nextToken,
  };
}

/** The price now, in every zone that sells the type for Spot. */
export function describeSpotPriceHistory(account: Account, query: Query): Answer {
  const { market, clock } = account.setup;
  const names = query.texts('InstanceType');
  const prices = [...market.listings].flatMap(([instanceType, { zoneIds, spotMicroUsdPerHour }]) =>
    spotMicroUsdPerHour === undefined || (names.length > 0 && !names.includes(instanceType))
      ? []
      : market.zones
          .filter(({ id }) => zoneIds.has(id))
          .map(({ name }) => ({ instanceType, zone: name, spotMicroUsdPerHour, ...NO_TAGS })),
  );
  const fields: Fields<(typeof prices)[number]> = {
    'instance-type': ({ instanceType }) => [instanceType],
    'availability-zone': ({ zone }) => [zone],
    'product-description': () => ['Linux/UNIX'],
  };
  const limits = { min: 1, max: 1000, default: 1000 };
  const { page, nextToken } = pageOf(
    filtered(prices, query, fields),
    query,
    limits,
    ({ instanceType, zone }) => `${instanceType} ${zone}`,
  );
  return {
    spotPriceHistorySet: page.map(({ instanceType, zone, spotMicroUsdPerHour }) => ({
      instanceType,
      productDescription: 'Linux/UNIX',
      spotPrice: (spotMicroUsdPerHour / 1_000_000).toFixed(6),
      timestamp: new Date(clock.nowMs()).toISOString(),
      availabilityZone: zone,
    })),
    // EC2 ends this list with an empty token instead of none.
    nextToken: nextToken ?? '',
  };
}

const architectureOf = (arch: string): string => (arch === 'amd64' ? 'x86_64' : arch);

function typeXml(type: TypeFacts): { readonly [name: string]: Xml } {
  return {
    instanceType: type.name,
    bareMetal: type.bareMetal,
    hypervisor: type.hypervisor,
    processorInfo: {
      supportedArchitectures: [architectureOf(type.arch)],
      sustainedClockSpeedInGhz: type.cpuClockMhz === undefined ? undefined : type.cpuClockMhz / 1000,
      manufacturer: type.cpuManufacturer,
    },
    vCpuInfo: { defaultVCpus: type.vcpus },
    memoryInfo: { sizeInMiB: type.memoryMib },
    instanceStorageInfo:
      type.localNvmeGb === undefined
        ? undefined
        : { totalSizeInGB: type.localNvmeGb, nvmeSupport: 'required' },
    ebsInfo:
      type.ebsMbps === undefined ? undefined : { ebsOptimizedInfo: { maximumBandwidthInMbps: type.ebsMbps } },
    networkInfo: networkXml(type),
    gpuInfo: type.gpu && {
      gpus: [
        {
          name: type.gpu.name,
          manufacturer: type.gpu.manufacturer,
          count: type.gpu.count,
          memoryInfo: { sizeInMiB: type.gpu.memoryMib },
        },
      ],
    },
    neuronInfo: neuronXml(type),
    burstablePerformanceSupported: type.burstable,
  };
}

function networkXml(type: TypeFacts): Xml {
  const cards = Array.from({ length: type.networkCards }, (_, networkCardIndex) => ({
    networkCardIndex,
    maximumNetworkInterfaces: type.enis,
    baselineBandwidthInGbps:
      type.networkMbps === undefined ? undefined : type.networkMbps / 1000 / type.networkCards,
  }));
  return {
    maximumNetworkInterfaces: type.enis * type.networkCards,
    maximumNetworkCards: type.networkCards,
    defaultNetworkCardIndex: 0,
    networkCards: cards,
    ipv4AddressesPerInterface: type.ipv4PerEni,
    efaSupported: type.efas !== undefined,
    efaInfo: type.efas === undefined ? undefined : { maximumEfaInterfaces: type.efas },
    encryptionInTransitSupported: type.encryptionInTransit,
  };
}

function neuronXml({ accelerator }: TypeFacts): Xml {
  if (accelerator === undefined || accelerator.neurons === 0) return undefined;
  const { name, neurons, neuronCores } = accelerator;
  return { neuronDevices: [{ name, count: neurons, coreInfo: { count: neuronCores / neurons } }] };
}
