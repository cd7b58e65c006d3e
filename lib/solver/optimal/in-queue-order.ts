/**
 * Whether the pods of a plan get where it wants them when they come in the order of the queue. A topology rule is checked
 * as a pod comes: where a group counts pods that it does not bind, a plan that some other order explains may leave pods
 * waiting for good, since each may go onto its own node only.
 */
import { hasBit } from '../mask.ts';
import { type Group, HOST_KEY, type Item, type OwnedGroup, type Problem } from '../problem.ts';
import type { Placement, Solution } from '../solution.ts';
import { Choices } from '../verify-choices.ts';

/**
 * Whether a plan leaves no more pods waiting than the known one does. Where that one was made for the important pods first,
 * and the queue alone would leave some of its pods waiting, the important ones come first here, too.
 */
export function orderKeeper(problem: Problem, known: Solution): (solution: Solution) => boolean {
  if (!isOrderSensitive(problem)) return () => true;
  const choices = new Choices(problem);
  const [inQueue, byPriority] = [false, true].map((first) => strandedPods(problem, known, first, choices));
  const isByPriority = byPriority! < inQueue!;
  const most = isByPriority ? byPriority! : inQueue!;
  return (solution) => strandedPods(problem, solution, isByPriority, choices) <= most;
}

/**
 * How many placed pods wait for good when they come in the order of the queue, or by priority and then in that order, and
 * those that wait try again and again.
 */
export function strandedPods(
  problem: Problem,
  solution: Solution,
  isByPriority = false,
  choices = new Choices(problem),
): number {
  if (!isOrderSensitive(problem)) return 0;
  const replay = new Replay(problem, solution, choices);
  let waiting = podsInOrder(problem, solution, isByPriority);
  for (let before = waiting.length + 1; waiting.length > 0 && waiting.length < before; ) {
    before = waiting.length;
    waiting = waiting.filter((pod) => !replay.place(pod));
  }
  return waiting.length;
}

/** Where every group counts exactly the pods that it binds, their order is all one. */
function isOrderSensitive({ groups, items }: Problem): boolean {
  if (groups.length === 0) return false;
  return items.some(({ counted, levels }) => {
    for (const { owned } of levels) {
      if (owned.length !== counted.length || owned.some(({ group }) => !counted.includes(group))) return true;
    }
    return false;
  });
}

/** A pod where the plan has it; bins are the first hosts. */
interface Standing {
  readonly order: number;
  readonly item: Item;
  readonly owned: readonly OwnedGroup[];
  readonly host: number;
}

/** Those that a group binds or counts. */
function podsInOrder(
  { items, bins }: Problem,
  { nodes, onBins }: Solution,
  isByPriority: boolean,
): Standing[] {
  const pods: Standing[] = [];
  const add = ({ item: index, order, level }: Placement, host: number) => {
    const item = items[index]!;
    const { owned } = item.levels[level]!;
    if (owned.length + item.counted.length > 0) pods.push({ order, item, owned, host });
  };
  for (const pod of onBins) add(pod, pod.bin);
  for (const [at, { placements }] of nodes.entries()) {
    for (const pod of placements) add(pod, bins.length + at);
  }
  // No two pods have the same place in the queue.
  const rank = ({ item }: Standing) => (isByPriority ? -item.priority : 0);
  return pods.sort((a, b) => rank(a) - rank(b) || a.order - b.order);
}

class Replay {
  private readonly problem: Problem;
  private readonly nodes: Solution['nodes'];
  private readonly choices: Choices;
  /** Per group: pods per domain, or per host. */
  private readonly counts: readonly number[][];

  constructor(problem: Problem, { nodes }: Solution, choices: Choices) {
    this.problem = problem;
    this.nodes = nodes;
    this.choices = choices;
    this.counts = problem.groups.map(({ key, counts, binCounts }) =>
      key === HOST_KEY
        ? [...binCounts, ...new Array<number>(problem.bins.length - binCounts.length + nodes.length).fill(0)]
        : [...counts],
    );
  }

  /** Whether the pod may come now; then it is counted. */
  place(pod: Standing): boolean {
    const { groups } = this.problem;
    const { counted } = pod.item;
    for (const owned of pod.owned) {
      const isInverse = groups[owned.group]!.kind === 'apart-inverse';
      if (!isInverse && !this.admits(owned, counted.includes(owned.group), pod.host)) return false;
    }
    for (const group of counted) {
      const isInverse = groups[group]!.kind === 'apart-inverse';
      if (isInverse && !this.admits({ group }, true, pod.host)) return false;
    }
    for (const group of counted) if (groups[group]!.kind !== 'apart-inverse') this.count(group, pod.host);
    for (const { group } of pod.owned)
      if (groups[group]!.kind === 'apart-inverse') this.count(group, pod.host);
    return true;
  }

  /** `isSelf` says whether the pod counts itself. */
  private admits(owned: OwnedGroup, isSelf: boolean, host: number): boolean {
    const { kind, maxSkew, key } = this.problem.groups[owned.group]!;
    const counts = this.counts[owned.group]!;
    const domains = this.domainsOf(key, host);
    switch (kind) {
      case 'spread': {
        const most = maxSkew + this.least(owned) - (isSelf ? 1 : 0);
        return domains.every((domain) => counts[domain]! <= most);
      }
      case 'together':
        if (domains.every((domain) => counts[domain]! > 0)) return true;
        return isSelf && !counts.some((count, domain) => count > 0 && isEligible(owned, domain));
      case 'apart':
      case 'apart-inverse':
        return domains.every((domain) => counts[domain] === 0);
    }
  }

  /** The smallest count over the eligible domains; over hosts zero, since a new node is always possible. */
  private least(owned: OwnedGroup): number {
    const { key, minDomains } = this.problem.groups[owned.group]!;
    if (key === HOST_KEY) return 0;
    const counts = this.counts[owned.group]!.filter((_, domain) => isEligible(owned, domain));
    return counts.length < minDomains ? 0 : Math.min(...counts);
  }

  /** As the greedy counts: attraction where the pod certainly is, repulsion wherever it may be. */
  private count(index: number, host: number): void {
    const group = this.problem.groups[index]!;
    if (!this.isCounting(group, host)) return;
    const domains = this.domainsOf(group.key, host);
    const attracts = group.kind === 'spread' || group.kind === 'together';
    if (attracts && domains.length !== 1) return;
    for (const domain of domains) if (domain >= 0) this.counts[index]![domain]!++;
  }

  private isCounting({ countingBins, countingOfferings }: Group, host: number): boolean {
    const { bins } = this.problem;
    if (host < bins.length) return !countingBins || hasBit(countingBins, host);
    return !countingOfferings || this.choiceOf(host).meets(countingOfferings);
  }

  private domainsOf(key: number, host: number): readonly number[] {
    const { bins } = this.problem;
    if (key === HOST_KEY) return [host];
    return host < bins.length ? [bins[host]!.domain[key]!] : this.choiceOf(host).domains(key);
  }

  private choiceOf(host: number) {
    return this.choices.of(this.nodes[host - this.problem.bins.length]!.offerings);
  }
}

function isEligible({ eligible }: OwnedGroup, domain: number): boolean {
  return eligible === undefined || hasBit(eligible, domain);
}
