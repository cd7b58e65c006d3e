import { readFileSync } from 'node:fs';
import { type RegionMarket, regionMarketOf, type TypeFacts, typeFactsOf } from '../../catalog/catalogue.ts';
import type { RegionFile, TypesFile } from '../../catalog/catalogue-files.ts';
import { resolveInstanceTypes } from '../../catalog/instance-types.ts';
import type { NodeClass, ResolvedNodeClass } from '../../model/node-class.ts';
import type { InstanceType } from '../../model/offering.ts';
import { stableHash } from '../../model/stable-json.ts';
import type { Catalog } from '../../ports/catalog.ts';

/** Regions with embedded prices. */
export const EMBEDDED_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'] as const;
export type EmbeddedRegion = (typeof EMBEDDED_REGIONS)[number];

export const isEmbeddedRegion = (region: string): region is EmbeddedRegion =>
  EMBEDDED_REGIONS.some((known) => known === region);

/**
 * The catalogue that comes with the product, for plans and simulations without AWS. A region's file is read when the
 * region is asked for, and each NodeClass is worked out once.
 */
export class EmbeddedCatalog implements Catalog {
  readonly market: RegionMarket;
  readonly types: readonly TypeFacts[];
  readonly #resolved = new Map<string, readonly InstanceType[]>();

  constructor(region: EmbeddedRegion) {
    const types = readData('instance-types') as TypesFile;
    this.types = typeFactsOf(types);
    this.market = regionMarketOf(readData(region) as RegionFile, types);
  }

  async instanceTypes(nodeClass: NodeClass, resolved: ResolvedNodeClass): Promise<readonly InstanceType[]> {
    const key = stableHash([nodeClass, resolved]);
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const types = resolveInstanceTypes(this.types, this.market, nodeClass, resolved);
    this.#resolved.set(key, types);
    return types;
  }
}

/**
 * What EC2 would answer to a NodeClass's selectors in a region where everything it asks for exists: one subnet in each
 * zone, one image per architecture. Zones are names of the market's; all of them when none are given.
 */
export function offlineNodeClass(
  nodeClass: NodeClass,
  market: RegionMarket,
  zones: readonly string[] = [],
): ResolvedNodeClass {
  const chosen = market.zones.filter(({ name }) => zones.length === 0 || zones.includes(name));
  const image = (arch: string): string => `ami-${stableHash([nodeClass.amiSelectorTerms, arch], 17)}`;
  return {
    name: nodeClass.name,
    subnets: chosen.map(({ name, id }) => ({ id: `subnet-${name}`, zone: name, zoneId: id })),
    securityGroupIds: [`sg-${stableHash(nodeClass.securityGroupSelectorTerms, 17)}`],
    imageIds: { amd64: image('amd64'), arm64: image('arm64') },
  };
}

function readData(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../catalog/data/${name}.json`, import.meta.url), 'utf8'));
}
