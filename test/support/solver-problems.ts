/** Random packing problems with every feature at once, small enough that rules collide often. */
import type { GeneratorValue } from 'fast-check';
import * as fc from 'fast-check';
import { HOST_KEY, type Problem } from '../../lib/solver/index.ts';
import {
  aProblem,
  type BinSpec,
  type GroupSpec,
  type ItemSpec,
  type LevelSpec,
  type OfferingSpec,
  type PoolSpec,
  type ProblemSpec,
} from './solver-builders.ts';

class Draw {
  private readonly gen: GeneratorValue;
  constructor(gen: GeneratorValue) {
    this.gen = gen;
  }
  int(min: number, max: number): number {
    return this.gen(fc.integer, { min, max });
  }
  chance(percent: number): boolean {
    return this.int(1, 100) <= percent;
  }
  list<T>(min: number, max: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.int(min, max) }, (_, index) => make(index));
  }
  /** Some positions below `size`, ascending. */
  some(size: number, percent: number): number[] {
    return Array.from({ length: size }, (_, at) => at).filter(() => this.chance(percent));
  }
  shuffled(values: number[]): number[] {
    return this.gen(() => fc.shuffledSubarray(values, { minLength: values.length }));
  }
}

/** How large things may be: where many pods are equal and many fit a node, rules meet in other ways. */
interface Scale {
  readonly offerings: number;
  readonly bins: number;
  readonly groups: number;
  readonly items: number;
  readonly podsPerItem: number;
  /** The most that a shape holds, and a limit of a pool leaves. */
  readonly room: number;
  readonly limit: number;
}

const SMALL: Scale = { offerings: 40, bins: 3, groups: 4, items: 6, podsPerItem: 5, room: 16, limit: 60 };
const LARGE: Scale = { offerings: 120, bins: 6, groups: 6, items: 12, podsPerItem: 30, room: 48, limit: 400 };

/** The problem of one property run. */
export function randomProblem(gen: GeneratorValue, isLarge = false): Problem {
  const draw = new Draw(gen);
  const scale = isLarge ? LARGE : SMALL;
  const topologyDomains = draw.list(0, 2, () => draw.int(1, 3));
  const sizes = {
    ...scale,
    shapes: draw.int(1, 5),
    offerings: draw.int(1, scale.offerings),
    pools: draw.int(1, 3),
    overheadGroups: draw.int(1, 2),
    reservations: draw.int(0, 2),
    bins: draw.int(0, scale.bins),
    groups: draw.int(0, scale.groups),
    resources: draw.int(1, 3),
    drivers: draw.int(0, 2),
  };
  const amounts = (min: number, max: number) =>
    Array.from({ length: sizes.resources }, () => draw.int(min, max));
  const spec: ProblemSpec = {
    resources: sizes.resources,
    shapes: Array.from({ length: sizes.shapes }, () => {
      const allocatable = amounts(2, scale.room);
      return {
        allocatable,
        capacity: allocatable.map((amount) => amount + 1),
        volumeLimits: Array.from({ length: sizes.drivers }, () => draw.int(-1, 3)),
      };
    }),
    offerings: Array.from({ length: sizes.offerings }, () => offering(draw, sizes, topologyDomains)),
    reservations: Array.from({ length: sizes.reservations }, () => draw.int(0, 2)),
    overheadGroups: Array.from({ length: sizes.overheadGroups }, () => ({
      requests: amounts(0, 2),
      ports: draw.chance(20) ? [draw.int(0, 2)] : [],
    })),
    pools: pools(draw, sizes),
    topologyDomains,
    groups: Array.from({ length: sizes.groups }, () => group(draw, sizes, topologyDomains)),
    bins: Array.from({ length: sizes.bins }, () => bin(draw, sizes, topologyDomains)),
    items: items(draw, sizes, topologyDomains),
  };
  return aProblem(spec);
}

interface Sizes extends Scale {
  readonly resources: number;
  readonly drivers: number;
  readonly shapes: number;
  readonly pools: number;
  readonly overheadGroups: number;
  readonly reservations: number;
}

function offering(draw: Draw, sizes: Sizes, domains: readonly number[]): OfferingSpec {
  const purchase = draw.int(sizes.reservations > 0 ? 0 : 1, 2);
  return {
    shape: draw.int(0, sizes.shapes - 1),
    price: draw.int(1, 20),
    pool: draw.int(0, sizes.pools - 1),
    variant: draw.chance(25) ? draw.int(1, 2) : 0,
    overheadGroup: draw.int(0, sizes.overheadGroups - 1),
    purchase,
    reservation: purchase === 0 ? draw.int(0, sizes.reservations - 1) : -1,
    exotic: draw.chance(10),
    domains: domains.map((size) => (draw.chance(5) ? -1 : draw.int(0, size - 1))),
    values: [draw.int(-1, 3), draw.int(-1, 1)],
  };
}

function pools(draw: Draw, sizes: Sizes): PoolSpec[] {
  const ranks = draw.shuffled(Array.from({ length: sizes.pools }, (_, rank) => rank));
  const limit = () => (draw.chance(30) ? draw.int(5, sizes.limit) : Number.POSITIVE_INFINITY);
  return ranks.map((rank) => ({
    rank,
    limits: Array.from({ length: sizes.resources }, limit),
    nodesLeft: draw.chance(20) ? draw.int(0, 3) : Number.POSITIVE_INFINITY,
    minValues: [0, 1].filter(() => draw.chance(12)).map((key) => ({ key, min: draw.int(1, 3) })),
    minValuesPolicy: draw.chance(70) ? 'Strict' : 'BestEffort',
  }));
}

function group(draw: Draw, sizes: Sizes, domains: readonly number[]): GroupSpec {
  const key = domains.length === 0 || draw.chance(35) ? HOST_KEY : draw.int(0, domains.length - 1);
  const before = (length: number) => Array.from({ length }, () => (draw.chance(30) ? draw.int(1, 3) : 0));
  return {
    key,
    kind: (['spread', 'together', 'apart', 'apart-inverse'] as const)[draw.int(0, 3)] ?? 'spread',
    maxSkew: draw.int(1, 3),
    minDomains: draw.int(0, 3),
    counts: before(key === HOST_KEY ? 0 : (domains[key] ?? 0)),
    binCounts: before(key === HOST_KEY ? sizes.bins : 0),
    ...(draw.chance(20) && {
      countingOfferings: draw.some(sizes.offerings, 60),
      countingBins: draw.some(sizes.bins, 60),
    }),
  };
}

function bin(draw: Draw, sizes: Sizes, domains: readonly number[]): BinSpec {
  return {
    free: Array.from({ length: sizes.resources }, () => draw.int(0, 8)),
    domain: domains.map((size) => (draw.chance(10) ? -1 : draw.int(0, size - 1))),
    ports: draw.some(3, 15),
    volumes: volumes(draw, sizes, 1),
    volumeLimits: draw.some(sizes.drivers, 60).map((driver) => [driver, draw.int(0, 2)] as const),
  };
}

/** Handles are few, so that pods often share one. */
function volumes(draw: Draw, sizes: Sizes, most: number): { driver: number; handle: number }[] {
  if (sizes.drivers === 0) return [];
  return draw.list(0, most, () => ({ driver: draw.int(0, sizes.drivers - 1), handle: draw.int(0, 4) }));
}

function items(draw: Draw, sizes: Sizes, domains: readonly number[]): ItemSpec[] {
  const counts = draw.list(1, sizes.items, () => draw.int(1, sizes.podsPerItem));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const keys = draw.shuffled(Array.from({ length: total }, (_, key) => key));
  return counts.map((count) => ({
    requests: Array.from({ length: sizes.resources }, () => draw.int(0, 6)),
    priority: draw.int(0, 2),
    order: keys.splice(0, count),
    counted: draw.some(sizes.groups, 40),
    ports: draw.some(3, 8),
    volumes: draw.chance(30) ? volumes(draw, sizes, 3) : [],
    levels: draw.list(1, 3, () => level(draw, sizes, domains)),
  }));
}

function level(draw: Draw, sizes: Sizes, domains: readonly number[]): LevelSpec {
  return {
    alternatives: draw.list(1, 3, () =>
      draw.chance(50) ? {} : { offerings: draw.some(sizes.offerings, 60), bins: draw.some(sizes.bins, 60) },
    ),
    owned: draw
      .some(sizes.groups, 35)
      .map((index) => ({ group: index, eligible: draw.some(Math.max(0, ...domains), 75) })),
  };
}
