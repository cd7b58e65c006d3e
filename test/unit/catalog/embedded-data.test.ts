import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EMBEDDED_REGIONS, EmbeddedCatalog } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { buildCatalogue } from '../../../scripts/catalogue/build.ts';
import { cell, numberIn, parseCsv } from '../../../scripts/catalogue/csv.ts';

const shared = (name: string): URL => new URL(`../../../../shared/data/${name}`, import.meta.url);
const TYPES = shared('ec2-instance-types.csv');
const SPOT = shared('ec2-spot.csv');

const market = (region: (typeof EMBEDDED_REGIONS)[number]) => new EmbeddedCatalog(region).market;

describe.skipIf(!existsSync(TYPES))('the embedded files (needs ../shared)', () => {
  it('are what the script makes of the sources, byte for byte', () => {
    const files = buildCatalogue(readFileSync(TYPES, 'utf8'), readFileSync(SPOT, 'utf8'));
    expect(Object.keys(files).sort()).toEqual(
      ['instance-types', ...EMBEDDED_REGIONS].map((name) => `${name}.json`).sort(),
    );
    for (const [name, text] of Object.entries(files)) {
      const embedded = readFileSync(new URL(`../../../lib/catalog/data/${name}`, import.meta.url), 'utf8');
      expect(embedded === text, `${name} is stale: run scripts/build-catalogue.ts`).toBe(true);
    }
  });

  it('hold the source price of every virtual type of us-east-1', () => {
    const { listings } = market('us-east-1');
    const wrong = parseCsv(readFileSync(TYPES, 'utf8')).filter((row) => {
      const usdPerHour = numberIn(row, 'od_price_us_east_1');
      const listing = listings.get(cell(row, 'instance_type'));
      if (cell(row, 'bare_metal') === 'true' || usdPerHour === undefined) return false;
      return listing?.onDemandMicroUsdPerHour !== Math.round(usdPerHour * 1e6);
    });
    expect(wrong.map((row) => cell(row, 'instance_type'))).toEqual([]);
  });
});

describe('the embedded markets', () => {
  it.each(EMBEDDED_REGIONS)('of %s sell more than a thousand types', (region) => {
    const { listings, zones } = market(region);
    const priced = [...listings.values()].filter((listing) => listing.onDemandMicroUsdPerHour !== undefined);
    expect(priced.length).toBeGreaterThan(1000);
    expect(zones.length).toBeGreaterThanOrEqual(3);
  });

  it('never ask more for spot than on demand', () => {
    const dearer = EMBEDDED_REGIONS.flatMap((region) =>
      [...market(region).listings]
        .filter(([, { spotMicroUsdPerHour: spot, onDemandMicroUsdPerHour: onDemand }]) => {
          return spot !== undefined && (onDemand === undefined || spot > onDemand || spot <= 0);
        })
        .map(([name]) => `${region} ${name}`),
    );
    expect(dearer).toEqual([]);
  });

  it('sell bare metal at the price of the virtual size of the same hardware', () => {
    const { listings } = market('us-east-1');
    const price = (name: string) => listings.get(name)?.onDemandMicroUsdPerHour;
    expect(price('m7i.metal-24xl')).toBe(price('m7i.24xlarge'));
    expect(listings.get('m7i.metal-24xl')?.onDemandEstimated).toBe(true);
    expect(listings.get('m7i.24xlarge')?.onDemandEstimated).toBe(false);
  });

  it('map sorted zone ids to zone names in alphabetical order', () => {
    expect(market('us-west-2').zones).toEqual([
      { id: 'usw2-az1', name: 'us-west-2a' },
      { id: 'usw2-az2', name: 'us-west-2b' },
      { id: 'usw2-az3', name: 'us-west-2c' },
      { id: 'usw2-az4', name: 'us-west-2d' },
    ]);
  });
});
