/**
 * On-demand prices as the Price List Query API tells them: EC2 itself names none. The service is in few regions and
 * answers for all of them.
 * Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
 */
import { GetProductsCommand, PricingClient } from '@aws-sdk/client-pricing';
import { DovetailError } from '../../model/errors.ts';
import { compareText } from '../../model/stable-json.ts';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { allPages } from './ec2/pages.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 10_000;
/** The most that GetProducts takes; a region has some twelve hundred types. */
const PAGE_SIZE = 100;

/** Where the service is, by the partition that regions' names begin with. */
const ENDPOINT_REGIONS: readonly (readonly [string, string])[] = [
  ['cn-', 'cn-northwest-1'],
  ['eu-', 'eu-central-1'],
  ['ap-', 'ap-south-1'],
];
const DEFAULT_REGION = 'us-east-1';

export const pricingRegion = (region: string): string =>
  ENDPOINT_REGIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? DEFAULT_REGION;

/** `region`: whose prices are wanted. */
export const pricingClient = (options: ClientOptions & { readonly region: string }): PricingClient =>
  new PricingClient(clientConfig({ ...options, region: pricingRegion(options.region) }, REQUEST_TIMEOUT_MS));

/** Linux without software or licence of its own, as instances run; Capacity Blocks have a market of their own. */
const LINUX = {
  operatingSystem: 'Linux',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
  licenseModel: 'No License required',
  marketoption: 'OnDemand',
} as const;
/** One price per type. Bare metal is listed as dedicated, because it is nobody else's; a shared price would win. */
const PRODUCTS = [
  { ...LINUX, tenancy: 'Dedicated', productFamily: 'Compute Instance (bare metal)' },
  { ...LINUX, tenancy: 'Shared' },
] as const;

/**
 * Micro-dollars an hour by instance type; what is sold in another currency is missing. Errors: `PriceListUnreadable`,
 * retry same-request.
 */
export async function onDemandPrices(
  client: PricingClient,
  region: string,
): Promise<ReadonlyMap<string, number>> {
  const products: unknown[] = [];
  for (const product of PRODUCTS)
    products.push(...(await productsOf(client, { ...product, regionCode: region })));
  return new Map(products.flatMap((product) => priceOf(String(product))));
}

function productsOf(
  client: PricingClient,
  attributes: Readonly<Record<string, string>> & { readonly regionCode: string },
): Promise<unknown[]> {
  const filters = Object.entries(attributes)
    .map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value }))
    .sort((a, b) => compareText(a.Field, b.Field));
  const call = {
    service: 'Pricing',
    action: 'pricing:GetProducts',
    target: `on-demand prices of ${attributes.regionCode}`,
  } as const;
  return allPages<unknown>('on-demand prices', async (NextToken) => {
    const input = {
      ServiceCode: 'AmazonEC2',
      FormatVersion: 'aws_v1',
      Filters: filters,
      MaxResults: PAGE_SIZE,
      NextToken,
    };
    const answer = await awsCall(call, () => client.send(new GetProductsCommand(input)));
    return { items: answer.PriceList, nextToken: answer.NextToken };
  });
}

interface Product {
  readonly product?: { readonly attributes?: { readonly instanceType?: string } };
  readonly terms?: {
    readonly OnDemand?: Readonly<
      Record<string, { readonly priceDimensions?: Readonly<Record<string, PriceDimension>> }>
    >;
  };
}

interface PriceDimension {
  readonly unit?: string;
  readonly pricePerUnit?: { readonly USD?: string };
}

/** None for a free dimension, such as what a reservation has paid for already. */
function priceOf(text: string): (readonly [string, number])[] {
  const { product, terms } = productOf(text);
  const name = product?.attributes?.instanceType;
  const dimensions = Object.values(terms?.OnDemand ?? {}).flatMap(({ priceDimensions = {} }) =>
    Object.values(priceDimensions),
  );
  const dollars = dimensions.find(({ unit }) => unit === 'Hrs')?.pricePerUnit?.USD;
  const microUsd = Math.round(Number(dollars) * 1_000_000);
  return name === undefined || !(microUsd > 0) ? [] : [[name, microUsd]];
}

function productOf(text: string): Product {
  try {
    return JSON.parse(text) as Product;
  } catch (cause) {
    const message = `the price list holds what is not JSON: ${text.slice(0, 80)}: it is asked for again later`;
    throw new DovetailError('PriceListUnreadable', message, 'same-request', { cause });
  }
}
