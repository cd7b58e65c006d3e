/**
 * Where pods of a plan may move without a count over domains changing: each stays in the domains it was put in, and a pod
 * that a group counts stays where pods count.
 */
import { Domains } from '../domains.ts';
import { andInto, countBits, hashOf, intersects, isSame, isSubset } from '../mask.ts';
import { HOST_KEY, type Item, type Mask, type Problem } from '../problem.ts';

/** What a pod may do, given the node it was put on. */
export interface Pin {
  /** Equal masks are one object. Holds all offerings of the node. */
  readonly offerings: Mask;
  /** Whether domains leave less than the pod's own alternative does. */
  readonly isPinned: boolean;
  /** Groups that do not count the pod where it is. */
  readonly uncounted: ReadonlySet<number>;
}

export class Pins {
  private readonly problem: Problem;
  private readonly domains: Domains;
  /** Per offerings of a node, then per item and level. */
  private readonly known = new Map<Mask, Map<string, Pin>>();
  private readonly domainsOf = new Map<Mask, readonly Mask[]>();
  private readonly byHash = new Map<number, Mask[]>();

  constructor(problem: Problem) {
    this.problem = problem;
    this.domains = new Domains(problem);
  }

  /** For a pod at a level on a node with these offerings. */
  of(item: number, level: number, node: Mask): Pin {
    const pins = this.known.get(node) ?? new Map<string, Pin>();
    this.known.set(node, pins);
    const name = `${item}/${level}`;
    const pin = pins.get(name) ?? this.pin(this.problem.items[item]!, level, node);
    pins.set(name, pin);
    return pin;
  }

  /** The one object for all masks equal to this one. */
  private intern(mask: Mask): Mask {
    const hash = hashOf(mask);
    const alike = this.byHash.get(hash) ?? [];
    const same = alike.find((other) => isSame(other, mask));
    if (same) return same;
    this.byHash.set(hash, [...alike, mask]);
    return mask;
  }

  /** What all of a node's pods may be on. */
  common(pods: readonly Pin[], node: Mask): Mask {
    const offerings = pods[0]!.offerings.slice();
    for (const pod of pods) if (!andInto(offerings, offerings, pod.offerings)) return this.intern(node);
    return this.intern(offerings);
  }

  private pin(item: Item, level: number, node: Mask): Pin {
    const { alternatives, owned } = item.levels[level]!;
    const allowed = alternatives.find((one) => isSubset(node, one.offerings))?.offerings ?? node;
    const offerings = allowed.slice();
    const owns = new Set(owned.map(({ group }) => group));
    const concerning = [...new Set([...owns, ...item.counted])].sort((a, b) => a - b);
    for (const key of this.keysToPin(concerning, owns, node)) {
      this.domains.within(key, this.domainsOfNode(node)[key]!, offerings, offerings);
    }
    const isPinned = !isSame(offerings, allowed);
    const uncounted = this.keepCounts(concerning, item, owns, node, offerings);
    this.withoutPorts(item, offerings);
    return { offerings: this.intern(offerings), isPinned, uncounted };
  }

  private domainsOfNode(node: Mask): readonly Mask[] {
    const known = this.domainsOf.get(node) ?? this.domains.ofOfferings(node);
    this.domainsOf.set(node, known);
    return known;
  }

  /** Nobody relies on where a pod is that could be in several domains and that only attraction counts. */
  private keysToPin(concerning: readonly number[], owns: ReadonlySet<number>, node: Mask): Set<number> {
    const keys = new Set<number>();
    for (const group of concerning) {
      const { key, kind } = this.problem.groups[group]!;
      if (key === HOST_KEY) continue;
      const attracts = kind === 'spread' || kind === 'together';
      if (owns.has(group) || !attracts || countBits(this.domainsOfNode(node)[key]!) === 1) keys.add(key);
    }
    return keys;
  }

  /** Takes out where a count would be another one; answers the groups that do not count the pod. */
  private keepCounts(
    concerning: readonly number[],
    { counted }: Item,
    owns: ReadonlySet<number>,
    node: Mask,
    offerings: Mask,
  ): Set<number> {
    const uncounted = new Set<number>();
    for (const index of concerning) {
      const group = this.problem.groups[index]!;
      const { countingOfferings } = group;
      const isRecorded = group.kind === 'apart-inverse' ? owns.has(index) : counted.includes(index);
      if (!countingOfferings || !isRecorded) continue;
      const isCounting = intersects(node, countingOfferings);
      if (!isCounting) uncounted.add(index);
      const side = isCounting ? countingOfferings : countingOfferings.map((word) => ~word);
      // Groups that count on different offerings may leave none in common: then the node's own are kept.
      if (!andInto(offerings, offerings, side)) offerings.set(node);
    }
    return uncounted;
  }

  private withoutPorts({ ports }: Item, offerings: Mask): void {
    if (ports.length === 0) return;
    const { overheadGroups, offerings: all } = this.problem;
    const holding = overheadGroups.map((group) => ports.some((port) => group.ports.includes(port)));
    if (!holding.includes(true)) return;
    for (let at = 0; at < all.count; at++) {
      if (holding[all.overheadGroup[at]!]) offerings[at >>> 5]! &= ~(1 << (at & 31));
    }
  }
}
