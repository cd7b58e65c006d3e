import {
  markKey,
  UNAVAILABLE_FORGET_MS,
  type UnavailableOffering,
} from '../../model/unavailable-offering.ts';
import type { UnavailableOfferings } from '../../ports/unavailable-offerings.ts';
import { bodyAttributes, bodyOf } from './table/body.ts';
import { UNAVAILABLE, unavailableKey } from './table/keys.ts';
import type { Table } from './table/table.ts';

export class DynamoUnavailableOfferings implements UnavailableOfferings {
  readonly #table: Table;

  constructor(options: { readonly table: Table }) {
    this.#table = options.table;
  }

  async list(): Promise<readonly UnavailableOffering[]> {
    const items = await this.#table.query(UNAVAILABLE);
    return items.map((item) => bodyOf<UnavailableOffering>(item));
  }

  /** Gone once it would start again at the first step anyway. */
  async put(mark: UnavailableOffering): Promise<void> {
    const key = markKey(mark);
    const expiresAtSeconds = Math.ceil((mark.untilMs + UNAVAILABLE_FORGET_MS) / 1_000);
    const body = bodyAttributes(mark, `mark of ${key}`);
    await this.#table.write({ kind: 'put', item: { ...unavailableKey(key), ...body, expiresAtSeconds } });
  }
}
