import { ConflictError } from '../../model/errors.ts';
import type { CatalogueVersion, PublishedDocument } from '../../model/published-document.ts';
import type { Publication } from '../../ports/publication.ts';
import { MemoryTable } from './table.ts';

export class MemoryPublication implements Publication {
  readonly #table = new MemoryTable();

  async list(): Promise<readonly PublishedDocument[]> {
    return this.#table.query('published#') as readonly PublishedDocument[];
  }

  async put(next: PublishedDocument): Promise<void> {
    const key = `published#${next.kind}/${next.name}`;
    const found = this.#table.get(key) as PublishedDocument | undefined;
    if ((found?.version ?? 0) !== next.version - 1) {
      throw new ConflictError(`${next.kind} ${next.name}`, found);
    }
    this.#table.put(key, next);
  }

  async catalogue(): Promise<CatalogueVersion | undefined> {
    return this.#table.get('catalogue') as CatalogueVersion | undefined;
  }

  async putCatalogue(version: CatalogueVersion): Promise<void> {
    this.#table.put('catalogue', version);
  }
}
