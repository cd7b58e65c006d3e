/**
 * Topology rules as rows, where the end state alone decides whether they hold: then what the exact model allows is what
 * `verify` allows. Rules that lean on the order in which pods are placed are refused.
 */
import { countBits, HOST_KEY, hasBit, type Problem } from '../../lib/solver/index.ts';
import { type Host, pick } from './hosts.ts';
import type { IntegerProgram, Term } from './integer-program.ts';
import { notModelled } from './refusal.ts';

/** The variables that say how many pods of an item are on a host; hosts that cannot hold any are left out. */
export type Counts = readonly { readonly item: number; readonly host: Host; readonly variable: number }[];

export interface Rule {
  /** False where the rule alone keeps every pod of the item off the host. */
  mayEnter(item: number, host: Host): boolean;
  addRows(program: IntegerProgram, counts: Counts): void;
}

export function topologyRules(problem: Problem): Rule[] {
  const keys = [HOST_KEY, ...problem.topologyDomains.keys()];
  return [
    ...problem.groups.flatMap((_, index) => groupRules(problem, index)),
    ...keys.map((key) => apartRule(problem, key)),
  ];
}

function groupRules(problem: Problem, index: number): Rule[] {
  const group = pick(problem.groups, index);
  if (group.countingOfferings ?? group.countingBins)
    throw notModelled('groups that count on some nodes only');
  const owners = itemsWhere(problem, (item) => owns(problem, item, index));
  switch (group.kind) {
    case 'spread':
      return owners.length === 0 ? [] : [spreadRule(problem, index, owners)];
    case 'together':
      refuseEligible(problem, index, owners);
      return owners.length === 0 ? [] : [togetherRule(problem, index, owners)];
    case 'apart':
    case 'apart-inverse':
      refuseEligible(problem, index, owners);
      return [barredRule(problem, index, group.kind === 'apart' ? owners : countedItems(problem, index))];
  }
}

/** Among its owners, who are all that it counts: the most crowded domain with owners and the least crowded one. */
function spreadRule(problem: Problem, index: number, owners: readonly number[]): Rule {
  const group = pick(problem.groups, index);
  if (!isSame(owners, countedItems(problem, index))) {
    throw notModelled('a spread whose owners are not the pods that it counts');
  }
  const { key, maxSkew } = group;
  const eligible = key === HOST_KEY ? undefined : eligibleDomains(problem, index, owners);
  const leastIsZero = eligible === undefined || eligible.length < group.minDomains;
  return {
    mayEnter: (item, host) => {
      if (!owners.includes(item)) return true;
      const domain = domainOf(host, key);
      if (eligible !== undefined && !eligible.includes(domain)) return false;
      return !leastIsZero || before(problem, index, host) < maxSkew;
    },
    addRows: (program, counts) => {
      const byDomain = variablesByDomain(counts, owners, key);
      if (leastIsZero) {
        for (const { host, variables } of byDomain.values()) {
          program.atMost(ones(variables), maxSkew - before(problem, index, host));
        }
      } else addSkewRows(program, problem, index, byDomain, eligible);
    },
  };
}

function addSkewRows(
  program: IntegerProgram,
  problem: Problem,
  index: number,
  byDomain: ReadonlyMap<number, DomainVariables>,
  eligible: readonly number[],
): void {
  const { counts, maxSkew } = pick(problem.groups, index);
  const pods = problem.items.reduce((sum, { order }) => sum + order.length, 0);
  const least = program.variable(Math.max(...counts) + pods);
  for (const domain of eligible) {
    const there = pick(counts, domain);
    const variables = byDomain.get(domain)?.variables ?? [];
    program.atMost([[1, least], ...scaled(-1, variables)], there);
    if (variables.length === 0) continue;
    // A domain without owners may be as full as it was.
    const slack = there + pods;
    const present = program.presenceOf(variables);
    program.atMost([...ones(variables), [-1, least], [slack, present]], maxSkew - there + slack);
  }
}

function togetherRule(problem: Problem, index: number, owners: readonly number[]): Rule {
  const counted = countedItems(problem, index);
  if (isSame(owners, counted)) return togetherAmongThemselves(problem, index, owners);
  if (!owners.some((item) => counted.includes(item))) {
    return togetherWithOthers(problem, index, owners, counted);
  }
  throw notModelled('an affinity of which some owners count themselves');
}

/** Where counted pods were before; all in one domain where there were none. */
function togetherAmongThemselves(problem: Problem, index: number, owners: readonly number[]): Rule {
  const { key, counts, binCounts } = pick(problem.groups, index);
  const anyBefore = [...counts, ...binCounts].some((count) => count > 0);
  return {
    mayEnter: (item, host) =>
      !owners.includes(item) ||
      (domainOf(host, key) >= 0 && (!anyBefore || before(problem, index, host) > 0)),
    addRows: (program, all) => {
      if (anyBefore) return;
      const domains = [...variablesByDomain(all, owners, key).values()];
      program.atMost(ones(domains.map(({ variables }) => program.presenceOf(variables))), 1);
    },
  };
}

function togetherWithOthers(
  problem: Problem,
  index: number,
  owners: readonly number[],
  others: readonly number[],
): Rule {
  const { key } = pick(problem.groups, index);
  return {
    mayEnter: (item, host) => !owners.includes(item) || domainOf(host, key) >= 0,
    addRows: (program, all) => {
      const hosts = variablesByDomain(all, others, key);
      for (const { item, host, variable } of all) {
        if (!owners.includes(item) || before(problem, index, host) > 0) continue;
        const most = pick(problem.items, item).order.length;
        const near = hosts.get(domainOf(host, key))?.variables ?? [];
        program.atMost([[1, variable], ...scaled(-most, near)], 0);
      }
    },
  };
}

/** What stays out of the domains that held a pod to stay apart from. */
function barredRule(problem: Problem, index: number, bound: readonly number[]): Rule {
  const { key } = pick(problem.groups, index);
  return {
    mayEnter: (item, host) =>
      !bound.includes(item) || (domainOf(host, key) >= 0 && before(problem, index, host) === 0),
    addRows: () => {},
  };
}

/** Pods that may not share a domain of the key, in whichever order they come. */
function apartRule(problem: Problem, key: number): Rule {
  const items = [...problem.items.keys()];
  const pairs = items.flatMap((a) => items.filter((b) => b >= a).map((b) => [a, b] as const));
  const forbidden = pairs.filter(([a, b]) => {
    const [one, other] = [mayNotFollow(problem, key, a, b), mayNotFollow(problem, key, b, a)];
    if (one !== other) throw notModelled('an anti-affinity that binds in one direction');
    return one;
  });
  return {
    mayEnter: () => true,
    addRows: (program, counts) => {
      const byItem = items.map((item) => variablesByDomain(counts, [item], key));
      for (const [a, b] of forbidden) {
        for (const [domain, { variables }] of pick(byItem, a)) {
          const others = pick(byItem, b).get(domain)?.variables ?? [];
          if (a === b) program.atMost(ones(variables), 1);
          else if (others.length > 0) {
            program.atMost(ones([program.presenceOf(variables), program.presenceOf(others)]), 1);
          }
        }
      }
    },
  };
}

/** Whether some group over the key keeps `later` out of the domains of `earlier`. */
function mayNotFollow(problem: Problem, key: number, later: number, earlier: number): boolean {
  return problem.groups.some((group, index) => {
    if (group.key !== key) return false;
    const [owner, counted] = group.kind === 'apart' ? [later, earlier] : [earlier, later];
    const binds = group.kind === 'apart' || group.kind === 'apart-inverse';
    return binds && owns(problem, owner, index) && pick(problem.items, counted).counted.includes(index);
  });
}

interface DomainVariables {
  /** One of the domain's hosts. */
  readonly host: Host;
  readonly variables: number[];
}

function variablesByDomain(
  counts: Counts,
  items: readonly number[],
  key: number,
): Map<number, DomainVariables> {
  const byDomain = new Map<number, DomainVariables>();
  for (const { item, host, variable } of counts) {
    if (!items.includes(item)) continue;
    const known = byDomain.get(domainOf(host, key));
    if (known) known.variables.push(variable);
    else byDomain.set(domainOf(host, key), { host, variables: [variable] });
  }
  return byDomain;
}

const domainOf = (host: Host, key: number): number =>
  key === HOST_KEY ? host.index : pick(host.domains, key);

/** What the host's domain held; a new node held nothing. */
function before(problem: Problem, index: number, host: Host): number {
  const { key, counts, binCounts } = pick(problem.groups, index);
  if (key === HOST_KEY) return host.bin === undefined ? 0 : pick(binCounts, host.bin);
  return counts[pick(host.domains, key)] ?? 0;
}

const owns = ({ items }: Problem, item: number, group: number): boolean =>
  pick(pick(items, item).levels, 0).owned.some((entry) => entry.group === group);

const itemsWhere = ({ items }: Problem, holds: (item: number) => boolean): number[] =>
  [...items.keys()].filter(holds);

const countedItems = (problem: Problem, group: number): number[] =>
  itemsWhere(problem, (item) => pick(problem.items, item).counted.includes(group));

function eligibleDomains(problem: Problem, index: number, owners: readonly number[]): number[] {
  const size = pick(problem.topologyDomains, pick(problem.groups, index).key);
  const lists = owners.map((item) => {
    const mask = ownedEntry(problem, item, index)?.eligible;
    return Array.from({ length: size }, (_, domain) => domain).filter((at) => !mask || hasBit(mask, at));
  });
  const first = pick(lists, 0);
  if (!lists.every((list) => isSame(list, first))) {
    throw notModelled('a spread whose owners count different domains');
  }
  return first;
}

function refuseEligible(problem: Problem, index: number, owners: readonly number[]): void {
  const size = problem.topologyDomains[pick(problem.groups, index).key] ?? 0;
  const isPart = (item: number) => {
    const mask = ownedEntry(problem, item, index)?.eligible;
    return mask !== undefined && countBits(mask) < size;
  };
  if (owners.some(isPart)) throw notModelled('eligible domains of an affinity');
}

const ownedEntry = ({ items }: Problem, item: number, group: number) =>
  pick(pick(items, item).levels, 0).owned.find((entry) => entry.group === group);

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);

const scaled = (coefficient: number, variables: readonly number[]): Term[] =>
  variables.map((variable) => [coefficient, variable]);

const ones = (variables: readonly number[]): Term[] => scaled(1, variables);
