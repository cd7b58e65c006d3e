import { firstTimeKey } from './table/keys.ts';
import type { Table } from './table/table.ts';

/** When something was first done under `name`: `nowMs` for the first who asks, the first one's time for all others. */
export async function firstTime(table: Table, name: string, nowMs: number): Promise<number> {
  const item = { ...firstTimeKey(name), atMs: nowMs };
  const lost = await table.write({ kind: 'put', item, condition: table.absent() });
  return Number(lost?.get(0)?.['atMs'] ?? nowMs);
}
