import type { LeaseAnswer, Leases, LeaseWish } from '../../ports/leases.ts';
import { leaseKey } from './table/keys.ts';
import type { Table } from './table/table.ts';

export class DynamoLeases implements Leases {
  readonly #table: Table;

  constructor(options: { readonly table: Table }) {
    this.#table = options.table;
  }

  async acquire(name: string, { holder, nowMs, lifeMs, endsAtMs }: LeaseWish): Promise<LeaseAnswer> {
    const lost = await this.#table.write({
      kind: 'put',
      item: { ...leaseKey(name), holder, livesUntilMs: nowMs + lifeMs, endsAtMs },
      condition: {
        expression: 'attribute_not_exists(#pk) OR #holder = :holder OR #livesUntilMs <= :nowMs',
        values: { holder, nowMs },
      },
    });
    const found = lost?.get(0);
    if (found === undefined) return { kind: 'acquired' };
    return { kind: 'held', holder: String(found['holder']), endsAtMs: Number(found['endsAtMs']) };
  }

  async release(name: string, holder: string): Promise<void> {
    const condition = { expression: '#holder = :holder', values: { holder } };
    await this.#table.write({ kind: 'delete', key: leaseKey(name), condition });
  }
}
