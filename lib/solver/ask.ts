import { createMask, hasBit, orInto, setBit } from './mask.ts';
import { type Alternative, HOST_KEY, type Item, type Mask, type Problem } from './problem.ts';

/** What the pods of one item ask for at one relaxation level, prepared for the greedy's inner loops. */
export interface Ask {
  readonly item: number;
  readonly level: number;
  readonly requests: Float64Array;
  readonly ports: Mask;
  readonly alternatives: readonly Alternative[];
  /** Bins that some alternative allows. */
  readonly bins: Mask;
  /** Topology rules to keep. The choosing kinds come last, so that they choose among what the others leave. */
  readonly constraints: readonly Constraint[];
  /** Groups whose counts a placement of these pods raises. */
  readonly records: readonly number[];
  /** Hosts that refused for a reason that never goes away while solving. Grows. */
  deadHosts: Mask;
}

export interface Constraint {
  readonly group: number;
  /** Absent: every domain. */
  readonly eligible?: Mask;
  /** Whether the pods count in the group themselves. */
  readonly self: boolean;
}

/** Per item, its levels in order. `portCount` is the number of distinct host ports of the problem. */
export function asksOf(problem: Problem, portCount: number): Ask[][] {
  return problem.items.map((item, index) =>
    item.levels.map((level, number) => {
      const bins = createMask(problem.bins.length);
      for (const alternative of level.alternatives) orInto(bins, alternative.bins);
      const ports = createMask(portCount);
      for (const port of item.ports) setBit(ports, port);
      return {
        item: index,
        level: number,
        requests: item.requests,
        ports,
        alternatives: level.alternatives,
        bins,
        constraints: constraintsOf(problem, item, number),
        records: recordsOf(problem, item, number),
        deadHosts: createMask(problem.bins.length + 32),
      };
    }),
  );
}

const ORDER_OF_KINDS = { 'apart-inverse': 0, apart: 1, together: 2, spread: 3 } as const;

function constraintsOf(problem: Problem, item: Item, level: number): Constraint[] {
  const kindOf = (group: number) => problem.groups[group]!.kind;
  const isHost = (group: number) => (problem.groups[group]!.key === HOST_KEY ? 0 : 1);
  const own = item.levels[level]!.owned.filter(({ group }) => kindOf(group) !== 'apart-inverse').map(
    (owned) => ({ ...owned, self: item.counted.includes(owned.group) }),
  );
  const inverse = item.counted
    .filter((group) => kindOf(group) === 'apart-inverse')
    .map((group) => ({ group, self: true }));
  return [...inverse, ...own].sort(
    (a, b) =>
      isHost(a.group) - isHost(b.group) ||
      ORDER_OF_KINDS[kindOf(a.group)] - ORDER_OF_KINDS[kindOf(b.group)] ||
      a.group - b.group,
  );
}

/** Owners hold the domains of `apart-inverse`; counted pods those of every other kind. */
function recordsOf(problem: Problem, item: Item, level: number): number[] {
  const isInverse = (group: number) => problem.groups[group]!.kind === 'apart-inverse';
  const held = item.levels[level]!.owned.map(({ group }) => group).filter(isInverse);
  return [...item.counted.filter((group) => !isInverse(group)), ...held];
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
