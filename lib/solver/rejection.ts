/** Why a pod found no new node: per pool, the rule that excluded the last of its offerings, in the order of `STAGES`. */
import type { Ask } from './ask.ts';
import { andInto, clearBit, countBits, intersects, isEmpty, nextBit } from './mask.ts';
import type { Workbench } from './planned-node.ts';
import type { Alternative, Mask } from './problem.ts';
import type { PoolRejection } from './solution.ts';
import type { Template } from './template.ts';

const STAGES: readonly PoolRejection['reason'][] = [
  'requirements',
  'ports',
  'resources',
  'limits',
  'reservation',
  'topology',
  'min-values',
];

/** One entry per pool in order of choice, at the most relaxed level and as pools and counts stand at the end. */
export function rejectionsOf(bench: Workbench, templates: readonly Template[], ask: Ask): PoolRejection[] {
  const furthest = new Map<number, PoolRejection>();
  for (const template of templates) {
    for (const alternative of ask.alternatives) {
      const rejection = rejectionOf(bench, template, ask, alternative);
      const before = furthest.get(template.pool);
      if (!before || STAGES.indexOf(rejection.reason) > STAGES.indexOf(before.reason)) {
        furthest.set(template.pool, rejection);
      }
    }
  }
  const { pools } = bench.problem;
  return pools
    .map((_, pool) => furthest.get(pool) ?? { pool, reason: 'requirements' as const, candidates: 0 })
    .sort((a, b) => pools[a.pool]!.rank - pools[b.pool]!.rank || a.pool - b.pool);
}

function rejectionOf(
  bench: Workbench,
  template: Template,
  ask: Ask,
  { offerings }: Alternative,
): PoolRejection {
  const { pool, rows } = template;
  const { ledger, topology, overheadPorts } = bench;
  const left = template.offerings.slice();
  let candidates = countBits(left);
  const rejected = (reason: PoolRejection['reason']): PoolRejection => ({ pool, reason, candidates });

  if (!andInto(left, left, offerings)) return rejected('requirements');
  candidates = countBits(left);
  dropRows(template, left, (row) => intersects(overheadPorts[rows.overheadGroup[row]!]!, ask.ports));
  if (isEmpty(left)) return rejected('ports');
  candidates = countBits(left);
  const eligible = left.slice();
  dropRows(template, left, (row) => !rowFits(bench, template, row, ask));
  if (isEmpty(left)) return { ...rejected('resources'), resource: shortage(bench, eligible, ask) };
  candidates = countBits(left);
  ledger.dropOverLimits(template, left);
  if (isEmpty(left) || !ledger.nodesAllowed(pool)) return rejected('limits');
  candidates = countBits(left);
  ledger.dropReserved(left);
  if (isEmpty(left)) return rejected('reservation');
  candidates = countBits(left);
  const domains = topology.domainsOf(left);
  const placeable = topology.admits(ask, -1, domains) && topology.narrow(ask, domains, left);
  if (!placeable) return rejected('topology');
  candidates = countBits(left);
  return rejected('min-values');
}

function dropRows(template: Template, offerings: Mask, drop: (row: number) => boolean): void {
  const { rows } = template;
  for (let row = 0; row < rows.count; row++) {
    if (!drop(row)) continue;
    for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++) clearBit(offerings, rows.offerings[at]!);
  }
}

function rowFits({ problem }: Workbench, { rows }: Template, row: number, ask: Ask): boolean {
  return ask.requests.every((amount, column) => amount <= rows.room[row * problem.resources + column]!);
}

/** The column that the fewest offerings satisfy, asked on the offering that has most room in it. */
function shortage({ problem }: Workbench, eligible: Mask, ask: Ask): NonNullable<PoolRejection['resource']> {
  const { resources, shapes, offerings, overheadGroups } = problem;
  let worst = { column: 0, fitting: Number.POSITIVE_INFINITY, requested: 0, largest: 0 };
  for (let column = 0; column < resources; column++) {
    const asked = { column, fitting: 0, requested: 0, largest: 0 };
    let most = Number.NEGATIVE_INFINITY;
    for (let at = nextBit(eligible, 0); at >= 0; at = nextBit(eligible, at + 1)) {
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
