import { ConflictError } from '../../model/errors.ts';
import type { CatalogueVersion, PublishedDocument } from '../../model/published-document.ts';
import type { Publication } from '../../ports/publication.ts';
import { bodyAttributes, bodyOf } from './table/body.ts';
import { documentSk, NEWEST_CATALOGUE, PUBLISHED, retainedUntilSeconds } from './table/keys.ts';
import { ifVersion } from './table/living-items.ts';
import type { Table } from './table/table.ts';

export class DynamoPublication implements Publication {
  readonly #table: Table;

  constructor(options: { readonly table: Table }) {
    this.#table = options.table;
  }

  async list(): Promise<readonly PublishedDocument[]> {
    return (await this.#table.query(PUBLISHED)).map((item) => bodyOf<PublishedDocument>(item));
  }

  async put(next: PublishedDocument): Promise<void> {
    const what = `${next.kind} ${next.name}`;
    const item = {
      pk: PUBLISHED,
      sk: documentSk(next.kind, next.name),
      version: next.version,
      ...bodyAttributes(next, what),
      ...(next.status.state === 'vanished'
        ? { expiresAtSeconds: retainedUntilSeconds(next.statusSinceMs) }
        : {}),
    };
    const condition = next.version === 1 ? this.#table.absent() : ifVersion(next.version - 1);
    const lost = await this.#table.write({ kind: 'put', item, condition });
    if (lost === undefined) return;
    const found = lost.get(0);
    throw new ConflictError(what, found && bodyOf<PublishedDocument>(found));
  }

  async catalogue(): Promise<CatalogueVersion | undefined> {
    const item = await this.#table.get(NEWEST_CATALOGUE);
    return item && bodyOf<CatalogueVersion>(item);
  }

  async putCatalogue(version: CatalogueVersion): Promise<void> {
    const item = { ...NEWEST_CATALOGUE, ...bodyAttributes(version, `catalogue ${version.id}`) };
    await this.#table.write({ kind: 'put', item });
  }
}
