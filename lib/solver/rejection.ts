/** Why a pod found no new node: per pool, the rule that excluded the last of its offerings, in the order of `STAGES`. */
import type { Ask } from './ask.ts';
import { Attachments } from './attachments.ts';
import { countBits, nextBit } from './mask.ts';
import type { NamedMask, OfferingSet } from './offering-sets.ts';
import { type Workbench, withPorts, withVolumes } from './planned-node.ts';
import type { PoolRejection } from './solution.ts';
import type { Template } from './template.ts';

interface Stage {
  readonly reason: PoolRejection['reason'];
  /** What the rule leaves of what the stages before it left. */
  readonly left: (bench: Workbench, set: OfferingSet, ask: Ask, alternative: NamedMask) => OfferingSet | null;
}

const STAGES: readonly Stage[] = [
  { reason: 'requirements', left: ({ sets }, set, _, alternative) => sets.within(set, alternative) },
  { reason: 'ports', left: withPorts },
  { reason: 'resources', left: ({ sets }, set, ask) => sets.holding(set, ask.requests) },
  { reason: 'volumes', left: (bench, set, ask) => withVolumes(bench, set, new Attachments([]), ask) },
  {
    reason: 'limits',
    left: ({ ledger }, set) => (ledger.nodesAllowed(set.template.pool) ? ledger.withinLimits(set) : null),
  },
  { reason: 'reservation', left: ({ ledger }, set) => ledger.withUnits(set) },
  {
    reason: 'topology',
    left: ({ topology }, set, ask) =>
      topology.admits(ask, -1, set.domains) ? topology.narrow(ask, set) : null,
  },
];
const REASONS = [...STAGES.map(({ reason }) => reason), 'min-values'];

/** One entry per pool in order of choice, at the most relaxed level and as pools and counts stand at the end. */
export function rejectionsOf(bench: Workbench, templates: readonly Template[], ask: Ask): PoolRejection[] {
  const furthest = new Map<number, PoolRejection>();
  for (const template of templates) {
    for (const alternative of ask.alternatives) {
      const rejection = rejectionOf(bench, template, ask, alternative);
      const before = furthest.get(template.pool);
      if (!before || REASONS.indexOf(rejection.reason) > REASONS.indexOf(before.reason)) {
        furthest.set(template.pool, rejection);
      }
    }
  }
  const { pools } = bench.problem;
  return pools
    .map((_, pool) => furthest.get(pool) ?? { pool, reason: 'requirements' as const, candidates: 0 })
    .sort((a, b) => pools[a.pool]!.rank - pools[b.pool]!.rank || a.pool - b.pool);
}

function rejectionOf(bench: Workbench, template: Template, ask: Ask, alternative: NamedMask): PoolRejection {
  const { pool } = template;
  let set = bench.sets.whole(template);
  for (const { reason, left } of STAGES) {
    const next = left(bench, set, ask, alternative);
    if (next === null) {
      return { pool, reason, candidates: countBits(set.offerings), ...numbersOf(bench, reason, set, ask) };
    }
    set = next;
  }
  return { pool, reason: 'min-values', candidates: countBits(set.offerings) };
}

function numbersOf(
  bench: Workbench,
  reason: PoolRejection['reason'],
  eligible: OfferingSet,
  ask: Ask,
): Pick<PoolRejection, 'resource' | 'volumes'> {
  if (reason === 'resources') return { resource: shortage(bench, eligible, ask) };
  if (reason === 'volumes') return { volumes: tooManyVolumes(bench, eligible, ask) };
  return {};
}

/** The column that the fewest offerings satisfy, asked on the offering that has most room in it. */
function shortage(
  { problem }: Workbench,
  eligible: OfferingSet,
  ask: Ask,
): NonNullable<PoolRejection['resource']> {
  const { resources, shapes, offerings, overheadGroups } = problem;
  let worst = { column: 0, fitting: Number.POSITIVE_INFINITY, requested: 0, largest: 0 };
  for (let column = 0; column < resources; column++) {
    const asked = { column, fitting: 0, requested: 0, largest: 0 };
    let most = Number.NEGATIVE_INFINITY;
    for (let at = nextBit(eligible.offerings, 0); at >= 0; at = nextBit(eligible.offerings, at + 1)) {
      const allocatable = shapes.allocatable[offerings.shape[at]! * resources + column]!;
      const overhead = overheadGroups[offerings.overheadGroup[at]!]!.requests[column]!;
      const room = allocatable - overhead;
      if (ask.requests[column]! <= room) asked.fitting++;
      if (room <= most) continue;
      most = room;
      asked.requested = ask.requests[column]! + overhead;
      asked.largest = allocatable;
    }
    if (asked.fitting < worst.fitting) worst = asked;
  }
  return { column: worst.column, requested: worst.requested, largest: worst.largest };
}

/** The driver of which the fewest rows can attach all volumes, and the most that one of them can. */
function tooManyVolumes(
  { problem }: Workbench,
  { template, rows }: OfferingSet,
  { volumes }: Ask,
): NonNullable<PoolRejection['volumes']> {
  let worst = { driver: 0, asked: 0, most: 0, fitting: Number.POSITIVE_INFINITY };
  for (const [driver, asked] of new Attachments(volumes).counts) {
    const limitOf = (row: number) => problem.shapes.volumeLimits[driver]?.[template.rows.shape[row]!] ?? -1;
    const limits = Array.from(rows, limitOf).map((limit) => (limit < 0 ? Number.POSITIVE_INFINITY : limit));
    const fitting = limits.filter((limit) => asked <= limit).length;
    const most = limits.reduce((largest, limit) => Math.max(largest, limit), 0);
    if (fitting < worst.fitting) worst = { driver, asked, most, fitting };
  }
  return { driver: worst.driver, asked: worst.asked, most: worst.most };
}
