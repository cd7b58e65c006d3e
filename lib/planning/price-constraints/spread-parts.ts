// What a spread forces, in a form that the fluid programme sees. With at most `maxSkew` between domains each of them gets
// some pods of an item whatever the plan: those become items of their own, bound to the domain. And none gets more than so
// many, so that no node does. Every plan of the problem is one of the result: a bound on this is a bound on that.
import {
  type Alternative,
  createMask,
  type Group,
  HOST_KEY,
  type Item,
  isSubset,
  type Mask,
  type Problem,
  positionsOf,
  setBit,
} from '../../solver/index.ts';

/** Zones are a handful. Hundreds of items would make the programme coarser, which costs more than they prove. */
const MAX_DOMAINS = 12;

/** The same problem when no spread forces anything. */
export function withSpreadParts(problem: Problem): Problem {
  const inDomain = domainMasks(problem);
  const groups = [...problem.groups];
  const items = problem.items.flatMap((item, index) => partsOf(problem, item, index, inDomain, groups));
  return groups.length === problem.groups.length ? problem : { ...problem, items, groups };
}

type DomainMasks = (key: number, domain: number) => Alternative;

/** Adds to `groups` what no node may hold more of. */
function partsOf(
  problem: Problem,
  item: Item,
  index: number,
  inDomain: DomainMasks,
  groups: Group[],
): Item[] {
  const [level, ...others] = item.levels;
  if (level === undefined || others.length > 0) return [item];
  for (const { group: at, eligible } of level.owned) {
    const group = problem.groups[at];
    if (group === undefined || !isItsOwn(problem, index, at, group)) continue;
    const all = positionsOf(eligible ?? allOf(problem.topologyDomains[group.key] ?? 0));
    if (all.length === 0 || all.length > MAX_DOMAINS) continue;
    const forced = forcedInto(group, all, item.order.length);
    const perHost = groups.push(onOneHost(problem, mostIn(group, all, item.order.length))) - 1;
    const capped = {
      ...item,
      counted: [...item.counted, perHost],
      levels: [{ ...level, owned: [...level.owned, { group: perHost }] }],
    };
    const bound = all.map((domain, place): Item => {
      const from = sum(forced.slice(0, place));
      const alternatives = level.alternatives.map((one) => both(one, inDomain(group.key, domain)));
      return {
        ...capped,
        order: item.order.slice(from, from + (forced[place] ?? 0)),
        levels: capped.levels.map((one) => ({ ...one, alternatives })),
      };
    });
    const free = { ...capped, order: item.order.slice(sum(forced)) };
    return [...bound, free].filter(({ order }) => order.length > 0);
  }
  return [item];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** A spread over domains in which only this item's pods count, wherever they are. */
function isItsOwn({ items }: Problem, index: number, at: number, group: Group): boolean {
  if (group.kind !== 'spread' || group.key === HOST_KEY) return false;
  const isCounted = items.every(({ counted }, other) => counted.includes(at) === (other === index));
  return (
    isCounted && (items[index]?.levels ?? []).every(({ alternatives }) => alternatives.every(counts(group)))
  );
}

const counts =
  ({ countingOfferings, countingBins }: Group) =>
  ({ offerings, bins }: Alternative): boolean =>
    (countingOfferings === undefined || isSubset(offerings, countingOfferings)) &&
    (countingBins === undefined || isSubset(bins, countingBins));

/**
 * Pods that each domain gets at least. If it got fewer, the others could not take the rest: none of them may hold more
 * than `maxSkew` above the least, which is no more than what this one holds.
 */
function forcedInto(group: Group, domains: readonly number[], pods: number): number[] {
  const before = domains.map((domain) => group.counts[domain] ?? 0);
  const isZero = domains.length < group.minDomains;
  return before.map((here, place) => {
    const elsewhere = (got: number): number => {
      const most = (isZero ? 0 : here + got) + group.maxSkew;
      return sum(before.map((there, other) => (other === place ? 0 : Math.max(0, most - there))));
    };
    let got = 0;
    while (got < pods && got + elsewhere(got) < pods) got += 1;
    return got;
  });
}

/** Pods that any domain gets at most: the least is no more than the mean. */
function mostIn(group: Group, domains: readonly number[], pods: number): number {
  const before = domains.map((domain) => group.counts[domain] ?? 0);
  const mean = domains.length < group.minDomains ? 0 : Math.floor((pods + sum(before)) / domains.length);
  return Math.max(0, mean + group.maxSkew - Math.min(...before));
}

/** A node is in one domain, and so holds no more than a domain. */
const onOneHost = ({ bins }: Problem, most: number): Group => ({
  key: HOST_KEY,
  kind: 'spread',
  maxSkew: most,
  minDomains: 0,
  counts: new Int32Array(0),
  binCounts: new Int32Array(bins.length),
});

function domainMasks({ offerings, bins }: Problem): DomainMasks {
  const known = new Map<string, Alternative>();
  return (key, domain) => {
    const name = `${key} ${domain}`;
    const masks = known.get(name) ?? {
      offerings: where(offerings.count, (at) => offerings.domain[key]?.[at] === domain),
      bins: where(bins.length, (at) => bins[at]?.domain[key] === domain),
    };
    known.set(name, masks);
    return masks;
  };
}

function where(count: number, holds: (at: number) => boolean): Mask {
  const mask = createMask(count);
  for (let at = 0; at < count; at++) if (holds(at)) setBit(mask, at);
  return mask;
}

const both = (a: Alternative, b: Alternative): Alternative => ({
  offerings: a.offerings.map((word, at) => word & (b.offerings[at] ?? 0)),
  bins: a.bins.map((word, at) => word & (b.bins[at] ?? 0)),
});

const allOf = (count: number): Mask => where(count, () => true);
