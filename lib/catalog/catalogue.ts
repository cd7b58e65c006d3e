/**
 * EC2's facts as values: instance types (the same everywhere) and one region's market. Made from the embedded files here;
 * the files are read by whoever has a file system (`adapters/memory/embedded-catalog.ts`).
 */
import type { Accelerator, Gpu, RegionFile, TypesFile } from './catalogue-files.ts';

/** What EC2 says of one instance type. Absent members are unknown or do not apply. */
export interface TypeFacts {
  readonly name: string;
  /** `m7i` of `m7i.xlarge`. */
  readonly family: string;
  readonly size: string;
  /** `m` of `m7i`. */
  readonly category: string;
  /** `7` of `m7i`. */
  readonly generation?: string;
  readonly arch: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** Network interfaces of the default card; the others carry no pod addresses. */
  readonly enis: number;
  readonly ipv4PerEni: number;
  readonly networkCards: number;
  readonly hypervisor?: string;
  readonly cpuManufacturer?: string;
  readonly cpuClockMhz?: number;
  readonly networkMbps?: number;
  readonly ebsMbps?: number;
  readonly podEnis?: number;
  readonly encryptionInTransit?: boolean;
  readonly bareMetal: boolean;
  readonly burstable: boolean;
  readonly flex: boolean;
  readonly localNvmeGb?: number;
  readonly efas?: number;
  readonly gpu?: Gpu;
  readonly accelerator?: Accelerator;
}

export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** What one region sells. */
export interface RegionMarket {
  readonly region: string;
  /** Sorted by id. */
  readonly zones: readonly Zone[];
  /** By type name; a type that is not sold in the region is missing. */
  readonly listings: ReadonlyMap<string, Listing>;
}

export interface Listing {
  readonly zoneIds: ReadonlySet<string>;
  readonly onDemandMicroUsdPerHour?: number;
  readonly onDemandEstimated: boolean;
  /** One stand-in for all zones. */
  readonly spotMicroUsdPerHour?: number;
  /** As EC2 names them; they count instead of the stand-in. A zone that is missing sells the type on demand alone. */
  readonly spotMicroUsdPerHourByZoneId?: ReadonlyMap<string, number>;
}

/** Sorted by name, as in the file. */
export function typeFactsOf(file: TypesFile): TypeFacts[] {
  const members = (positions: readonly number[]): ReadonlySet<number> => new Set(positions);
  const bareMetal = members(file.bareMetal);
  const burstable = members(file.burstable);
  const flex = members(file.flex);
  return file.names.map((name, index) => {
    const encrypted = file.encryptionInTransit[index];
    return {
      name,
      ...namePartsOf(name),
      arch: file.arch[index] ?? '',
      vcpus: file.vcpus[index] ?? 0,
      memoryMib: file.memoryMib[index] ?? 0,
      enis: file.enis[index] ?? 0,
      ipv4PerEni: file.ipv4PerEni[index] ?? 0,
      networkCards: file.networkCards[index] ?? 1,
      bareMetal: bareMetal.has(index),
      burstable: burstable.has(index),
      flex: flex.has(index),
      ...present('hypervisor', file.hypervisor[index]),
      ...present('cpuManufacturer', file.cpuManufacturer[index]),
      ...present('cpuClockMhz', file.cpuClockMhz[index]),
      ...present('networkMbps', file.networkMbps[index]),
      ...present('ebsMbps', file.ebsMbps[index]),
      ...present('podEnis', file.podEnis[index]),
      ...present('encryptionInTransit', encrypted === null ? null : encrypted === 1),
      ...present('localNvmeGb', file.localNvmeGb[index]),
      ...present('efas', file.efas[index]),
      ...present('gpu', file.gpus[index]),
      ...present('accelerator', file.accelerators[index]),
    };
  });
}

/** `types` is the file that the region's positions refer to. */
export function regionMarketOf(file: RegionFile, types: TypesFile): RegionMarket {
  const estimated = new Set(file.onDemandEstimated);
  const listings = new Map<string, Listing>();
  for (const [index, name] of types.names.entries()) {
    const mask = file.zones[index] ?? 0;
    if (mask === 0) continue;
    listings.set(name, {
      zoneIds: new Set(file.zoneIds.filter((_, zone) => (mask & (1 << zone)) !== 0)),
      onDemandEstimated: estimated.has(index),
      ...present('onDemandMicroUsdPerHour', file.onDemandMicroUsdPerHour[index]),
      ...present('spotMicroUsdPerHour', file.spotMicroUsdPerHour[index]),
    });
  }
  return { region: file.region, zones: zonesOf(file), listings };
}

/**
 * The first id of the region, in sorted order, is zone `a`, the second `b`, and so on. AWS shuffles this per account
 * (https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html); offline, any fixed order will do.
 */
function zonesOf(file: RegionFile): Zone[] {
  return file.zoneIds.map((id, index) => ({ id, name: `${file.region}${String.fromCharCode(97 + index)}` }));
}

/**
 * Karpenter's reading of a type's name (`pkg/providers/instancetype/types.go`): `u-6tb1.56xlarge` is of category `u` and
 * generation 1; a Mac named after its chip has no generation.
 */
export function namePartsOf(name: string): Pick<TypeFacts, 'family' | 'size' | 'category' | 'generation'> {
  const dot = name.indexOf('.');
  const family = name.slice(0, dot);
  const [, category = '', generation] = /^([a-z]+)(?:(?:-\d+tb)?(\d+))?/.exec(family) ?? [];
  return { family, size: name.slice(dot + 1), category, ...present('generation', generation) };
}

function present<K extends string, T>(key: K, value: T | null | undefined): { [P in K]?: T } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}
