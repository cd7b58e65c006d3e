/**
 * Rules within one new node: how many pods that spread over hosts or hold a host port it takes, and which pods it does not
 * take together. Whether a rule is kept must not depend on the order in which pods come, so a pod that a rule binds is kept
 * from all those the rule counts, also where it could have come first.
 */
import { type Group, HOST_KEY, type Problem } from '../problem.ts';
import type { Sharing } from './model.ts';

export const SHARES_ALL: Sharing = { counters: [], amounts: [], marks: [], shuns: [] };

/** Rules with one counter per host group and port; most of them cannot bind. */
interface Rules {
  readonly amounts: ReadonlyMap<number, number>;
  readonly marks: ReadonlySet<number>;
  readonly shuns: ReadonlySet<number>;
}

/** How a pod stands to a group. */
interface Stand {
  readonly owns: boolean;
  readonly counted: boolean;
}

/** Collects the rules of each lot's units, then keeps those that can bind. */
export class SharingRules {
  private readonly problem: Problem;
  private readonly lots: { readonly rules: Rules; units: number }[] = [];

  constructor(problem: Problem) {
    this.problem = problem;
  }

  /** The next lot: one unit are these pods, which the groups in `uncounted` do not count. */
  add(pods: readonly { item: number; level: number; uncounted: ReadonlySet<number> }[], units: number): void {
    const amounts = new Map<number, number>();
    const marks = new Set<number>();
    const shuns = new Set<number>();
    for (const { item, level, uncounted } of pods) {
      for (const [group, stand] of this.standsOf(item, level, uncounted)) {
        const { kind } = this.problem.groups[group]!;
        if (kind === 'spread' && stand.owns && stand.counted) raise(amounts, group);
        if (marksNode(kind, stand)) marks.add(group);
        if (shunsNode(kind, stand)) shuns.add(group);
      }
      for (const port of this.problem.items[item]!.ports) raise(amounts, this.problem.groups.length + port);
    }
    // A second unit like this one would be beside its mark.
    for (const group of marks) if (shuns.has(group)) amounts.set(group, this.limitOf(group));
    this.lots.push({ rules: { amounts, marks, shuns }, units });
  }

  private standsOf(item: number, level: number, uncounted: ReadonlySet<number>): Map<number, Stand> {
    const { items, groups } = this.problem;
    const { counted, levels } = items[item]!;
    const owned = new Set(levels[level]!.owned.map(({ group }) => group));
    const stands = new Map<number, Stand>();
    for (const group of [...owned, ...counted]) {
      if (groups[group]!.key !== HOST_KEY) continue;
      // Groups of the inverse direction count their owners.
      const isInverse = groups[group]!.kind === 'apart-inverse';
      const owns = owned.has(group) && !(isInverse && uncounted.has(group));
      const isCounted = counted.includes(group) && (isInverse || !uncounted.has(group));
      stands.set(group, { owns, counted: isCounted });
    }
    return stands;
  }

  /** One unit of a port or of a group that keeps pods apart; as many as a spread allows. */
  private limitOf(counter: number): number {
    const group = this.problem.groups[counter];
    return group?.kind === 'spread' ? group.maxSkew : 1;
  }

  /** Per lot what of it can bind, with counters and marks numbered anew; and what a new node allows of each counter. */
  settled(): { sharing: Sharing[]; counterLimits: Int32Array } {
    const counters = this.bindingCounters();
    const marks = this.bindingMarks();
    const numbers = new Map([...counters].map((counter, number) => [counter, number]));
    const markNumbers = new Map([...marks].map((mark, number) => [mark, number]));
    const known = new Map<string, Sharing>();
    const sharing = this.lots.map(({ rules }) => {
      const one = {
        counters: numbered(rules.amounts.keys(), numbers),
        amounts: [...counters].flatMap((counter) => rules.amounts.get(counter) ?? []),
        marks: numbered(rules.marks, markNumbers),
        shuns: numbered(rules.shuns, markNumbers),
      };
      if (one.counters.length + one.marks.length + one.shuns.length === 0) return SHARES_ALL;
      const text = JSON.stringify(one);
      const same = known.get(text) ?? one;
      known.set(text, same);
      return same;
    });
    return { sharing, counterLimits: Int32Array.from(counters, (counter) => this.limitOf(counter)) };
  }

  /** Ascending, and of counters that all lots raise alike the first. */
  private bindingCounters(): number[] {
    const totals = new Map<number, number>();
    const texts = new Map<number, string>();
    for (const [lot, { rules, units }] of this.lots.entries()) {
      for (const [counter, amount] of rules.amounts) {
        totals.set(counter, (totals.get(counter) ?? 0) + amount * units);
        texts.set(counter, `${texts.get(counter) ?? this.limitOf(counter)} ${lot}*${amount}`);
      }
    }
    const binding = [...totals.keys()].filter((counter) => totals.get(counter)! > this.limitOf(counter));
    return firstOfEach(binding, (counter) => texts.get(counter)!);
  }

  /** Marks that some lot puts where another one shuns them, ascending. Where all lots do both, counters say it already. */
  private bindingMarks(): number[] {
    const marking = new Map<number, number[]>();
    const shunning = new Map<number, number[]>();
    for (const [lot, { rules }] of this.lots.entries()) {
      for (const mark of rules.marks) append(marking, mark, lot);
      for (const mark of rules.shuns) append(shunning, mark, lot);
    }
    const binding = [...marking.keys()].filter(
      (mark) => shunning.has(mark) && shunning.get(mark)!.join(' ') !== marking.get(mark)!.join(' '),
    );
    // It does not matter which side marks and which one shuns.
    return firstOfEach(binding, (mark) =>
      [marking.get(mark)!, shunning.get(mark)!]
        .map((lots) => lots.join(' '))
        .sort()
        .join('/'),
    );
  }
}

/** Pods of the group's kind that are there already keep out those that the rule binds. */
function marksNode(kind: Group['kind'], { owns, counted }: Stand): boolean {
  switch (kind) {
    case 'spread':
      return counted && !owns;
    case 'apart':
      return counted;
    case 'apart-inverse':
      return owns;
    case 'together':
      return false;
  }
}

function shunsNode(kind: Group['kind'], { owns, counted }: Stand): boolean {
  switch (kind) {
    case 'spread':
    case 'apart':
      return owns;
    case 'apart-inverse':
      return counted;
    case 'together':
      return false;
  }
}

function raise(amounts: Map<number, number>, counter: number): void {
  amounts.set(counter, (amounts.get(counter) ?? 0) + 1);
}

function append(lists: Map<number, number[]>, name: number, lot: number): void {
  const list = lists.get(name);
  if (list) list.push(lot);
  else lists.set(name, [lot]);
}

function numbered(names: Iterable<number>, numbers: ReadonlyMap<number, number>): number[] {
  return [...names].flatMap((name) => numbers.get(name) ?? []).sort((a, b) => a - b);
}

function firstOfEach(names: readonly number[], textOf: (name: number) => string): number[] {
  const firsts = new Map<string, number>();
  for (const name of [...names].sort((a, b) => a - b)) {
    const text = textOf(name);
    if (!firsts.has(text)) firsts.set(text, name);
  }
  return [...firsts.values()];
}
