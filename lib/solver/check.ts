/**
 * Refuses what no packing can be trusted for: amounts that are no numbers, prices below zero, positions that lead nowhere, and
 * problems larger than memory allows. Looks at every number once, before anything is packed.
 */
import { HOST_KEY, type Mask, type Problem } from './problem.ts';

/** What is wrong: a field of the `index`th of its kind. */
export interface Defect {
  /** `problem`: not of one part; its index is -1. */
  readonly kind: 'item' | 'shape' | 'offering' | 'bin' | 'pool' | 'overheadGroup' | 'group' | 'problem';
  readonly index: number;
  /** As `Problem` names it; of a problem as a whole, the name of a limit. */
  readonly field: string;
  /** Where the field has one amount per resource column. */
  readonly column?: number;
  readonly value: number;
  readonly want: string;
}

export class InvalidProblem extends Error {
  readonly defect: Defect;

  constructor(defect: Defect) {
    const { kind, index, field, column, value, want } = defect;
    const part = index < 0 ? kind : `${kind} ${index}`;
    super(`${part}: ${field}${column === undefined ? '' : `, column ${column},`} is ${value}: want ${want}`);
    this.name = 'InvalidProblem';
    this.defect = defect;
  }
}

/**
 * What a problem may hold at most, so that solving it stays within 1 GiB. In the worst case each pod gets a node of its own with
 * a set of offerings of its own: one bit for each pod and offering. The others bound what the problem itself takes.
 */
export const LIMITS = {
  'pods times offerings': 4_000_000_000,
  offerings: 200_000,
  'distinct items': 200_000,
  bins: 50_000,
  resources: 64,
  'bytes of masks': 256 * 2 ** 20,
  'counts of groups': 50_000_000,
} as const;

const MAX = 2 ** 53 - 1;
const AN_AMOUNT = 'a whole number from 0 to 2^53 - 1';
const A_PRICE = 'a number from 0 to 2^53 - 1';
const A_LIMIT = 'a number that is not negative, or Infinity';
const below = (count: number, least = 0): string =>
  `a position from ${least} up to, but not including, ${count}`;

/** Throws `InvalidProblem` for the first thing that is wrong. */
export function checkProblem(problem: Problem): void {
  checkLimits(problem);
  checkShapes(problem);
  checkOfferings(problem);
  checkPools(problem);
  for (const [index, { requests }] of problem.overheadGroups.entries()) {
    amounts(requests, problem.resources, { kind: 'overheadGroup', index, field: 'requests' });
  }
  checkGroups(problem);
  checkItems(problem);
  checkBins(problem);
}

type Place = Pick<Defect, 'kind' | 'index' | 'field' | 'column'>;

function refuse(place: Place, value: number, want: string): never {
  throw new InvalidProblem({ ...place, value, want });
}

function checkLimits({ resources, items, offerings, bins, groups }: Problem): void {
  const pods = items.reduce((sum, { order }) => sum + order.length, 0);
  const sizes: Record<keyof typeof LIMITS, number> = {
    'pods times offerings': pods * offerings.count,
    offerings: offerings.count,
    'distinct items': items.length,
    bins: bins.length,
    resources,
    'bytes of masks': bytesOfMasks(items),
    'counts of groups': groups.reduce(
      (sum, { counts, binCounts }) => sum + counts.length + binCounts.length,
      0,
    ),
  };
  for (const field of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
    const place: Place = { kind: 'problem', index: -1, field };
    if (!(sizes[field] <= LIMITS[field])) refuse(place, sizes[field], `at most ${LIMITS[field]}`);
  }
}

function bytesOfMasks(items: Problem['items']): number {
  const masks = new Set<Mask>();
  for (const levels of new Set(items.map((item) => item.levels))) {
    for (const { alternatives } of levels) {
      for (const { offerings, bins } of alternatives) masks.add(offerings).add(bins);
    }
  }
  let bytes = 0;
  for (const mask of masks) bytes += mask.byteLength;
  return bytes;
}

function amounts(rows: Float64Array, columns: number, place: Place, from = 0): void {
  if (rows.length < from + columns)
    refuse({ ...place, field: `${place.field}.length` }, rows.length, `${columns}`);
  for (let column = 0; column < columns; column++) {
    const value = rows[from + column]!;
    if (!isAmount(value)) refuse({ ...place, column }, value, AN_AMOUNT);
  }
}

/** Not of NaN either, which no comparison holds for. */
const isAmount = (value: number): boolean => value >= 0 && value <= MAX && value === Math.floor(value);

function checkShapes({ shapes: { count, allocatable, capacity }, resources }: Problem): void {
  for (let index = 0; index < count; index++) {
    amounts(allocatable, resources, { kind: 'shape', index, field: 'allocatable' }, index * resources);
    amounts(capacity, resources, { kind: 'shape', index, field: 'capacity' }, index * resources);
  }
}

function checkOfferings(problem: Problem): void {
  const { offerings, shapes, pools, overheadGroups, reservations, topologyDomains } = problem;
  const { count, price } = offerings;
  for (let index = 0; index < count; index++) checkPrice(price[index]!, 'offering', index);
  positions('shape', offerings.shape, count, shapes.count);
  positions('pool', offerings.pool, count, pools.length);
  positions('overheadGroup', offerings.overheadGroup, count, overheadGroups.length);
  positions('reservation', offerings.reservation, count, reservations.length, -1);
  for (const [key, domains] of topologyDomains.entries()) {
    positions(`domain[${key}]`, offerings.domain[key], count, domains, -1);
  }
}

/** A missing price reads as undefined, which is no number of that range either. */
function checkPrice(value: number, kind: 'offering' | 'bin', index: number): void {
  if (!(value >= 0 && value <= MAX)) refuse({ kind, index, field: 'price' }, value, A_PRICE);
}

function positions(
  field: string,
  values: Int32Array | undefined,
  count: number,
  end: number,
  least = 0,
): void {
  for (let index = 0; index < count; index++) {
    const value = values?.[index] ?? Number.NaN;
    if (!(value >= least && value < end))
      refuse({ kind: 'offering', index, field }, value, below(end, least));
  }
}

function checkPools({ pools, resources }: Problem): void {
  for (const [index, { limits, nodesLeft }] of pools.entries()) {
    for (let column = 0; column < resources; column++) {
      const value = limits[column]!;
      if (!(value >= 0)) refuse({ kind: 'pool', index, field: 'limits', column }, value, A_LIMIT);
    }
    if (!(nodesLeft >= 0)) refuse({ kind: 'pool', index, field: 'nodesLeft' }, nodesLeft, A_LIMIT);
  }
}

function checkGroups({ groups, topologyDomains, bins }: Problem): void {
  for (const [index, { key, counts, binCounts }] of groups.entries()) {
    const onHosts = key === HOST_KEY;
    const domains = onHosts ? 0 : topologyDomains[key];
    if (domains === undefined) {
      refuse({ kind: 'group', index, field: 'key' }, key, below(topologyDomains.length, HOST_KEY));
    }
    lengthOf(counts, domains, { kind: 'group', index, field: 'counts' });
    lengthOf(binCounts, onHosts ? bins.length : 0, { kind: 'group', index, field: 'binCounts' });
  }
}

function lengthOf({ length }: Int32Array, wanted: number, place: Place): void {
  if (length !== wanted) refuse({ ...place, field: `${place.field}.length` }, length, `${wanted}`);
}

function checkItems({ items, resources, offerings, bins, groups }: Problem): void {
  // Items that differ in size only share their levels.
  const looked = new Set<Problem['items'][number]['levels']>();
  for (const [index, { requests, levels, counted }] of items.entries()) {
    amounts(requests, resources, { kind: 'item', index, field: 'requests' });
    for (const group of counted) checkGroupOf(index, 'counted', group, groups.length);
    if (looked.has(levels)) continue;
    looked.add(levels);
    for (const { alternatives, owned } of levels) {
      for (const { group } of owned) checkGroupOf(index, 'owned', group, groups.length);
      for (const alternative of alternatives) {
        checkMask(alternative.offerings, offerings.count, { kind: 'item', index, field: 'offerings' });
        checkMask(alternative.bins, bins.length, { kind: 'item', index, field: 'bins' });
      }
    }
  }
}

function checkGroupOf(index: number, field: string, group: number, count: number): void {
  if (!(group >= 0 && group < count)) refuse({ kind: 'item', index, field }, group, below(count));
}

/** Too few words: positions beyond read as unset, and what is there may be of another problem. */
function checkMask(mask: Mask, size: number, place: Place): void {
  const words = Math.ceil(size / 32);
  if (mask.length < words)
    refuse({ ...place, field: `${place.field}.length` }, mask.length, `${words} words`);
}

function checkBins({ bins, resources, topologyDomains }: Problem): void {
  for (const [index, { free, price, domain }] of bins.entries()) {
    amounts(free, resources, { kind: 'bin', index, field: 'free' });
    checkPrice(price, 'bin', index);
    for (const [key, domains] of topologyDomains.entries()) {
      const value = domain[key] ?? Number.NaN;
      if (!(value >= -1 && value < domains)) {
        refuse({ kind: 'bin', index, field: `domain[${key}]` }, value, below(domains, -1));
      }
    }
  }
}
