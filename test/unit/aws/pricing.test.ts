import { describe, expect, it } from 'vitest';
import { listedPrices } from '../../../functions/publisher/prices.ts';
import { onDemandPrices, pricingClient, pricingRegion } from '../../../lib/adapters/aws/pricing.ts';
import { aJsonError, aJsonService, endsJsonServers, type JsonAnswer } from '../../support/aws-json.ts';
import { aFunctionBase } from '../../support/lambda.ts';

endsJsonServers();

/** As the price list writes one, with a term that a reservation has paid for. */
const aProduct = (instanceType: string, USD: string): string =>
  JSON.stringify({
    product: { attributes: { instanceType, regionCode: 'eu-west-1' } },
    terms: {
      OnDemand: {
        'X.JRTC': { priceDimensions: { 'X.JRTC.6YS6': { unit: 'Hrs', pricePerUnit: { USD } } } },
      },
      Reserved: { 'X.4NA7': { priceDimensions: {} } },
    },
  });

const PAGES: Readonly<Record<string, JsonAnswer>> = {
  '': { body: { PriceList: [aProduct('m7i.large', '0.1127000000')], NextToken: 'more' } },
  more: { body: { PriceList: [aProduct('c7g.large', '0.0728'), aProduct('free.large', '0.0000000000')] } },
};

describe('on-demand prices', () => {
  it('are micro-dollars an hour of all pages, asked for as nodes run', async () => {
    const { options, requests } = await aJsonService(({ body }) =>
      JSON.stringify(body['Filters']).includes('bare metal')
        ? { body: { PriceList: [aProduct('m7i.metal-24xl', '4.8384')] } }
        : (PAGES[String(body['NextToken'] ?? '')] ?? { body: {} }),
    );
    const client = pricingClient({ ...options, region: 'eu-west-1' });
    expect([...(await onDemandPrices(client, 'eu-west-1'))]).toEqual([
      ['m7i.metal-24xl', 4_838_400],
      ['m7i.large', 112_700],
      ['c7g.large', 72_800],
    ]);
    expect(requests.map(({ operation }) => operation)).toEqual(Array(3).fill('GetProducts'));
    const attributes = requests.map(({ body }) => {
      const filters = body['Filters'] as { Field: string; Value: string }[];
      return Object.fromEntries(filters.map(({ Field, Value }) => [Field, Value]));
    });
    const linux = {
      regionCode: 'eu-west-1',
      operatingSystem: 'Linux',
      preInstalledSw: 'NA',
      capacitystatus: 'Used',
      licenseModel: 'No License required',
      marketoption: 'OnDemand',
    };
    expect(attributes.slice(0, 2)).toEqual([
      { ...linux, tenancy: 'Dedicated', productFamily: 'Compute Instance (bare metal)' },
      { ...linux, tenancy: 'Shared' },
    ]);
  });

  it.each([
    ['us-west-2', 'us-east-1'],
    ['sa-east-1', 'us-east-1'],
    ['eu-north-1', 'eu-central-1'],
    ['ap-southeast-2', 'ap-south-1'],
    ['cn-north-1', 'cn-northwest-1'],
  ])('of %s are asked for in %s', (region, endpointRegion) => {
    expect(pricingRegion(region)).toBe(endpointRegion);
  });

  it('are the embedded ones, and counted, when the list cannot be had', async () => {
    const { options } = await aJsonService(() => aJsonError('AccessDeniedException'));
    const { base, counts } = aFunctionBase();
    const warnings: string[] = [];
    const deps = {
      metrics: base.metrics,
      logger: { warn: (message: string) => void warnings.push(message) },
    };
    expect(await listedPrices(options, deps)('eu-west-1')).toEqual(new Map());
    expect(counts).toEqual(['PricesEmbedded 1 AccessDenied']);
    expect(warnings[0]).toContain('allow this action');
  });
});
