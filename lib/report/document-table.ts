// NodePools and EC2NodeClasses in the columns of `kubectl get` with Karpenter's printer columns; wide adds the message.
import { formatQuantity } from '../model/quantity.ts';
import { type DocumentRow, documentState } from './document-state.ts';
import { humanDuration } from './duration.ts';
import { textTable } from './text-table.ts';

const NODE_POOL_COLUMNS = ['NAME', 'NODECLASS', 'NODES', 'READY', 'AGE'];
/** `CPU` and `MEMORY` are in use, and of how much where there is a limit. */
const NODE_POOL_WIDE = ['WEIGHT', 'CPU', 'MEMORY', 'MESSAGE'];
const NODE_CLASS_COLUMNS = ['NAME', 'READY', 'AGE'];
const NODE_CLASS_WIDE = ['ROLE', 'MESSAGE'];

export interface TableChoices {
  readonly nowMs: number;
  readonly wide: boolean;
}

/** In the order of the rows. */
export function nodePoolTable(rows: readonly DocumentRow[], { nowMs, wide }: TableChoices): string[] {
  const cells = rows.map((row) => {
    const { ready, message } = documentState(row);
    const pool = row.published?.kind === 'NodePool' ? row.published.running?.document : undefined;
    const nodes = `${row.usage['nodes'] ?? 0}`;
    const narrow = [row.name, row.nodeClass ?? pool?.template.nodeClass ?? '', nodes, ready, age(row, nowMs)];
    const weight = pool === undefined || pool.weight === 0 ? '' : `${pool.weight}`;
    return [...narrow, weight, amount(row, 'cpu'), amount(row, 'memory'), message];
  });
  return tableOf(NODE_POOL_COLUMNS, NODE_POOL_WIDE, cells, wide);
}

/** In the order of the rows. */
export function nodeClassTable(rows: readonly DocumentRow[], { nowMs, wide }: TableChoices): string[] {
  const cells = rows.map((row) => {
    const { ready, message } = documentState(row);
    const running = row.published?.kind === 'EC2NodeClass' ? row.published.running?.document : undefined;
    return [row.name, ready, age(row, nowMs), running?.role ?? running?.instanceProfile ?? '', message];
  });
  return tableOf(NODE_CLASS_COLUMNS, NODE_CLASS_WIDE, cells, wide);
}

function tableOf(
  narrow: readonly string[],
  wide: readonly string[],
  rows: readonly (readonly string[])[],
  isWide: boolean,
): string[] {
  const header = isWide ? [...narrow, ...wide] : narrow;
  return textTable(
    header,
    rows.map((cells) => cells.slice(0, header.length)),
  );
}

function amount({ published, usage }: DocumentRow, resource: string): string {
  const limits = published?.kind === 'NodePool' ? published.running?.document.limits : undefined;
  const limit = limits?.[resource];
  const used = formatQuantity(resource, usage[resource] ?? 0);
  return limit === undefined ? used : `${used}/${formatQuantity(resource, limit)}`;
}

/** Since the publisher first saw it. */
const age = ({ published }: DocumentRow, nowMs: number): string =>
  published === undefined ? '' : humanDuration(nowMs - (published.createdAtMs ?? published.statusSinceMs));
