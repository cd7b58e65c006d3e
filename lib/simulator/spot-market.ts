// A spot market that moves: every pool has a price of its own that wanders about the catalogue's, and a depth; now and then
// one runs dry, and EC2 takes back what runs in it. What it draws does not depend on who buys, so two runs of one seed
// meet the same market.
import type { Ec2 } from '../adapters/memory/ec2.ts';
import type { CapacityPool, Market } from '../adapters/memory/market.ts';
import { counted } from '../model/counted.ts';
import { type InstanceType, offeringKey } from '../model/offering.ts';
import { compareText } from '../model/stable-json.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { RandomStream } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface SpotMarketSettings {
  /** How often prices move and pools may run dry. */
  readonly everyMs: number;
  /** A price starts, and stays, within so many percent of the catalogue's. */
  readonly rangePercent: number;
  /** A price moves by at most so many percent at once. */
  readonly swingPercent: number;
  /**
   * What a pool holds when it is not dry, drawn for each. In vCPUs, because sizes of a family share their hosts: there is
   * room for twice as many of half the size.
   */
  readonly vcpus: Range;
  /**
   * Cases per ten thousand in which a pool of the least depth runs dry when the market moves. Deeper ones do so less often,
   * the deepest never: that is why EC2's price-capacity-optimized strategy prefers them.
   */
  readonly dryRate: number;
  readonly dryForMs: Range;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

interface SpotPool {
  readonly pool: CapacityPool;
  readonly instances: number;
  readonly dryRate: number;
  priceMicroUsdPerHour: number;
  dryUntilMs: number;
}

/** As the publisher's catalogue: plans know prices that are up to an hour old. */
const PUBLISHED_EVERY_MS = 60 * 60_000;

export interface SpotMarketOptions {
  readonly settings: SpotMarketSettings;
  readonly pools: readonly CapacityPool[];
  readonly market: Market;
  readonly ec2: Ec2;
  readonly time: VirtualTime;
  /** Takes a sentence about what happens in the world. */
  readonly tell: (sentence: string) => void;
  readonly random: RandomStream;
}

export class SpotMarket {
  readonly #options: SpotMarketOptions;
  readonly #pools: readonly SpotPool[];
  #published: ReadonlyMap<string, number> = new Map();

  constructor(options: SpotMarketOptions) {
    const { settings, random, market } = options;
    this.#options = options;
    this.#pools = options.pools
      .filter(({ capacityType }) => capacityType === 'spot')
      .sort((a, b) => compareText(offeringKey(a), offeringKey(b)))
      .map((pool) => spotPoolOf(pool, settings, random));
    for (const each of this.#pools) {
      market.setCapacity(each.pool, each.instances);
      market.setPrice(each.pool, each.priceMicroUsdPerHour);
    }
    this.#publish();
    this.#everyStep();
  }

  /** The catalogue with the spot prices that were published last. */
  priced(catalog: Catalog): Catalog {
    let known: { types: readonly InstanceType[]; prices: ReadonlyMap<string, number> } | undefined;
    let priced: readonly InstanceType[] = [];
    return {
      instanceTypes: async (nodeClass, resolved) => {
        const types = await catalog.instanceTypes(nodeClass, resolved);
        const prices = this.#published;
        if (known?.types !== types || known.prices !== prices) priced = withPrices(types, prices);
        known = { types, prices };
        return priced;
      },
    };
  }

  #publish(): void {
    this.#published = new Map(
      this.#pools.map(({ pool, priceMicroUsdPerHour }) => [offeringKey(pool), priceMicroUsdPerHour]),
    );
    this.#options.time.after(PUBLISHED_EVERY_MS, () => this.#publish());
  }

  #everyStep(): void {
    const { time, settings } = this.#options;
    time.after(settings.everyMs, () => {
      for (const each of this.#pools) this.#move(each);
      this.#everyStep();
    });
  }

  /** Draws the same whether or not the pool is dry already. */
  #move(each: SpotPool): void {
    const { market, settings, random, time } = this.#options;
    const { pool } = each;
    const base = pool.priceMicroUsdPerHour;
    const most = Math.floor((base * settings.rangePercent) / 100);
    const moved = movedBy(each.priceMicroUsdPerHour, settings.swingPercent, random);
    each.priceMicroUsdPerHour = Math.max(1, base - most, Math.min(base + most, moved));
    market.setPrice(pool, each.priceMicroUsdPerHour);
    const runsDry = random.chance(each.dryRate);
    const lastsMs = random.between(settings.dryForMs.min, settings.dryForMs.max);
    if (!runsDry) return;
    const untilMs = time.nowMs() + lastsMs;
    each.dryUntilMs = Math.max(each.dryUntilMs, untilMs);
    this.#dryUp(each, lastsMs);
  }

  #dryUp(each: SpotPool, lastsMs: number): void {
    const { market, ec2, time, tell } = this.#options;
    const { instanceType, zone } = each.pool;
    market.setCapacity(each.pool, 0);
    const taken = ec2
      .instances()
      .filter((instance) => instance.capacityType === 'spot' && instance.zone === zone)
      .filter((instance) => instance.instanceType === instanceType && instance.state === 'running');
    if (taken.length > 0) {
      tell(
        `spot pool of ${instanceType} in ${zone} runs dry: EC2 takes back ${counted(taken.length, 'instance')}`,
      );
    }
    for (const { instanceId } of taken) ec2.interrupt(instanceId);
    time.after(lastsMs, () => {
      if (time.nowMs() >= each.dryUntilMs) market.setCapacity(each.pool, each.instances);
    });
  }
}

function spotPoolOf(pool: CapacityPool, settings: SpotMarketSettings, random: RandomStream): SpotPool {
  const { vcpus, dryRate, rangePercent } = settings;
  const depth = random.between(vcpus.min, vcpus.max);
  const shallowness = vcpus.max === vcpus.min ? 1 : (vcpus.max - depth) / (vcpus.max - vcpus.min);
  return {
    pool,
    instances: Math.floor(depth / Math.max(1, pool.vcpus)),
    dryRate: Math.round(dryRate * shallowness),
    priceMicroUsdPerHour: movedBy(pool.priceMicroUsdPerHour, rangePercent, random),
    dryUntilMs: 0,
  };
}

/** A price that is drawn from those at most so many percent away. */
function movedBy(priceMicroUsdPerHour: number, percent: number, random: RandomStream): number {
  const most = Math.floor((priceMicroUsdPerHour * percent) / 100);
  return Math.max(1, priceMicroUsdPerHour + random.between(-most, most));
}

function withPrices(
  types: readonly InstanceType[],
  prices: ReadonlyMap<string, number>,
): readonly InstanceType[] {
  return types.map((type) => ({
    ...type,
    offerings: type.offerings.map((offering) => {
      const { zone, capacityType } = offering;
      const price = prices.get(offeringKey({ instanceType: type.name, zone, capacityType }));
      return price === undefined ? offering : { ...offering, priceMicroUsdPerHour: price };
    }),
  }));
}
