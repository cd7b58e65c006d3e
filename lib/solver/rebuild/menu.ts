/** What new nodes may start from in one packing: some drawn offerings of each pool first, and then all of it. */
import { createMask, setBit } from '../mask.ts';
import type { OfferingSet } from '../offering-sets.ts';
import type { Kit } from '../packer.ts';
import type { Starts } from '../planned-nodes.ts';
import type { Draws } from '../search/draws.ts';
import type { Template } from '../template.ts';

const KINDS = ['alone', 'same-shape', 'same-place', 'up-to-price'] as const;
type Kind = (typeof KINDS)[number];

/** How often a packing starts nodes from drawn offerings: for each node other ones, or the same for all. */
const DRAWN = 0.9;
const ALIKE = 0.4;
/** How often a node does, where it is drawn for each. */
const DRAWN_NODE = 0.85;
/** A pool of no more offerings than this offers any of them together. */
const FEW = 24;

/**
 * Pools stay in their order of choice: one whose drawn offerings refuse a pod is asked as a whole before the next one, so
 * a pod never opens a node in a pool that comes after one that would have taken it.
 */
export class Menu {
  private readonly kit: Kit;
  private readonly draws: Draws;
  private readonly pools: readonly PoolMenu[];
  private readonly known = new Map<string, OfferingSet | null>();
  private readonly whole: readonly OfferingSet[];

  /** `prices` are what a unit of each resource is worth. */
  constructor(kit: Kit, prices: Float64Array, draws: Draws) {
    this.kit = kit;
    this.draws = draws;
    const pools = [...new Set(kit.templates.map(({ pool }) => pool))];
    this.pools = pools.map((pool) => poolMenu(kit, pool, prices));
    this.whole = this.pools.flatMap(({ wholes }) => wholes);
  }

  /** The starts of one packing. */
  draw(): Starts {
    const { draws, pools } = this;
    if (draws.share() > DRAWN) return () => this.whole;
    if (draws.share() < ALIKE) {
      const alike = pools.flatMap((pool) => startsIn(pool, this.fewOf(pool)));
      return () => alike;
    }
    const drawn: (readonly OfferingSet[])[] = [];
    return (nodes) => {
      drawn[nodes] ??= pools.flatMap((pool) =>
        startsIn(pool, draws.share() < DRAWN_NODE ? this.oneOf(pool) : null),
      );
      return drawn[nodes];
    };
  }

  private oneOf({ dishes }: PoolMenu): OfferingSet | null {
    const { draws } = this;
    // Those that are worth their price come first; any may be what a rest needs.
    const share = draws.share();
    const dish = dishes[Math.floor((draws.share() < 0.5 ? share : share * share) * dishes.length)]!;
    return this.some(dish, KINDS[draws.below(KINDS.length)]!);
  }

  /** Half of the offerings of one template, whichever they are; where there are many, those like one of them. */
  private fewOf(pool: PoolMenu): OfferingSet | null {
    const { draws } = this;
    if (pool.dishes.length > FEW || draws.share() < 0.5) return this.oneOf(pool);
    const { sets, names, problem } = this.kit;
    const whole = pool.wholes[draws.below(pool.wholes.length)]!;
    const mask = createMask(problem.offerings.count);
    for (const at of whole.template.rows.offerings) if (draws.below(2) === 0) setBit(mask, at);
    return sets.within(whole, names.named(mask));
  }

  private some({ template, offering }: Dish, kind: Kind): OfferingSet | null {
    const name = `${offering} ${kind}`;
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const { sets, names, problem } = this.kit;
    const isLike = likeness(this.kit, offering, kind);
    const mask = createMask(problem.offerings.count);
    for (const at of template.rows.offerings) if (isLike(at)) setBit(mask, at);
    const some = sets.within(sets.whole(template), names.named(mask));
    this.known.set(name, some);
    return some;
  }
}

const startsIn = ({ wholes }: PoolMenu, some: OfferingSet | null): readonly OfferingSet[] =>
  some ? [some, ...wholes] : wholes;

interface Dish {
  readonly template: Template;
  readonly offering: number;
}

interface PoolMenu {
  readonly wholes: readonly OfferingSet[];
  /** Those that give most worth for their price come first. */
  readonly dishes: readonly Dish[];
}

function poolMenu({ problem, sets, templates }: Kit, pool: number, prices: Float64Array): PoolMenu {
  const own = templates.filter((template) => template.pool === pool);
  const dishes = own.flatMap((template) =>
    [...template.rows.start.keys()].slice(1).flatMap((end) => {
      const row = end - 1;
      const { room, start, offerings } = template.rows;
      const at = row * problem.resources;
      const worth = worthOf(room.subarray(at, at + problem.resources), prices);
      return Array.from(offerings.subarray(start[row]!, start[end]!), (offering) => ({
        template,
        offering,
        // Of two without worth the cheaper one comes first.
        dearness: (problem.offerings.price[offering]! + 1) / (worth + 1),
      }));
    }),
  );
  return {
    wholes: own.map((template) => sets.whole(template)),
    dishes: dishes.sort((a, b) => a.dearness - b.dearness || a.offering - b.offering),
  };
}

function worthOf(room: Float64Array, prices: Float64Array): number {
  let worth = 0;
  for (let column = 0; column < room.length; column++) worth += prices[column]! * Math.max(0, room[column]!);
  return worth;
}

function likeness({ problem }: Kit, offering: number, kind: Kind): (other: number) => boolean {
  const { price, shape, overheadGroup, domain } = problem.offerings;
  const isSamePlace = (other: number) => domain.every((column) => column[other] === column[offering]);
  const isNoDearer = (other: number) => price[other]! <= price[offering]!;
  switch (kind) {
    case 'alone':
      return (other) => other === offering;
    case 'same-shape':
      return (other) => shape[other] === shape[offering] && overheadGroup[other] === overheadGroup[offering];
    case 'same-place':
      return (other) => isSamePlace(other) && isNoDearer(other);
    case 'up-to-price':
      return isNoDearer;
  }
}
