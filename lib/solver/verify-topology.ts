/**
 * Topology rules as far as the end state proves them. A rule is checked when a pod is placed, against the pods placed
 * before it; a plan does not record that order, and pods that a rule counts but does not bind may come later. So each
 * check below flags only what no order of placements explains:
 *
 * spread    In each domain: the pods there before, plus the owners placed there that count, exceed the smallest count
 *           over the eligible domains by more than maxSkew. The last of those owners saw all the others, and the smallest
 *           count only grows. Where all counted pods are owners this is the skew itself.
 * together  An owner is where nothing that counts is; or a domain was started by owners alone although each of them could
 *           have joined another one: one that held pods before, or one started likewise whose owners could have come here.
 * apart     An owner is where a counted pod was before; or two pods share a domain and either order is forbidden.
 */
import { hasBit } from './mask.ts';
import { type Group, HOST_KEY, type Item, type Level, type Mask, type Problem } from './problem.ts';
import type { Placement, Solution } from './solution.ts';
import { Choices } from './verify-choices.ts';
import { placementsByBin } from './verify-placement.ts';
import type { Violation } from './violation.ts';

/** A host with what was placed on it. */
interface Host {
  readonly index: number;
  /** Position in `solution.nodes`; absent for bins. */
  readonly node?: number;
  readonly pods: readonly Placement[];
  /** Per topology key, the domains it may be in; -1 stands for "without the label". */
  readonly domains: readonly (readonly number[])[];
  /** Whether its pods certainly count in a group. */
  readonly counting: (group: Group) => boolean;
}

/** A pod where it is, seen by one group. */
interface Standing {
  readonly pod: Placement;
  readonly host: Host;
  readonly domains: readonly number[];
  readonly owns: boolean;
  readonly counted: boolean;
  readonly eligible: Mask | undefined;
}

export function verifyTopology(
  problem: Problem,
  solution: Solution,
  choices = new Choices(problem),
): Violation[] {
  if (problem.groups.length === 0) return [];
  const standings = standingsOf(problem, hostsOf(problem, solution, choices));
  return problem.groups.flatMap((group, index) => verifyGroup(problem, group, standings[index]!));
}

function verifyGroup(problem: Problem, group: Group, standings: readonly Standing[]): Violation[] {
  switch (group.kind) {
    case 'spread':
      return verifySpread(problem, group, standings);
    case 'together':
      return verifyTogether(group, standings);
    case 'apart':
    case 'apart-inverse':
      return verifyApart(problem, group, standings);
  }
}

function hostsOf(problem: Problem, solution: Solution, choices: Choices): Host[] {
  const usedKeys = new Set(problem.groups.map(({ key }) => key));
  const onBins = placementsByBin(problem, solution);
  const bins = problem.bins.map((bin, index) => ({
    index,
    pods: onBins[index]!,
    domains: bin.domain.map((domain) => [domain]),
    counting: ({ countingBins }: Group) => !countingBins || hasBit(countingBins, index),
  }));
  const nodes = solution.nodes.map(({ offerings, placements }, node) => {
    const choice = choices.of(offerings);
    return {
      index: bins.length + node,
      node,
      pods: placements,
      domains: problem.offerings.domain.map((_, key) => (usedKeys.has(key) ? choice.domains(key) : [])),
      counting: ({ countingOfferings }: Group) => !countingOfferings || choice.meets(countingOfferings),
    };
  });
  return [...bins, ...nodes];
}

/** Per group the pods it concerns: those it binds and those it counts. */
function standingsOf(problem: Problem, hosts: readonly Host[]): Standing[][] {
  const standings = problem.groups.map((): Standing[] => []);
  for (const host of hosts) {
    for (const pod of host.pods) {
      const item = problem.items[pod.item]!;
      const level = item.levels[pod.level]!;
      // Most pods have no topology rule.
      if (level.owned.length + item.counted.length === 0) continue;
      for (const concern of concernsOf(item, level)) {
        const { key } = problem.groups[concern.group]!;
        const domains = key === HOST_KEY ? [host.index] : host.domains[key]!;
        standings[concern.group]!.push({ ...concern, pod, host, domains });
      }
    }
  }
  return standings;
}

/** What a group is to the pods of an item at a level. */
type Concern = Pick<Standing, 'owns' | 'counted' | 'eligible'> & { readonly group: number };

function concernsOf({ counted }: Item, { owned }: Level): Concern[] {
  const entries = new Map(owned.map((entry) => [entry.group, entry]));
  return [...new Set([...entries.keys(), ...counted])].map((group) => ({
    group,
    owns: entries.has(group),
    counted: counted.includes(group),
    eligible: entries.get(group)?.eligible,
  }));
}

function violation(rule: Violation['rule'], { pod, host }: Standing, message: string): Violation {
  return { rule, message, item: pod.item, ...(host.node === undefined ? {} : { node: host.node }) };
}

function before(group: Group, domain: number): number {
  return (group.key === HOST_KEY ? group.binCounts[domain] : group.counts[domain]) ?? 0;
}

/** Owners must be in domains that exist for them. */
function outside(group: Group, { domains, eligible }: Standing): number | undefined {
  if (group.key === HOST_KEY) return undefined;
  return domains.find((domain) => domain < 0 || (eligible !== undefined && !hasBit(eligible, domain)));
}

/** Per domain: pods there before and all counted pods that are certainly in it. */
function fullest(group: Group, standings: readonly Standing[]): Map<number, number> {
  const initial = group.key === HOST_KEY ? group.binCounts : group.counts;
  const counts = new Map<number, number>(initial.entries());
  for (const { counted, domains } of standings) {
    if (counted && domains.length === 1) counts.set(domains[0]!, (counts.get(domains[0]!) ?? 0) + 1);
  }
  return counts;
}

function byDomain(standings: readonly Standing[]): Map<number, Standing[]> {
  const map = new Map<number, Standing[]>();
  for (const standing of standings) {
    for (const domain of standing.domains) {
      const list = map.get(domain);
      if (list) list.push(standing);
      else map.set(domain, [standing]);
    }
  }
  return map;
}

function verifySpread(problem: Problem, group: Group, standings: readonly Standing[]): Violation[] {
  const owners = standings.filter(({ owns }) => owns);
  const unsettled = owners.find((owner) => owner.domains.length !== 1 || outside(group, owner) !== undefined);
  if (unsettled) return [violation('spread', unsettled, 'the node is not in one eligible domain')];
  const counts = fullest(group, standings);
  const found: Violation[] = [];
  for (const [domain, there] of byDomain(owners)) {
    const count =
      before(group, domain) + there.filter(({ counted, host }) => counted && host.counting(group)).length;
    const masks = [...new Set(there.map(({ eligible }) => eligible))];
    const least = Math.max(...masks.map((eligible) => smallest(problem, group, counts, eligible)));
    if (count - least > group.maxSkew) {
      const message = `${count} pods in domain ${domain} where the least is ${least}: more than ${group.maxSkew} apart`;
      found.push(violation('spread', there[0]!, message));
    }
  }
  return found;
}

/** The smallest count over the eligible domains; zero over hosts, since a new node is always possible. */
function smallest(
  problem: Problem,
  group: Group,
  counts: ReadonlyMap<number, number>,
  eligible: Mask | undefined,
): number {
  if (group.key === HOST_KEY) return 0;
  const domains = Array.from({ length: problem.topologyDomains[group.key]! }, (_, domain) => domain).filter(
    (domain) => !eligible || hasBit(eligible, domain),
  );
  if (domains.length < group.minDomains) return 0;
  return Math.min(...domains.map((domain) => counts.get(domain) ?? 0));
}

function verifyTogether(group: Group, standings: readonly Standing[]): Violation[] {
  const owners = standings.filter(({ owns }) => owns);
  const counts = fullest(group, standings);
  const alone = owners.find(
    (owner) =>
      outside(group, owner) !== undefined || owner.domains.some((domain) => (counts.get(domain) ?? 0) === 0),
  );
  if (alone) return [violation('together', alone, 'no pod to be with is in the domain')];
  const started = [...startedByOwners(group, standings)];
  const held = [...counts.keys()].filter((domain) => before(group, domain) > 0);
  const couldJoin = (there: readonly Standing[], domain: number) =>
    there.every(({ eligible }) => !eligible || hasBit(eligible, domain));
  return started.flatMap(([domain, there], at) => {
    const other =
      held.find((one) => couldJoin(there, one)) ??
      started.slice(at + 1).find(([one, others]) => couldJoin(there, one) && couldJoin(others, domain))?.[0];
    if (other === undefined) return [];
    return [
      violation('together', there[0]!, `domain ${domain} was started although ${other} could be joined`),
    ];
  });
}

/** Domains that held nothing and have only owners of the group now, all of them counting for certain. */
function startedByOwners(group: Group, standings: readonly Standing[]): Map<number, Standing[]> {
  const settled = standings.filter(({ domains }) => domains.length === 1);
  return new Map(
    [...byDomain(settled)].filter(
      ([domain, there]) =>
        before(group, domain) === 0 && there.every(({ owns, host }) => owns && host.counting(group)),
    ),
  );
}

function verifyApart(problem: Problem, group: Group, standings: readonly Standing[]): Violation[] {
  const isBound = ({ owns, counted }: Standing) => (group.kind === 'apart' ? owns : counted);
  const found: Violation[] = [];
  for (const [domain, there] of byDomain(standings)) {
    const bound = there.filter(isBound);
    if (bound.length === 0) continue;
    if (group.key !== HOST_KEY && domain < 0) {
      found.push(violation('apart', bound[0]!, 'the node may lack the label of the domain'));
    } else if (before(group, domain) > 0) {
      found.push(violation('apart', bound[0]!, `domain ${domain} held a pod to stay apart from`));
    }
    const pair = forbiddenPair(problem, group, there);
    if (pair) found.push(violation('apart', pair, `domain ${domain} has two pods that must be apart`));
  }
  return found;
}

/** A pod that shares the domain with another one although neither could have come after the other. */
function forbiddenPair(problem: Problem, group: Group, there: readonly Standing[]): Standing | undefined {
  const owners = there.filter(({ owns }) => owns);
  const counted = there.filter((standing) => standing.counted);
  return owners.find((owner) =>
    counted.some(
      (other) =>
        other.pod !== owner.pod &&
        mayNotFollow(problem, group.key, owner, other) &&
        mayNotFollow(problem, group.key, other, owner),
    ),
  );
}

/** Whether some group over this key keeps `later` out of the domains of `earlier`. */
function mayNotFollow(problem: Problem, key: number, later: Standing, earlier: Standing): boolean {
  const owns = ({ pod }: Standing, group: number) =>
    problem.items[pod.item]!.levels[pod.level]!.owned.some((entry) => entry.group === group);
  const counts = ({ pod }: Standing, group: number) => problem.items[pod.item]!.counted.includes(group);
  return problem.groups.some((group, index) => {
    if (group.key !== key || !earlier.host.counting(group)) return false;
    if (group.kind === 'apart') return owns(later, index) && counts(earlier, index);
    return group.kind === 'apart-inverse' && counts(later, index) && owns(earlier, index);
  });
}
