import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../lib/model/errors.ts';
import type { Publication } from '../../lib/ports/publication.ts';
import { aPublishedNodeClass, aPublishedNodePool } from '../support/published.ts';

export function describePublicationContract(name: string, makePublication: () => Promise<Publication>): void {
  describe(`publication: ${name}`, () => {
    it('lists what was put, by kind and name', async () => {
      const publication = await makePublication();
      const put = [
        aPublishedNodePool({ name: 'spot' }),
        aPublishedNodePool({ name: 'batch' }),
        aPublishedNodeClass({ name: 'zeta' }),
      ];
      for (const document of put) await publication.put(document);
      expect(await publication.list()).toEqual([put[2], put[1], put[0]]);
    });

    it('replaces the version before', async () => {
      const publication = await makePublication();
      await publication.put(aPublishedNodePool());
      const next = aPublishedNodePool({ version: 2, status: { state: 'not-ready', reason: 'why' } });
      await publication.put(next);
      expect(await publication.list()).toEqual([next]);
    });

    it('refuses a version that another writer wrote, and tells what it found', async () => {
      const publication = await makePublication();
      const first = aPublishedNodePool();
      await publication.put(first);
      const error = await publication.put(first).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ConflictError);
      expect((error as ConflictError<unknown>).found).toEqual(first);
      await expect(publication.put(aPublishedNodePool({ version: 3 }))).rejects.toThrow(ConflictError);
    });

    it('keeps a vanished document', async () => {
      const publication = await makePublication();
      const gone = aPublishedNodePool({ status: { state: 'vanished' } });
      await publication.put(gone);
      expect(await publication.list()).toEqual([gone]);
    });

    it('points to the catalogue stored last', async () => {
      const publication = await makePublication();
      expect(await publication.catalogue()).toBeUndefined();
      await publication.putCatalogue({ id: 'a', storedAtMs: 1, types: 3 });
      await publication.putCatalogue({ id: 'b', storedAtMs: 2, types: 4 });
      expect(await publication.catalogue()).toEqual({ id: 'b', storedAtMs: 2, types: 4 });
    });
  });
}
