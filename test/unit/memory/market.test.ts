import { describe, expect, it } from 'vitest';
import { Market } from '../../../lib/adapters/memory/market.ts';
import { aFleetRequest, anOverride, aPool } from '../../support/memory-fleet.ts';

const spot = (instanceType: string, priceMicroUsdPerHour: number, units: number) =>
  aPool(instanceType, { capacityType: 'spot', priceMicroUsdPerHour, units });

const typesTaken = (market: Market, types: readonly string[], targetCapacity: number): string[] =>
  market
    .allocate(
      aFleetRequest(
        'spot',
        types.map((type) => anOverride(type)),
        { targetCapacity },
      ),
    )
    .allocations.map(({ pool }) => pool.instanceType);

describe('price-capacity-optimized', () => {
  it('takes the cheaper of two pools that are deep enough', () => {
    const market = new Market({ pools: [spot('a.large', 50_000, 100), spot('b.large', 40_000, 100)] });
    expect(typesTaken(market, ['a.large', 'b.large'], 1)).toEqual(['b.large']);
  });

  it('pays a little more for a deep pool than for one that it would empty', () => {
    const market = new Market({ pools: [spot('a.large', 50_000, 100), spot('b.large', 40_000, 1)] });
    expect(typesTaken(market, ['a.large', 'b.large'], 1)).toEqual(['a.large']);
  });

  it('empties a shallow pool rather than pay twice its price', () => {
    const market = new Market({ pools: [spot('a.large', 90_000, 100), spot('b.large', 40_000, 1)] });
    expect(typesTaken(market, ['a.large', 'b.large'], 1)).toEqual(['b.large']);
  });

  it('names a dry pool only when the others could not serve the whole request', () => {
    const market = new Market({ pools: [spot('a.large', 50_000, 2), spot('b.large', 40_000, 0)] });
    const request = aFleetRequest('spot', [anOverride('a.large'), anOverride('b.large')]);
    expect(market.allocate(request).errors).toEqual([]);
    const second = market.allocate({ ...request, targetCapacity: 2 });
    expect(second.allocations).toHaveLength(1);
    expect(second.errors).toHaveLength(2);
  });

  it('settles ties by the name of the offering', () => {
    const market = new Market({ pools: [spot('b.large', 40_000, 5), spot('a.large', 40_000, 5)] });
    expect(typesTaken(market, ['b.large', 'a.large'], 1)).toEqual(['a.large']);
  });
});

describe('a price that is set', () => {
  it('counts for what is allocated from then on, and not for what runs', () => {
    const pool = spot('a.large', 50_000, 10);
    const market = new Market({ pools: [pool, spot('b.large', 60_000, 10)] });
    const request = aFleetRequest('spot', [anOverride('a.large'), anOverride('b.large')]);
    const [before] = market.allocate(request).allocations;
    market.setPrice(pool, 90_000);
    const [after] = market.allocate(request).allocations;
    expect(before?.pool).toMatchObject({ instanceType: 'a.large', priceMicroUsdPerHour: 50_000 });
    expect(after?.pool.instanceType).toBe('b.large');
    market.setPrice(pool, 10_000);
    expect(market.allocate(request).allocations[0]?.pool).toMatchObject({ priceMicroUsdPerHour: 10_000 });
  });
});

describe('limits', () => {
  const request = aFleetRequest('on-demand', [anOverride('m7i.large')], { targetCapacity: 3 });

  it('of a pool come back with the instances that end', () => {
    const market = new Market({ pools: [aPool('m7i.large', { units: 1 })] });
    const [allocation] = market.allocate(request).allocations;
    expect(market.unitsLeft(aPool('m7i.large'))).toBe(0);
    if (allocation !== undefined) market.release(allocation);
    expect(market.unitsLeft(aPool('m7i.large'))).toBe(1);
  });

  it('of a pool set below what runs in it leave nothing, even after one ends', () => {
    const market = new Market({ pools: [aPool('m7i.large', { units: 3 })] });
    const [allocation] = market.allocate(request).allocations;
    market.setCapacity(aPool('m7i.large'), 1);
    if (allocation !== undefined) market.release(allocation);
    expect(market.unitsLeft(aPool('m7i.large'))).toBe(0);
    expect(market.allocate(request).allocations).toEqual([]);
  });

  it('of subnet and quota come back as well', () => {
    const market = new Market({ pools: [aPool('m7i.large')] });
    market.setQuota('on-demand', 6);
    market.setSubnetAddresses('subnet-us-east-1a', 3);
    const { allocations, errors } = market.allocate(request);
    expect(errors).toEqual([]);
    expect(market.allocate(request).allocations).toEqual([]);
    for (const allocation of allocations) market.release(allocation);
    expect(market.allocate(request).allocations).toHaveLength(3);
  });

  it('of the quota leave room for a smaller type', () => {
    const market = new Market({
      pools: [aPool('m7i.24xlarge', { vcpus: 96, priceMicroUsdPerHour: 1 }), aPool('m7i.large')],
    });
    market.setQuota('on-demand', 10);
    const overrides = [anOverride('m7i.24xlarge'), anOverride('m7i.large')];
    const { allocations, errors } = market.allocate(aFleetRequest('on-demand', overrides));
    expect(allocations.map(({ pool }) => pool.instanceType)).toEqual(['m7i.large']);
    expect(errors).toMatchObject([{ code: 'VcpuLimitExceeded', instanceType: 'm7i.24xlarge' }]);
  });
});
