/** What the region sells today, for the catalogue: types, the zones that offer them, and their Spot prices. */
import {
  type _InstanceType,
  DescribeAvailabilityZonesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSpotPriceHistoryCommand,
  type EC2Client,
  type SpotPrice,
} from '@aws-sdk/client-ec2';
import type { Listing, RegionMarket, TypeFacts, Zone } from '../../../../catalog/catalogue.ts';
import { compareText } from '../../../../model/stable-json.ts';
import { ec2Call } from '../ec2-call.ts';
import { allPages } from '../pages.ts';
import { factsOf } from './type-facts.ts';

export interface MarketLookup {
  readonly client: EC2Client;
  readonly region: string;
  readonly nowMs: number;
  /** Facts that need no asking: hardware does not change. They also know what EC2 does not say. */
  readonly known: readonly TypeFacts[];
  /** Where EC2 names no price: on-demand, and Spot of types that nobody bought lately. */
  readonly prices: ReadonlyMap<string, Pick<Listing, 'onDemandMicroUsdPerHour' | 'onDemandEstimated'>>;
}

const PAGE_SIZE = 1_000;
/** DescribeInstanceTypes takes at most this many names. */
const TYPES_PER_REQUEST = 100;
/** Before nodes had a network of their own EC2 told two kinds of Linux apart; nodes are always in a VPC. */
const LINUX = ['Linux/UNIX', 'Linux/UNIX (Amazon VPC)'];

/** Types sorted by name, those of the market alone. */
export async function discoverMarket(
  lookup: MarketLookup,
): Promise<{ readonly types: readonly TypeFacts[]; readonly market: RegionMarket }> {
  const zones = await findZones(lookup.client);
  const zoneIds = await offeredZoneIds(lookup.client);
  const spot = spotPrices(await spotHistory(lookup), zones);
  const names = [...zoneIds.keys()].sort(compareText);
  const listings = new Map(
    names.map((name): [string, Listing] => {
      const byZoneId = spot.get(name);
      return [
        name,
        {
          zoneIds: zoneIds.get(name) ?? new Set(),
          onDemandEstimated: true,
          ...lookup.prices.get(name),
          ...(byZoneId === undefined ? {} : { spotMicroUsdPerHourByZoneId: byZoneId }),
        },
      ];
    }),
  );
  const types = await typesNamed(lookup, names);
  return { types, market: { region: lookup.region, zones, listings } };
}

/** The last price of each type and zone id in micro-dollars an hour; prices of zones that are not ours are left out. */
export function spotPrices(
  history: readonly SpotPrice[],
  zones: readonly Zone[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const zoneIds = new Map(zones.map(({ name, id }) => [name, id]));
  const oldestFirst = [...history].sort(
    (a, b) =>
      (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0) ||
      compareText(a.SpotPrice ?? '', b.SpotPrice ?? ''),
  );
  const prices = new Map<string, Map<string, number>>();
  for (const { InstanceType = '', AvailabilityZone = '', SpotPrice: dollars } of oldestFirst) {
    const zoneId = zoneIds.get(AvailabilityZone);
    const microUsd = Math.round(Number(dollars) * 1_000_000);
    if (zoneId === undefined || !(microUsd > 0)) continue;
    const ofType = prices.get(InstanceType) ?? new Map<string, number>();
    prices.set(InstanceType, ofType.set(zoneId, microUsd));
  }
  return prices;
}

async function findZones(client: EC2Client): Promise<Zone[]> {
  const { AvailabilityZones = [] } = await ec2Call('DescribeAvailabilityZones', 'the region', () =>
    client.send(new DescribeAvailabilityZonesCommand({})),
  );
  return AvailabilityZones.map(({ ZoneName = '', ZoneId = '' }) => ({ name: ZoneName, id: ZoneId })).sort(
    (a, b) => compareText(a.id, b.id),
  );
}

async function offeredZoneIds(client: EC2Client): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const offers = await allPages('instance type offerings', async (NextToken) => {
    const input = { LocationType: 'availability-zone-id', MaxResults: PAGE_SIZE, NextToken } as const;
    const answer = await ec2Call('DescribeInstanceTypeOfferings', 'the region', () =>
      client.send(new DescribeInstanceTypeOfferingsCommand(input)),
    );
    return { items: answer.InstanceTypeOfferings, nextToken: answer.NextToken };
  });
  const zoneIds = new Map<string, Set<string>>();
  for (const { InstanceType = '', Location = '' } of offers) {
    zoneIds.set(InstanceType, (zoneIds.get(InstanceType) ?? new Set()).add(Location));
  }
  return zoneIds;
}

function spotHistory({ client, nowMs }: MarketLookup): Promise<SpotPrice[]> {
  return allPages('Spot prices', async (NextToken) => {
    const input = {
      // The price in force at the start is part of the answer, so that now is long enough.
      StartTime: new Date(nowMs),
      Filters: [{ Name: 'product-description', Values: LINUX }],
      MaxResults: PAGE_SIZE,
      NextToken,
    };
    const answer = await ec2Call('DescribeSpotPriceHistory', 'the region', () =>
      client.send(new DescribeSpotPriceHistoryCommand(input)),
    );
    return { items: answer.SpotPriceHistory, nextToken: answer.NextToken };
  });
}

/** Only types that the product does not know yet are asked for. */
async function typesNamed({ client, known }: MarketLookup, names: readonly string[]): Promise<TypeFacts[]> {
  const sold = new Set(names);
  const types = known.filter(({ name }) => sold.has(name));
  const knownNames = new Set(types.map(({ name }) => name));
  const unknown = names.filter((name) => !knownNames.has(name));
  for (let start = 0; start < unknown.length; start += TYPES_PER_REQUEST) {
    const InstanceTypes = unknown.slice(start, start + TYPES_PER_REQUEST) as _InstanceType[];
    const answer = await ec2Call('DescribeInstanceTypes', InstanceTypes.join(', '), () =>
      client.send(new DescribeInstanceTypesCommand({ InstanceTypes })),
    );
    types.push(...(answer.InstanceTypes ?? []).map(factsOf));
  }
  return types.sort((a, b) => compareText(a.name, b.name));
}
