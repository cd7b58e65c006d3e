/**
 * Catalogues in the bucket, under the hash of their content: the publisher stores what the region sells, the functions
 * that plan read the version that was published last.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Listing, RegionMarket, TypeFacts } from '../../catalog/catalogue.ts';
import { resolveInstanceTypes } from '../../catalog/instance-types.ts';
import { DovetailError } from '../../model/errors.ts';
import type { NodeClass, ResolvedNodeClass } from '../../model/node-class.ts';
import type { InstanceType } from '../../model/offering.ts';
import { stableHash, stableJson } from '../../model/stable-json.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Publication } from '../../ports/publication.ts';
import type { Bucket } from './bucket.ts';
import { assertReadable } from './table/schema-version.ts';

const compress = promisify(gzip);
const uncompress = promisify(gunzip);

export interface RegionCatalogue {
  /** Sorted by name. */
  readonly types: readonly TypeFacts[];
  readonly market: RegionMarket;
}

/** Prices move by the minute and are published by the hour. */
const POINTER_CACHE_MS = 60_000;

const objectOf = (id: string): string => `catalogues/${id}.json.gz`;

/** Stores it and gives its id. The object's expiry starts anew with each storing. */
export async function storeCatalogue(bucket: Bucket, catalogue: RegionCatalogue): Promise<string> {
  const text = stableJson(written(catalogue));
  const id = stableHash(text, 32);
  await bucket.put(objectOf(id), await compress(text));
  return id;
}

/** Errors: `CatalogueMissing`, retry same-request, until one was published and while its object is not there. */
export class PublishedCatalog implements Catalog {
  readonly #options: { readonly publication: Publication; readonly bucket: Bucket; readonly clock: Clock };
  #pointer: { readonly id: string; readonly readAtMs: number } | undefined;
  #catalogue: (RegionCatalogue & { readonly id: string }) | undefined;
  /** Of the catalogue above: what each NodeClass makes of it. */
  #types = new Map<string, readonly InstanceType[]>();

  constructor(options: {
    readonly publication: Publication;
    readonly bucket: Bucket;
    readonly clock: Clock;
  }) {
    this.#options = options;
  }

  async instanceTypes(nodeClass: NodeClass, resolved: ResolvedNodeClass): Promise<readonly InstanceType[]> {
    const { types, market } = await this.#current();
    const key = stableHash([nodeClass, resolved]);
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    const resolvedTypes = resolveInstanceTypes(types, market, nodeClass, resolved);
    this.#types.set(key, resolvedTypes);
    return resolvedTypes;
  }

  async #current(): Promise<RegionCatalogue> {
    const id = await this.#newestId();
    if (this.#catalogue?.id === id) return this.#catalogue;
    const body = await this.#options.bucket.get(objectOf(id));
    if (body === undefined) throw missing(`catalogue ${id} is not in the bucket`);
    const catalogue = readCatalogue((await uncompress(body)).toString('utf8'), id);
    this.#types = new Map();
    this.#catalogue = { id, ...catalogue };
    return catalogue;
  }

  async #newestId(): Promise<string> {
    const nowMs = this.#options.clock.nowMs();
    if (this.#pointer !== undefined && nowMs - this.#pointer.readAtMs < POINTER_CACHE_MS) {
      return this.#pointer.id;
    }
    const version = await this.#options.publication.catalogue();
    if (version === undefined) throw missing('no catalogue of instance types was published yet');
    this.#pointer = { id: version.id, readAtMs: nowMs };
    return version.id;
  }
}

const missing = (what: string): DovetailError =>
  new DovetailError('CatalogueMissing', `${what}: look at what the publisher says`, 'same-request');

interface Written {
  readonly schemaVersion: number;
  readonly types: readonly TypeFacts[];
  readonly region: string;
  readonly zones: RegionMarket['zones'];
  readonly listings: Readonly<Record<string, WrittenListing>>;
}

interface WrittenListing extends Pick<Listing, 'onDemandEstimated'> {
  readonly zoneIds: readonly string[];
  readonly onDemand: number | undefined;
  readonly spot: number | undefined;
  readonly spotByZoneId: Readonly<Record<string, number>> | undefined;
}

/** Maps and sets as JSON has them; `undefined` members are not written. */
function written({ types, market }: RegionCatalogue): Written {
  const listings = [...market.listings].map(([name, listing]): [string, WrittenListing] => [
    name,
    {
      zoneIds: [...listing.zoneIds],
      onDemandEstimated: listing.onDemandEstimated,
      onDemand: listing.onDemandMicroUsdPerHour,
      spot: listing.spotMicroUsdPerHour,
      spotByZoneId:
        listing.spotMicroUsdPerHourByZoneId && Object.fromEntries(listing.spotMicroUsdPerHourByZoneId),
    },
  ]);
  const { region, zones } = market;
  return { schemaVersion: 1, types, region, zones, listings: Object.fromEntries(listings) };
}

function readCatalogue(text: string, id: string): RegionCatalogue {
  const { schemaVersion, types, region, zones, listings } = JSON.parse(text) as Written;
  assertReadable(schemaVersion, `catalogue ${id}`);
  const read = Object.entries(listings).map(([name, listing]): [string, Listing] => {
    const { zoneIds, onDemandEstimated, onDemand, spot, spotByZoneId } = listing;
    return [
      name,
      {
        zoneIds: new Set(zoneIds),
        onDemandEstimated,
        ...(onDemand === undefined ? {} : { onDemandMicroUsdPerHour: onDemand }),
        ...(spot === undefined ? {} : { spotMicroUsdPerHour: spot }),
        ...(spotByZoneId === undefined
          ? {}
          : { spotMicroUsdPerHourByZoneId: new Map(Object.entries(spotByZoneId)) }),
      },
    ];
  });
  return { types, market: { region, zones, listings: new Map(read) } };
}
