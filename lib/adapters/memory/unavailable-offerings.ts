import { markKey, type UnavailableOffering } from '../../model/unavailable-offering.ts';
import type { UnavailableOfferings } from '../../ports/unavailable-offerings.ts';
import type { MemoryTable } from './table.ts';

export class MemoryUnavailableOfferings implements UnavailableOfferings {
  readonly #table: MemoryTable;

  constructor(options: { readonly table: MemoryTable }) {
    this.#table = options.table;
  }

  async list(): Promise<readonly UnavailableOffering[]> {
    return this.#table.query('unavailable#') as readonly UnavailableOffering[];
  }

  async put(mark: UnavailableOffering): Promise<void> {
    this.#table.put(`unavailable#${markKey(mark)}`, mark);
  }
}
