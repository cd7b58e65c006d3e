/**
 * Refuses what no packing can be trusted for: amounts that are no numbers, prices below zero, positions that lead nowhere, and
 * problems larger than memory allows. Looks at every number once, before anything is packed.
 */
import { checkItems } from './check-items.ts';
import {
  A_LIMIT,
  A_PRICE,
  AN_AMOUNT,
  amounts,
  below,
  checkMask,
  checkPorts,
  checkVolumes,
  isAmount,
  isLimit,
  isPosition,
  isPrice,
  lengthOf,
  MOST_NUMBERED,
  type Place,
  refuse,
} from './defect.ts';
import { type Group, HOST_KEY, type Mask, type Problem } from './problem.ts';

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

/** Reserved, spot, on demand. */
const PURCHASES = 3;

/** Throws `InvalidProblem` for the first thing that is wrong. */
export function checkProblem(problem: Problem): void {
  checkLimits(problem);
  checkShapes(problem);
  checkOfferings(problem);
  checkReservations(problem);
  checkPools(problem);
  for (const [index, { requests, ports }] of problem.overheadGroups.entries()) {
    lengthOf(requests, problem.resources, { kind: 'overheadGroup', index, field: 'requests' });
    amounts(requests, problem.resources, { kind: 'overheadGroup', index, field: 'requests' });
    checkPorts(ports, { kind: 'overheadGroup', index });
  }
  checkGroups(problem);
  checkItems(problem);
  checkBins(problem);
}

function checkLimits({ resources, items, offerings, bins, groups }: Problem): void {
  if (!(isAmount(resources) && resources > 0))
    refuse({ kind: 'problem', index: -1, field: 'resources' }, resources, 'a whole number from 1 on');
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

function checkShapes({ shapes, resources }: Problem): void {
  const { count, allocatable, capacity, volumeLimits } = shapes;
  whole('shapes.count', count);
  const place: Place = { kind: 'problem', index: -1, field: 'shapes' };
  lengthOf(allocatable, count * resources, { ...place, field: 'shapes.allocatable' });
  lengthOf(capacity, count * resources, { ...place, field: 'shapes.capacity' });
  for (const [driver, limits] of volumeLimits.entries())
    lengthOf(limits, count, { ...place, field: `shapes.volumeLimits[${driver}]` });
  for (let index = 0; index < count; index++) {
    amounts(allocatable, resources, { kind: 'shape', index, field: 'allocatable' }, index * resources);
    amounts(capacity, resources, { kind: 'shape', index, field: 'capacity' }, index * resources);
  }
}

/** A number of the problem as a whole. */
function whole(field: string, value: number): void {
  if (!isAmount(value)) refuse({ kind: 'problem', index: -1, field }, value, AN_AMOUNT);
}

function checkOfferings(problem: Problem): void {
  const { offerings, shapes, pools, overheadGroups, reservations, topologyDomains } = problem;
  const { count, price, exotic, variant, keyValue, domain } = offerings;
  whole('offerings.count', count);
  column('price', price, count);
  column('exotic', exotic, count);
  column('variant', variant, count);
  for (let index = 0; index < count; index++) checkPrice(price[index]!, 'offering', index);
  positions('shape', offerings.shape, count, shapes.count);
  positions('pool', offerings.pool, count, pools.length);
  positions('overheadGroup', offerings.overheadGroup, count, overheadGroups.length);
  positions('reservation', offerings.reservation, count, reservations.length, -1);
  positions('purchase', offerings.purchase, count, PURCHASES);
  for (const [key, domains] of topologyDomains.entries()) {
    whole(`topologyDomains[${key}]`, domains);
    positions(`domain[${key}]`, domain[key], count, domains, -1);
  }
  for (const [key, values] of keyValue.entries())
    positions(`keyValue[${key}]`, values, count, MOST_NUMBERED, -1);
}

function checkPrice(value: number, kind: 'offering' | 'bin', index: number): void {
  if (!isPrice(value)) refuse({ kind, index, field: 'price' }, value, A_PRICE);
}

/** One entry per offering. */
function column(field: string, values: { readonly length: number } | undefined, count: number): void {
  lengthOf(values, count, { kind: 'problem', index: -1, field: `offerings.${field}` });
}

function positions(
  field: string,
  values: Int32Array | undefined,
  count: number,
  end: number,
  least = 0,
): void {
  column(field, values, count);
  for (let index = 0; index < count; index++) {
    const value = values![index]!;
    if (value < least || value >= end) refuse({ kind: 'offering', index, field }, value, below(end, least));
  }
}

function checkReservations({ reservations }: Problem): void {
  for (const [index, units] of reservations.entries()) {
    if (!isAmount(units)) refuse({ kind: 'reservation', index, field: 'units' }, units, AN_AMOUNT);
  }
}

function checkPools({ pools, resources, offerings }: Problem): void {
  const keys = offerings.keyValue.length;
  for (const [index, { limits, nodesLeft, rank, minValues }] of pools.entries()) {
    lengthOf(limits, resources, { kind: 'pool', index, field: 'limits' });
    for (let at = 0; at < resources; at++) {
      if (!isLimit(limits[at]!))
        refuse({ kind: 'pool', index, field: 'limits', column: at }, limits[at]!, A_LIMIT);
    }
    if (!isLimit(nodesLeft)) refuse({ kind: 'pool', index, field: 'nodesLeft' }, nodesLeft, A_LIMIT);
    if (!Number.isFinite(rank)) refuse({ kind: 'pool', index, field: 'rank' }, rank, 'a finite number');
    for (const { key, min } of minValues) {
      if (!isPosition(key, keys)) refuse({ kind: 'pool', index, field: 'minValues.key' }, key, below(keys));
      if (!isLimit(min)) refuse({ kind: 'pool', index, field: 'minValues.min' }, min, A_LIMIT);
    }
  }
}

function checkGroups(problem: Problem): void {
  const { groups, topologyDomains, bins, offerings } = problem;
  for (const [index, group] of groups.entries()) {
    const { key, counts, binCounts, countingOfferings, countingBins } = group;
    const onHosts = key === HOST_KEY;
    const domains = onHosts ? 0 : topologyDomains[key];
    if (domains === undefined) {
      refuse({ kind: 'group', index, field: 'key' }, key, below(topologyDomains.length, HOST_KEY));
    }
    lengthOf(counts, domains, { kind: 'group', index, field: 'counts' });
    lengthOf(binCounts, onHosts ? bins.length : 0, { kind: 'group', index, field: 'binCounts' });
    checkNumbers(group, index);
    const place = { kind: 'group', index } as const;
    if (countingOfferings)
      checkMask(countingOfferings, offerings.count, { ...place, field: 'countingOfferings' });
    if (countingBins) checkMask(countingBins, bins.length, { ...place, field: 'countingBins' });
  }
}

function checkNumbers({ maxSkew, minDomains, counts, binCounts }: Group, index: number): void {
  for (const [field, value] of Object.entries({ maxSkew, minDomains })) {
    if (!isLimit(value)) refuse({ kind: 'group', index, field }, value, A_LIMIT);
  }
  for (const [field, values] of Object.entries({ counts, binCounts })) {
    for (const value of values) if (value < 0) refuse({ kind: 'group', index, field }, value, AN_AMOUNT);
  }
}

function checkBins({ bins, resources, topologyDomains }: Problem): void {
  for (const [index, { free, price, domain, ports, volumes, volumeLimits }] of bins.entries()) {
    lengthOf(free, resources, { kind: 'bin', index, field: 'free' });
    amounts(free, resources, { kind: 'bin', index, field: 'free' });
    checkPrice(price, 'bin', index);
    checkPorts(ports, { kind: 'bin', index });
    checkVolumes(volumes, { kind: 'bin', index });
    for (const limit of volumeLimits.values()) {
      if (!isLimit(limit)) refuse({ kind: 'bin', index, field: 'volumeLimits' }, limit, A_LIMIT);
    }
    for (const [key, domains] of topologyDomains.entries()) {
      const value = domain[key] ?? Number.NaN;
      if (!isPosition(value, domains, -1)) {
        refuse({ kind: 'bin', index, field: `domain[${key}]` }, value, below(domains, -1));
      }
    }
  }
}
