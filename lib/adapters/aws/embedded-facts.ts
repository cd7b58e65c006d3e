/**
 * What comes with the product about instance types: their hardware, and on-demand prices, which EC2 itself does not name.
 * The files are part of the bundle.
 */
import { type Listing, regionMarketOf, type TypeFacts, typeFactsOf } from '../../catalog/catalogue.ts';
import type { RegionFile, TypesFile } from '../../catalog/catalogue-files.ts';
import europe from '../../catalog/data/eu-west-1.json' with { type: 'json' };
import typesFile from '../../catalog/data/instance-types.json' with { type: 'json' };
import virginia from '../../catalog/data/us-east-1.json' with { type: 'json' };
import oregon from '../../catalog/data/us-west-2.json' with { type: 'json' };

const REGIONS: readonly unknown[] = [europe, virginia, oregon];
/** Where a region has no file, the prices of the largest one rank its types, as estimates. */
const STAND_IN = 'us-east-1';

export interface EmbeddedFacts {
  readonly types: readonly TypeFacts[];
  readonly prices: ReadonlyMap<string, Pick<Listing, 'onDemandMicroUsdPerHour' | 'onDemandEstimated'>>;
}

export function embeddedFacts(region: string): EmbeddedFacts {
  const file = typesFile as unknown as TypesFile;
  const regions = REGIONS as readonly RegionFile[];
  const own = regions.find((each) => each.region === region);
  const used = own ?? regions.find((each) => each.region === STAND_IN);
  const listings = used === undefined ? new Map<string, Listing>() : regionMarketOf(used, file).listings;
  const prices = [...listings].map(([name, { onDemandMicroUsdPerHour, onDemandEstimated }]) => {
    const price = onDemandMicroUsdPerHour === undefined ? {} : { onDemandMicroUsdPerHour };
    return [name, { ...price, onDemandEstimated: onDemandEstimated || own === undefined }] as const;
  });
  return { types: typeFactsOf(file), prices: new Map(prices) };
}
