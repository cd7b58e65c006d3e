/**
 * Topology counts while solving, and what they allow: spread, together, apart and the inverse of apart, over offering
 * domains and over hosts. A domain set has one more position than the key has domains: the last one stands for "the node
 * would lack the label". As in Karpenter, such a node satisfies no constraint on that key.
 */
import type { Ask, Constraint } from './ask.ts';
import {
  andInto,
  countBits,
  createMask,
  hasBit,
  intersects,
  isSubset,
  nextBit,
  orInto,
  setBit,
} from './mask.ts';
import { type Group, HOST_KEY, type Mask, type Problem } from './problem.ts';

export class Topology {
  private readonly groups: readonly Group[];
  private readonly sizes: readonly number[];
  /** Per key and domain: the offerings there; the last entry is those without the label. */
  private readonly offeringsIn: readonly (readonly Mask[])[];
  /** Per group: pods per domain, or per host (bins first, then planned nodes as they are opened). */
  private readonly counts: readonly number[][];
  /** Per group: pods everywhere. */
  private readonly totals: number[];
  private readonly allowed: readonly Mask[];
  private readonly union: Mask;

  constructor(problem: Problem) {
    this.groups = problem.groups;
    this.sizes = problem.topologyDomains;
    this.offeringsIn = problem.topologyDomains.map((size, key) => offeringsByDomain(problem, key, size));
    this.counts = problem.groups.map((group) =>
      Array.from(group.key === HOST_KEY ? group.binCounts : group.counts),
    );
    this.totals = this.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    this.allowed = problem.topologyDomains.map((size) => createMask(size + 1));
    this.union = createMask(problem.offerings.count);
  }

  /** Per key, the domains that a node with these offerings could turn out to be in. */
  domainsOf(offerings: Mask): Mask[] {
    return this.sizes.map((size, key) => {
      const domains = createMask(size + 1);
      for (let domain = 0; domain <= size; domain++) {
        if (intersects(offerings, this.offeringsIn[key]![domain]!)) setBit(domains, domain);
      }
      return domains;
    });
  }

  /** Per key, the one domain of a bin. */
  domainsOfBin(domain: readonly number[]): Mask[] {
    return this.sizes.map((size, key) => {
      const domains = createMask(size + 1);
      setBit(domains, domain[key]! < 0 ? size : domain[key]!);
      return domains;
    });
  }

  /** Whether the host has its fill of pods for good: counts only rise, and only `together` waits for that. */
  isBarred(ask: Ask, host: number): boolean {
    return ask.constraints.some((constraint) => {
      const { key, kind } = this.groups[constraint.group]!;
      return key === HOST_KEY && kind !== 'together' && !this.admitsHost(constraint, host);
    });
  }

  /** Whether each constraint, taken alone, leaves some domain of the host. For a bin, which has one domain, this decides. */
  admits(ask: Ask, host: number, domains: readonly Mask[]): boolean {
    for (const constraint of ask.constraints) {
      const { key } = this.groups[constraint.group]!;
      if (key === HOST_KEY ? !this.admitsHost(constraint, host) : !this.allow(constraint, domains[key]!)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Narrows a planned node's candidate offerings to the domains that the pods may go to; `within` is a superset of their
   * domains. False when nothing is left. The host constraints are `admits`' business.
   */
  narrow(ask: Ask, within: readonly Mask[], candidate: Mask): boolean {
    for (const constraint of ask.constraints) {
      const { key } = this.groups[constraint.group]!;
      if (key === HOST_KEY) continue;
      const possible = this.possible(key, within[key]!, candidate);
      if (!this.allow(constraint, possible)) return false;
      const allowed = this.allowed[key]!;
      if (isSubset(possible, allowed)) continue;
      this.union.fill(0);
      for (let domain = nextBit(allowed, 0); domain >= 0; domain = nextBit(allowed, domain + 1)) {
        orInto(this.union, this.offeringsIn[key]![domain]!);
      }
      if (!andInto(candidate, candidate, this.union)) return false;
    }
    return true;
  }

  /** Counts a placed pod. `counting` says whether the host's pods count in a group. */
  record(ask: Ask, host: number, domains: readonly Mask[], counting: (group: Group) => boolean): void {
    for (const index of ask.records) {
      const group = this.groups[index]!;
      if (!counting(group)) continue;
      if (group.key === HOST_KEY) this.add(index, host);
      else this.recordDomains(index, group, domains[group.key]!);
    }
  }

  /** Attraction counts where the pod certainly is; repulsion counts everywhere it still could be. */
  private recordDomains(index: number, group: Group, domains: Mask): void {
    const attracts = group.kind === 'spread' || group.kind === 'together';
    if (attracts && countBits(domains) !== 1) return;
    const size = this.sizes[group.key]!;
    for (let at = nextBit(domains, 0); at >= 0 && at < size; at = nextBit(domains, at + 1))
      this.add(index, at);
  }

  private add(group: number, domain: number): void {
    const counts = this.counts[group]!;
    while (counts.length <= domain) counts.push(0);
    counts[domain]!++;
    this.totals[group]!++;
  }

  private admitsHost(constraint: Constraint, host: number): boolean {
    const group = this.groups[constraint.group]!;
    const count = this.counts[constraint.group]![host] ?? 0;
    switch (group.kind) {
      case 'spread':
        // A new node is always possible, so the smallest count over hosts is zero.
        return count + (constraint.self ? 1 : 0) <= group.maxSkew;
      case 'together':
        return count > 0 || (constraint.self && this.totals[constraint.group] === 0);
      case 'apart':
      case 'apart-inverse':
        return count === 0;
    }
  }

  private possible(key: number, within: Mask, candidate: Mask): Mask {
    const domains = createMask(this.sizes[key]! + 1);
    for (let at = nextBit(within, 0); at >= 0; at = nextBit(within, at + 1)) {
      if (intersects(candidate, this.offeringsIn[key]![at]!)) setBit(domains, at);
    }
    return domains;
  }

  /** Writes the domains a constraint allows among the possible ones to `allowed[key]`; false when there is none. */
  private allow(constraint: Constraint, possible: Mask): boolean {
    const group = this.groups[constraint.group]!;
    const counts = this.counts[constraint.group]!;
    const allowed = this.allowed[group.key]!.fill(0);
    switch (group.kind) {
      case 'spread': {
        const chosen = this.spreadChoice(constraint, group, counts, possible);
        if (chosen >= 0) setBit(allowed, chosen);
        return chosen >= 0;
      }
      case 'together':
        if (this.allowWhere(constraint, group.key, possible, (domain) => counts[domain]! > 0)) return true;
        return this.bootstrap(constraint, group, counts, possible);
      case 'apart':
      case 'apart-inverse':
        return this.allowWhere(constraint, group.key, possible, (domain) => counts[domain] === 0);
    }
  }

  private allowWhere(
    { eligible }: Constraint,
    key: number,
    possible: Mask,
    wanted: (domain: number) => boolean,
  ): boolean {
    let any = false;
    const size = this.sizes[key]!;
    for (let at = nextBit(possible, 0); at >= 0 && at < size; at = nextBit(possible, at + 1)) {
      if ((eligible && !hasBit(eligible, at)) || !wanted(at)) continue;
      setBit(this.allowed[key]!, at);
      any = true;
    }
    return any;
  }

  /** The valid domain with the lowest count, the first of several; -1 when none is valid. */
  private spreadChoice(
    { eligible, self }: Constraint,
    group: Group,
    counts: number[],
    possible: Mask,
  ): number {
    const size = this.sizes[group.key]!;
    let domains = 0;
    let min = Number.POSITIVE_INFINITY;
    for (let at = 0; at < size; at++) {
      if (eligible && !hasBit(eligible, at)) continue;
      domains++;
      if (counts[at]! < min) min = counts[at]!;
    }
    if (domains < group.minDomains) min = 0;
    const most = group.maxSkew + min - (self ? 1 : 0);
    let chosen = -1;
    for (let at = nextBit(possible, 0); at >= 0 && at < size; at = nextBit(possible, at + 1)) {
      if ((eligible && !hasBit(eligible, at)) || counts[at]! > most) continue;
      if (chosen < 0 || counts[at]! < counts[chosen]!) chosen = at;
    }
    return chosen;
  }

  /** The first pod of a group that attracts itself may go anywhere, if no domain it could use holds one already. */
  private bootstrap({ eligible, self }: Constraint, group: Group, counts: number[], possible: Mask): boolean {
    const size = this.sizes[group.key]!;
    if (!self || counts.some((count, at) => count > 0 && (!eligible || hasBit(eligible, at)))) return false;
    for (let at = nextBit(possible, 0); at >= 0 && at < size; at = nextBit(possible, at + 1)) {
      if (eligible && !hasBit(eligible, at)) continue;
      setBit(this.allowed[group.key]!, at);
      return true;
    }
    return false;
  }
}

function offeringsByDomain(problem: Problem, key: number, size: number): Mask[] {
  const masks = Array.from({ length: size + 1 }, () => createMask(problem.offerings.count));
  const domain = problem.offerings.domain[key]!;
  for (let offering = 0; offering < problem.offerings.count; offering++) {
    setBit(masks[domain[offering]! < 0 ? size : domain[offering]!]!, offering);
  }
  return masks;
}
