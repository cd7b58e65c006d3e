import { portSet } from './attachments.ts';
import { createMask, hasBit, hashOf, isSame, orInto, setBit } from './mask.ts';
import type { NamedMask } from './offering-sets.ts';
import { type Group, HOST_KEY, type Item, type Level, type Mask, type Problem } from './problem.ts';

/** What the pods of one item ask for at one relaxation level, prepared for the greedy's inner loops. */
export interface Ask {
  readonly item: number;
  readonly level: number;
  readonly requests: Float64Array;
  readonly ports: Mask | undefined;
  readonly volumes: Item['volumes'];
  readonly alternatives: readonly NamedMask[];
  /** Bins that some alternative allows. */
  readonly bins: Mask;
  /** Topology rules over hosts. */
  readonly onHosts: readonly Constraint[];
  /** Topology rules over domains. The choosing kinds come last, so that they choose among what the others leave. */
  readonly onDomains: readonly Constraint[];
  /** Groups whose counts a placement of these pods raises. */
  readonly records: readonly number[];
  /** Hosts that refused for a reason that never goes away while solving. Grows. */
  deadHosts: Mask;
}

export interface Constraint {
  readonly group: number;
  readonly key: number;
  readonly kind: Group['kind'];
  readonly maxSkew: number;
  readonly minDomains: number;
  /** Undefined: every domain. */
  readonly eligible: Mask | undefined;
  /** Whether the pods count in the group themselves. */
  readonly self: boolean;
}

/** Per item, its levels in order. `portCount` is the number of distinct host ports of the problem. */
export function asksOf(problem: Problem, portCount: number, names: MaskNames): Ask[][] {
  const rules = new Constraints(problem.groups);
  return problem.items.map((item, index) =>
    item.levels.map((level, number) => {
      const constraints = rules.of(item, level);
      return {
        item: index,
        level: number,
        requests: item.requests,
        ports: item.ports.length > 0 ? portSet(portCount, item.ports) : undefined,
        volumes: item.volumes,
        alternatives: level.alternatives.map(({ offerings }) => names.named(offerings)),
        bins: binsOf(level),
        onHosts: constraints.filter(({ key }) => key === HOST_KEY),
        onDomains: constraints.filter(({ key }) => key !== HOST_KEY),
        records: recordsOf(problem.groups, item, level),
        deadHosts: NONE,
      };
    }),
  );
}

const NONE: Mask = createMask(0);

function binsOf({ alternatives }: Level): Mask {
  if (alternatives.length === 1) return alternatives[0]!.bins;
  const bins = alternatives[0]!.bins.slice();
  for (const alternative of alternatives) orInto(bins, alternative.bins);
  return bins;
}

/** Numbers masks from zero up, equal ones alike. */
export class MaskNames {
  private readonly known = new Map<Mask, NamedMask>();
  private readonly byHash = new Map<number, NamedMask[]>();
  private count = 0;

  named(offerings: Mask): NamedMask {
    const known = this.known.get(offerings);
    if (known) return known;
    const hash = hashOf(offerings);
    const alike = this.byHash.get(hash) ?? [];
    const same = alike.find((other) => isSame(other.offerings, offerings)) ?? { id: this.count++, offerings };
    if (same.offerings === offerings) this.byHash.set(hash, [...alike, same]);
    this.known.set(offerings, same);
    return same;
  }
}

const ORDER_OF_KINDS = { 'apart-inverse': 0, apart: 1, together: 2, spread: 3 } as const;

/** Makes each constraint once, however many items share it, so that what follows from the counts is worked out once. */
class Constraints {
  private readonly groups: readonly Group[];
  /** Per group. */
  private readonly known: readonly Constraint[][];

  constructor(groups: readonly Group[]) {
    this.groups = groups;
    this.known = groups.map(() => []);
  }

  of(item: Item, { owned }: Level): readonly Constraint[] {
    // Most pods have no topology rule, and there may be tens of thousands of them.
    if (owned.length === 0 && item.counted.length === 0) return NO_CONSTRAINTS;
    const found: Constraint[] = [];
    for (const group of item.counted) {
      if (isInverse(this.groups, group)) found.push(this.constraint(group, undefined, true));
    }
    for (const { group, eligible } of owned) {
      if (isInverse(this.groups, group)) continue;
      found.push(this.constraint(group, eligible, item.counted.includes(group)));
    }
    return found.sort((a, b) => ORDER_OF_KINDS[a.kind] - ORDER_OF_KINDS[b.kind] || a.group - b.group);
  }

  private constraint(group: number, eligible: Mask | undefined, self: boolean): Constraint {
    const alike = this.known[group]!;
    const same = alike.find((one) => one.self === self && isSameOrAbsent(one.eligible, eligible));
    if (same) return same;
    const { key, kind, maxSkew, minDomains } = this.groups[group]!;
    const constraint = { group, key, kind, maxSkew, minDomains, eligible, self };
    alike.push(constraint);
    return constraint;
  }
}

const NO_CONSTRAINTS: readonly Constraint[] = [];

function isSameOrAbsent(a: Mask | undefined, b: Mask | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && isSame(a, b));
}

function isInverse(groups: readonly Group[], group: number): boolean {
  return groups[group]!.kind === 'apart-inverse';
}

/** Owners hold the domains of `apart-inverse`; counted pods those of every other kind. */
function recordsOf(groups: readonly Group[], item: Item, { owned }: Level): number[] {
  const records: number[] = [];
  for (const group of item.counted) if (!isInverse(groups, group)) records.push(group);
  for (const { group } of owned) if (isInverse(groups, group)) records.push(group);
  return records;
}

export function isDead(ask: Ask, host: number): boolean {
  return hasBit(ask.deadHosts, host);
}

export function markDead(ask: Ask, host: number): void {
  if (host >>> 5 >= ask.deadHosts.length) {
    const grown = createMask(2 * host + 32);
    grown.set(ask.deadHosts);
    ask.deadHosts = grown;
  }
  setBit(ask.deadHosts, host);
}

/** For another solve: what refused in the last one need not refuse again. */
export function forgetDead(ask: Ask): void {
  ask.deadHosts = NONE;
}
