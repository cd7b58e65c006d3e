/** Why a pod found no new node: per pool, the rule that excluded the last of its offerings, in the order of `STAGES`. */
import type { Ask } from './ask.ts';
import { Attachments } from './attachments.ts';
import { countBits } from './mask.ts';
import type { NamedMask, OfferingSet } from './offering-sets.ts';
import { type Workbench, withPorts, withVolumes } from './planned-node.ts';
import type { Problem } from './problem.ts';
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

/**
 * One entry per pool that has no new node for the pod, at the most relaxed level and as pools and counts stand at the end.
 * While a pod waits in the queue that is every pool.
 */
export function rejectionsOf(bench: Workbench, templates: readonly Template[], ask: Ask): PoolRejection[] {
  const { pools } = bench.problem;
  return inOrderOfChoice(
    bench.problem,
    pools.flatMap((_, pool) => {
      const ways = templates
        .filter((template) => template.pool === pool)
        .flatMap((template) => ask.alternatives.map((one) => rejectionOf(bench, template, ask, one)));
      const rejected = ways.filter((way) => way !== undefined);
      return rejected.length < ways.length ? [] : [furthestOf(pool, rejected)];
    }),
  );
}

export const inOrderOfChoice = (
  { pools }: Pick<Problem, 'pools'>,
  rejections: readonly PoolRejection[],
): PoolRejection[] =>
  [...rejections].sort((a, b) => pools[a.pool]!.rank - pools[b.pool]!.rank || a.pool - b.pool);

/** The first of those that got through the most rules; a pool without offerings has none. */
function furthestOf(pool: number, rejected: readonly PoolRejection[]): PoolRejection {
  const depth = ({ reason }: PoolRejection) => REASONS.indexOf(reason);
  const [first = { pool, reason: 'requirements', candidates: 0 }, ...others] = rejected;
  return others.reduce((best, one) => (depth(one) > depth(best) ? one : best), first);
}

/** Undefined where a new node would take the pod. */
function rejectionOf(
  bench: Workbench,
  template: Template,
  ask: Ask,
  alternative: NamedMask,
): PoolRejection | undefined {
  const { pool } = template;
  let set = bench.sets.whole(template);
  for (const { reason, left } of STAGES) {
    const next = left(bench, set, ask, alternative);
    if (next === null) {
      return { pool, reason, candidates: countBits(set.offerings), ...numbersOf(bench, reason, set, ask) };
    }
    set = next;
  }
  if (set.meetsMinValues) return undefined;
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

/** The column that the fewest rows satisfy, asked on the row that has most room in it. */
function shortage(
  { problem: { resources, shapes, overheadGroups } }: Workbench,
  { template, rows: eligible }: OfferingSet,
  { requests }: Ask,
): NonNullable<PoolRejection['resource']> {
  const { room, shape, overheadGroup } = template.rows;
  let worst = { column: 0, fitting: Number.POSITIVE_INFINITY, requested: 0, largest: 0 };
  for (let column = 0; column < resources; column++) {
    const asked = { column, fitting: 0, requested: 0, largest: 0 };
    let most = Number.NEGATIVE_INFINITY;
    for (const row of eligible) {
      const amount = room[row * resources + column]!;
      if (requests[column]! <= amount) asked.fitting++;
      if (amount <= most) continue;
      most = amount;
      asked.requested = requests[column]! + overheadGroups[overheadGroup[row]!]!.requests[column]!;
      asked.largest = shapes.allocatable[shape[row]! * resources + column]!;
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
