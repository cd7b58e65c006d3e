import { type OfferingRef, offeringKey } from '../../model/offering.ts';
import type { FleetError, FleetOverride, FleetRequest } from '../../model/plan.ts';
import { compareText } from '../../model/stable-json.ts';

/** One EC2 capacity pool. `units` is how many instances it holds in all, running ones included. */
export interface CapacityPool extends OfferingRef {
  readonly vcpus: number;
  readonly priceMicroUsdPerHour: number;
  readonly units: number;
}

export type QuotaKind = 'spot' | 'on-demand';

/** One instance's worth of a pool, of its subnet's addresses and of the account's quota. */
export interface Allocation {
  readonly pool: CapacityPool;
  readonly override: FleetOverride;
}

export interface MarketAnswer {
  readonly allocations: readonly Allocation[];
  readonly errors: readonly FleetError[];
}

interface Usage {
  limit: number;
  used: number;
}

interface Candidate {
  readonly override: FleetOverride;
  readonly pool: CapacityPool;
  readonly key: string;
}

/**
 * What EC2 has to sell: capacity pools, subnets' addresses and the account's vCPU quotas, each with a limit that can be
 * moved at any time. Anything without a stated limit has none, except that a pool that was never named is a type the
 * zone does not offer.
 */
export class Market {
  readonly #pools: Map<string, CapacityPool>;
  readonly #units = new Map<string, Usage>();
  readonly #addresses = new Map<string, Usage>();
  readonly #vcpus: Record<QuotaKind, Usage> = { spot: unlimited(), 'on-demand': unlimited() };

  constructor(options: { readonly pools: readonly CapacityPool[] }) {
    this.#pools = new Map(options.pools.map((pool) => [offeringKey(pool), pool]));
    for (const pool of options.pools) this.#units.set(offeringKey(pool), { limit: pool.units, used: 0 });
  }

  /** Sets how many instances the pool holds in all; below what runs in it, it is dry until enough have ended. */
  setCapacity(ref: OfferingRef, units: number): void {
    usageOf(this.#units, offeringKey(ref)).limit = units;
  }

  /**
   * What instances cost that are allocated from now on. Those that run keep their price: EC2 sets a spot instance's at the
   * beginning of each of its hours, and most of ours live shorter (https://aws.amazon.com/ec2/spot/pricing/).
   */
  setPrice(ref: OfferingRef, priceMicroUsdPerHour: number): void {
    const key = offeringKey(ref);
    const pool = this.#pools.get(key);
    if (pool !== undefined) this.#pools.set(key, { ...pool, priceMicroUsdPerHour });
  }

  setSubnetAddresses(subnetId: string, addresses: number): void {
    usageOf(this.#addresses, subnetId).limit = addresses;
  }

  setQuota(kind: QuotaKind, vcpus: number): void {
    this.#vcpus[kind].limit = vcpus;
  }

  unitsLeft(ref: OfferingRef): number {
    return left(usageOf(this.#units, offeringKey(ref)));
  }

  /**
   * Takes up to `targetCapacity` instances, one at a time from the best override left. An override that refuses is named
   * once in `errors` and not tried again, so an answer can be full and still hold errors.
   *
   * Best is, for `lowest-price`, the lowest price; for `price-capacity-optimized`, the lowest price × (1 + wanted ÷
   * units left), which doubles the price of a pool that would just be emptied and leaves a deep one its own; dry pools
   * come last. Ties go by offering, then subnet.
   */
  allocate(request: FleetRequest): MarketAnswer {
    const allocations: Allocation[] = [];
    const errors: FleetError[] = [];
    let open = this.#candidates(request, errors);
    while (allocations.length < request.targetCapacity && open.length > 0) {
      const best = this.#best(open, request, request.targetCapacity - allocations.length);
      const refusal = this.#refusal(best);
      if (refusal === undefined) {
        this.#use(best, 1);
        allocations.push({ pool: best.pool, override: best.override });
      } else {
        errors.push(refusal);
        open = open.filter((candidate) => candidate !== best);
      }
    }
    return { allocations, errors };
  }

  /** Gives back what an ended instance held. */
  release(allocation: Allocation): void {
    this.#use(allocation, -1);
  }

  #candidates(request: FleetRequest, errors: FleetError[]): Candidate[] {
    const candidates: Candidate[] = [];
    for (const override of request.overrides) {
      const { instanceType, zone } = override;
      const key = offeringKey({ instanceType, zone, capacityType: request.capacityType });
      const pool = this.#pools.get(key);
      if (pool !== undefined) candidates.push({ override, pool, key: `${key}:${override.subnetId}` });
      else errors.push(fleetError('Unsupported', `${instanceType} is not offered in ${zone}`, override));
    }
    return candidates.sort((a, b) => compareText(a.key, b.key));
  }

  #best(open: readonly Candidate[], request: FleetRequest, wanted: number): Candidate {
    const score = ({ pool }: Candidate): number =>
      request.allocationStrategy === 'lowest-price'
        ? pool.priceMicroUsdPerHour
        : pool.priceMicroUsdPerHour * (1 + wanted / this.unitsLeft(pool));
    return open.reduce((best, candidate) => (score(candidate) < score(best) ? candidate : best));
  }

  #refusal({ pool, override }: Candidate): FleetError | undefined {
    const { instanceType, zone, capacityType } = pool;
    if (left(usageOf(this.#addresses, override.subnetId)) < 1) {
      const message = `subnet ${override.subnetId} has no free addresses`;
      return fleetError('InsufficientFreeAddressesInSubnet', message, override);
    }
    const quota = quotaOf(pool);
    if (left(this.#vcpus[quota]) < pool.vcpus) {
      const code = quota === 'spot' ? 'MaxSpotInstanceCountExceeded' : 'VcpuLimitExceeded';
      const message = `${pool.vcpus} vCPUs of ${instanceType} are more than the account's ${quota} quota leaves`;
      return fleetError(code, message, override);
    }
    if (this.unitsLeft(pool) < 1) {
      const message = `no ${capacityType} capacity for ${instanceType} in ${zone}`;
      return fleetError('InsufficientInstanceCapacity', message, override);
    }
    return undefined;
  }

  #use({ pool, override }: Allocation, count: 1 | -1): void {
    usageOf(this.#units, offeringKey(pool)).used += count;
    usageOf(this.#addresses, override.subnetId).used += count;
    this.#vcpus[quotaOf(pool)].used += count * pool.vcpus;
  }
}

/** Reserved capacity counts against the on-demand quota. */
const quotaOf = (pool: CapacityPool): QuotaKind => (pool.capacityType === 'spot' ? 'spot' : 'on-demand');

const unlimited = (): Usage => ({ limit: Number.POSITIVE_INFINITY, used: 0 });

const left = (usage: Usage): number => Math.max(0, usage.limit - usage.used);

function usageOf(usages: Map<string, Usage>, key: string): Usage {
  const usage = usages.get(key) ?? unlimited();
  usages.set(key, usage);
  return usage;
}

const fleetError = (code: string, message: string, override: FleetOverride): FleetError => ({
  code,
  message,
  instanceType: override.instanceType,
  zone: override.zone,
});
