/**
 * Topology counts while solving, and what they allow: spread, together, apart and the inverse of apart, over domains of
 * offerings and over hosts. As in Karpenter, a node that would lack a key's label satisfies no constraint on that key.
 */
import type { Ask, Constraint } from './ask.ts';
import { andInto, countBits, createMask, hasBit, intersects, isSubset, nextBit, setBit } from './mask.ts';
import type { OfferingSet, OfferingSets } from './offering-sets.ts';
import { type Group, HOST_KEY, type Mask, type Problem } from './problem.ts';

/** The domains a constraint leaves open to every node, as the counts stand. */
interface Open {
  readonly domains: Mask;
  /** The group's `version` when it was worked out. */
  version: number;
  /** Whether a pod would start its group: then a node settles on its first domain. */
  starts: boolean;
}

export class Topology {
  private readonly sets: OfferingSets;
  private readonly groups: readonly Group[];
  private readonly sizes: readonly number[];
  /** Per group: pods per domain, or per host (bins first, then planned nodes as they are opened). */
  private readonly counts: readonly number[][];
  /** Per group: pods everywhere. */
  private readonly totals: number[];
  /** Per group: rises with each count. */
  private readonly versions: Int32Array;
  private readonly remembered = new Map<Constraint, Open>();
  private readonly allowed: readonly Mask[];

  constructor(problem: Problem, sets: OfferingSets) {
    this.sets = sets;
    this.groups = problem.groups;
    this.sizes = problem.topologyDomains;
    this.counts = problem.groups.map((group) =>
      Array.from(group.key === HOST_KEY ? group.binCounts : group.counts),
    );
    this.totals = this.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    this.versions = new Int32Array(problem.groups.length);
    this.allowed = problem.topologyDomains.map((size) => createMask(size + 1));
  }

  /** Whether the host has its fill of pods for good: counts only rise, and only `together` waits for that. */
  isBarred(ask: Ask, host: number): boolean {
    for (const constraint of ask.onHosts) {
      if (constraint.kind !== 'together' && !this.admitsHost(constraint, host)) return true;
    }
    return false;
  }

  /** Whether each constraint, taken alone, leaves some domain of the host. For a bin, which has one domain, this decides. */
  admits(ask: Ask, host: number, domains: readonly Mask[]): boolean {
    for (const constraint of ask.onHosts) if (!this.admitsHost(constraint, host)) return false;
    for (const constraint of ask.onDomains) {
      if (!intersects(this.open(constraint).domains, domains[constraint.key]!)) return false;
    }
    return true;
  }

  /**
   * Narrows a node's offerings to the domains its next pod may go to. Constraints that choose do so among what all the
   * others leave, which no scheduler minds and which finds a place where Karpenter's, each choosing for itself, may not
   * (docs/decisions/0006). The host constraints are `admits`' business.
   */
  narrow(ask: Ask, set: OfferingSet): OfferingSet | null {
    let left: OfferingSet | null = set;
    if (ask.onDomains.length > 1) {
      for (const constraint of ask.onDomains) {
        left = this.restrict(left, constraint, this.possible(constraint, left));
        if (left === null) return null;
      }
    }
    for (const constraint of ask.onDomains) {
      left = this.restrict(left, constraint, this.choose(constraint, left));
      if (left === null) return null;
    }
    return left;
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
    this.versions[group]!++;
  }

  private admitsHost(constraint: Constraint, host: number): boolean {
    const count = this.counts[constraint.group]![host] ?? 0;
    switch (constraint.kind) {
      case 'spread':
        // A new node is always possible, so the smallest count over hosts is zero.
        return count + (constraint.self ? 1 : 0) <= constraint.maxSkew;
      case 'together':
        return count > 0 || (constraint.self && this.totals[constraint.group] === 0);
      case 'apart':
      case 'apart-inverse':
        return count === 0;
    }
  }

  private restrict(set: OfferingSet, { key }: Constraint, allowed: Mask): OfferingSet | null {
    return isSubset(set.domains[key]!, allowed) ? set : this.sets.inDomains(set, key, allowed);
  }

  /** The domains of a node that a constraint leaves open. Valid until the next call for the same key. */
  private possible(constraint: Constraint, set: OfferingSet): Mask {
    const allowed = this.allowed[constraint.key]!;
    andInto(allowed, this.open(constraint).domains, set.domains[constraint.key]!);
    return allowed;
  }

  /** Those of them that it picks. */
  private choose(constraint: Constraint, set: OfferingSet): Mask {
    const possible = this.possible(constraint, set);
    if (constraint.kind === 'spread' || this.open(constraint).starts) {
      this.keepLeast(this.counts[constraint.group]!, possible);
    }
    return possible;
  }

  /** Keeps the domain with the lowest count, the first of several. */
  private keepLeast(counts: readonly number[], domains: Mask): void {
    let least = -1;
    for (let at = nextBit(domains, 0); at >= 0; at = nextBit(domains, at + 1)) {
      if (least < 0 || counts[at]! < counts[least]!) least = at;
    }
    domains.fill(0);
    if (least >= 0) setBit(domains, least);
  }

  private open(constraint: Constraint): Open {
    const version = this.versions[constraint.group]!;
    const known = this.remembered.get(constraint);
    if (known?.version === version) return known;
    const open = known ?? { domains: createMask(this.sizes[constraint.key]! + 1), version, starts: false };
    open.domains.fill(0);
    open.version = version;
    open.starts = false;
    this.fillOpen(constraint, open);
    this.remembered.set(constraint, open);
    return open;
  }

  private fillOpen(constraint: Constraint, open: Open): void {
    const counts = this.counts[constraint.group]!;
    switch (constraint.kind) {
      case 'spread': {
        const most = this.most(constraint, counts);
        this.fillWhere(constraint, open.domains, (domain) => counts[domain]! <= most);
        return;
      }
      case 'together':
        if (this.fillWhere(constraint, open.domains, (domain) => counts[domain]! > 0)) return;
        // The first pod of a group that attracts itself may go anywhere, as no domain it could use holds one already.
        open.starts = constraint.self && this.fillWhere(constraint, open.domains, () => true);
        return;
      case 'apart':
      case 'apart-inverse':
        this.fillWhere(constraint, open.domains, (domain) => counts[domain] === 0);
    }
  }

  /** The count up to which a domain can take one more pod of a spread. */
  private most({ eligible, self, key, maxSkew, minDomains }: Constraint, counts: readonly number[]): number {
    let domains = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.sizes[key]!; at++) {
      if (eligible && !hasBit(eligible, at)) continue;
      domains++;
      if (counts[at]! < least) least = counts[at]!;
    }
    return maxSkew + (domains < minDomains ? 0 : least) - (self ? 1 : 0);
  }

  private fillWhere(
    { eligible, key }: Constraint,
    domains: Mask,
    wanted: (domain: number) => boolean,
  ): boolean {
    let any = false;
    for (let at = 0; at < this.sizes[key]!; at++) {
      if ((eligible && !hasBit(eligible, at)) || !wanted(at)) continue;
      setBit(domains, at);
      any = true;
    }
    return any;
  }
}
