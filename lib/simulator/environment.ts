// The adapters of one run: EC2 with its market, the API server, the stores and queues, wired as `ControlDeps`.
import { MemoryCluster } from '../adapters/memory/cluster.ts';
import { MemoryDocuments } from '../adapters/memory/documents.ts';
import { Ec2, type Ec2Timing, type LaunchFault } from '../adapters/memory/ec2.ts';
import { MemoryFleet } from '../adapters/memory/fleet.ts';
import { KubeApi } from '../adapters/memory/kube-api.ts';
import { MemoryLeases } from '../adapters/memory/leases.ts';
import { type CapacityPool, Market } from '../adapters/memory/market.ts';
import { MemoryPlans } from '../adapters/memory/plans.ts';
import { MemoryDrainQueue, MemoryLaunchQueue, MemoryProvisionQueue } from '../adapters/memory/queues.ts';
import { MemorySlotStore } from '../adapters/memory/slots.ts';
import { MemorySnapshots } from '../adapters/memory/snapshots.ts';
import { MemoryTable } from '../adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../adapters/memory/unavailable-offerings.ts';
import type { ControlDeps } from '../control/deps.ts';
import { type InstanceType, offeringKey } from '../model/offering.ts';
import type { FleetRequest } from '../model/plan.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { DovetailEvent } from '../ports/events.ts';
import { ClaimHistory } from './claim-history.ts';
import type { FaultRates } from './faults.ts';
import { makeQueues, type Queues } from './functions/deployment.ts';
import type { RandomStream } from './random.ts';
import type { Scenario } from './scenario.ts';
import { SpotMarket } from './spot-market.ts';
import { usableTypes } from './usable-types.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Environment {
  readonly market: Market;
  readonly pools: readonly CapacityPool[];
  readonly ec2: Ec2;
  readonly api: KubeApi;
  readonly claims: ClaimHistory;
  readonly plans: MemoryPlans;
  readonly slots: MemorySlotStore;
  readonly queues: Queues;
  readonly ports: ControlDeps;
  /** By NodePool name, then type name. */
  readonly typesOfPool: ReadonlyMap<string, ReadonlyMap<string, InstanceType>>;
}

export interface EnvironmentOptions {
  readonly scenario: Scenario;
  readonly catalog: Catalog;
  readonly time: VirtualTime;
  /** Takes a sentence about what happens in the world. */
  readonly tell: (sentence: string) => void;
  readonly random: (name: string) => RandomStream;
  readonly rates: FaultRates;
  readonly emit: (event: DovetailEvent) => void;
  /** How long instances take, where it is not EC2's own time. */
  readonly timing?: Partial<Ec2Timing>;
}

/** On-demand pools are deep; spot pools hold what the seed gives them. */
const ON_DEMAND_UNITS = 1_000;
const SPOT_UNITS = { min: 20, max: 400 };
/** A stale watch lags this much; a good one hardly. */
const WATCH_LAG_MS = { good: 15, stale: 4_000 };
/** DescribeInstances shows a new instance after at most this. */
const DESCRIBE_LAG_MS = { good: 3_000, stale: 45_000 };
const DRY_FOR_MS = { min: 60_000, max: 15 * 60_000 };

export async function makeEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { scenario, catalog, time, random, rates } = options;
  const typesOfClass = new Map<string, readonly InstanceType[]>();
  for (const nodeClass of scenario.nodeClasses) {
    const resolved = scenario.resolved.find(({ name }) => name === nodeClass.name);
    if (resolved !== undefined) {
      typesOfClass.set(nodeClass.name, await catalog.instanceTypes(nodeClass, resolved));
    }
  }
  const pools = capacityPools([...typesOfClass.values()].flat(), random('market'));
  const market = new Market({ pools });
  const faults = new MarketFaults(market, time, random('market-faults'), rates);
  const ec2 = new Ec2({
    clock: time,
    random: random('ec2'),
    market,
    timing: {
      describeLag: { minMs: 0, maxMs: rates.stale > 0 ? DESCRIBE_LAG_MS.stale : DESCRIBE_LAG_MS.good },
      ...options.timing,
    },
    launchFault: (request) => faults.before(request),
  });
  const table = new MemoryTable();
  const claims = new ClaimHistory({ table, clock: time });
  const api = new KubeApi({ clock: time });
  const queues = makeQueues();
  const plans = new MemoryPlans({ table });
  const slots = new MemorySlotStore({ table, claims });
  const lag = random('watch-lag');
  const lagMs = (): number => lag.below(lag.chance(rates.stale) ? WATCH_LAG_MS.stale : WATCH_LAG_MS.good);
  const installation = `${scenario.cluster.name}-sim`;
  const ports: ControlDeps = {
    installation,
    policies: scenario.policies,
    clock: time,
    cluster: new MemoryCluster({ api, clock: time, lagMs }),
    fleet: new MemoryFleet({ ec2, installation }),
    claims,
    plans,
    slots,
    unavailable: new MemoryUnavailableOfferings({ table }),
    leases: new MemoryLeases({ table }),
    snapshots: new MemorySnapshots(),
    documents: new MemoryDocuments({
      nodePools: scenario.nodePools,
      nodeClasses: scenario.nodeClasses,
      resolved: scenario.resolved,
    }),
    catalog: pricedCatalog(options, { pools, market, ec2 }),
    provisionQueue: new MemoryProvisionQueue({ queue: queues.provision, clock: time }),
    launchQueue: new MemoryLaunchQueue({ queue: queues.launch, clock: time }),
    drainQueue: new MemoryDrainQueue({ queue: queues.drain, clock: time }),
    events: { emit: options.emit },
    metrics: { count: () => undefined, observe: () => undefined },
  };
  const typesOfPool = new Map(
    scenario.nodePools.map((pool) => {
      const types = typesOfClass.get(pool.template.nodeClass) ?? [];
      return [pool.name, new Map(types.map((type) => [type.name, type]))] as const;
    }),
  );
  return { market, pools, ec2, api, claims, plans, slots, queues, ports, typesOfPool };
}

function pricedCatalog(
  { scenario, catalog, time, random, tell }: EnvironmentOptions,
  { pools, market, ec2 }: Pick<Environment, 'pools' | 'market' | 'ec2'>,
): Catalog {
  const usable = usableTypes(catalog, scenario.nodePools);
  const { spotMarket: settings } = scenario;
  if (settings === undefined) return usable;
  const parts = { settings, pools, market, ec2, time, tell, random: random('spot-market') };
  return new SpotMarket(parts).priced(usable);
}

function capacityPools(types: readonly InstanceType[], random: RandomStream): CapacityPool[] {
  const pools = new Map<string, CapacityPool>();
  for (const type of types) {
    for (const { zone, capacityType, priceMicroUsdPerHour } of type.offerings) {
      const ref = { instanceType: type.name, zone, capacityType };
      if (pools.has(offeringKey(ref))) continue;
      const units =
        capacityType === 'spot' ? random.between(SPOT_UNITS.min, SPOT_UNITS.max) : ON_DEMAND_UNITS;
      const vcpus = Math.ceil((type.capacity['cpu'] ?? 0) / 1_000);
      pools.set(offeringKey(ref), { ...ref, vcpus, priceMicroUsdPerHour, units });
    }
  }
  return [...pools.values()];
}

/** Capacity that runs dry just when it is asked for, and comes back some minutes later; answers cut short by throttling. */
class MarketFaults {
  readonly #market: Market;
  readonly #time: VirtualTime;
  readonly #random: RandomStream;
  readonly #rates: FaultRates;

  constructor(market: Market, time: VirtualTime, random: RandomStream, rates: FaultRates) {
    this.#market = market;
    this.#time = time;
    this.#random = random;
    this.#rates = rates;
  }

  before(request: FleetRequest): LaunchFault | undefined {
    if (this.#random.chance(this.#rates.insufficient)) this.#dryUp(request);
    return this.#random.chance(this.#rates.throttleBefore) ? 'throttled-inside' : undefined;
  }

  /** The best overrides come first; running those dry is what hurts. */
  #dryUp(request: FleetRequest): void {
    const count = this.#random.between(1, request.overrides.length);
    const lastsMs = this.#random.between(DRY_FOR_MS.min, DRY_FOR_MS.max);
    for (const { instanceType, zone } of request.overrides.slice(0, count)) {
      const ref = { instanceType, zone, capacityType: request.capacityType };
      this.#market.setCapacity(ref, 0);
      this.#time.after(lastsMs, () => this.#market.setCapacity(ref, ON_DEMAND_UNITS));
    }
  }
}
