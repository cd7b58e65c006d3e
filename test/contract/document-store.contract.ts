import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../lib/model/errors.ts';
import type { DocumentStore, DocumentText } from '../../lib/ports/document-store.ts';

const aText = (overrides: Partial<DocumentText> = {}): DocumentText => ({
  kind: 'NodePool',
  name: 'general',
  text: 'one',
  ...overrides,
});

export function describeDocumentStoreContract(name: string, makeStore: () => Promise<DocumentStore>): void {
  describe(`document store: ${name}`, () => {
    const kept = async (store: DocumentStore) => {
      const [found] = await store.list();
      if (found === undefined) throw new Error('nothing is kept');
      return found;
    };

    it('lists what was put, with where it stands', async () => {
      const store = await makeStore();
      await store.put(aText(), undefined);
      await store.put(aText({ kind: 'EC2NodeClass', text: 'class' }), undefined);
      const found = (await store.list()).map(({ kind, name: named, text, origin }) => [
        kind,
        named,
        text,
        origin,
      ]);
      expect(found).toEqual([
        ['EC2NodeClass', 'general', 'class', store.originOf('EC2NodeClass', 'general')],
        ['NodePool', 'general', 'one', store.originOf('NodePool', 'general')],
      ]);
    });

    it('replaces the text that was read, and gives it another revision', async () => {
      const store = await makeStore();
      await store.put(aText(), undefined);
      const first = await kept(store);
      await store.put(aText({ text: 'two' }), first);
      const second = await kept(store);
      expect(second.text).toBe('two');
      expect(second.revision).not.toBe(first.revision);
    });

    it('refuses to write over what it was not shown, and tells what it found', async () => {
      const store = await makeStore();
      await store.put(aText(), undefined);
      const first = await kept(store);
      await store.put(aText({ text: 'of another' }), first);
      const stale = await store.put(aText({ text: 'mine' }), first).catch((error: unknown) => error);
      expect(stale).toBeInstanceOf(ConflictError);
      expect((stale as ConflictError<DocumentText>).found).toMatchObject({ text: 'of another' });
      await expect(store.put(aText({ text: 'mine' }), undefined)).rejects.toThrow(ConflictError);
      expect((await kept(store)).text).toBe('of another');
    });

    it('refuses to bring back what was removed meanwhile', async () => {
      const store = await makeStore();
      await store.put(aText(), undefined);
      const first = await kept(store);
      await store.remove(first);
      await expect(store.put(aText({ text: 'mine' }), first)).rejects.toThrow(ConflictError);
      expect(await store.list()).toEqual([]);
    });

    it('removes what was read; a second time changes nothing', async () => {
      const store = await makeStore();
      await store.put(aText(), undefined);
      const first = await kept(store);
      await store.remove(first);
      await store.remove(first);
      expect(await store.list()).toEqual([]);
    });

    it('keeps what was edited since it was read', async () => {
      const store = await makeStore();
      await store.put(aText(), undefined);
      const first = await kept(store);
      await store.put(aText({ text: 'two' }), first);
      await expect(store.remove(first)).rejects.toThrow(ConflictError);
      expect((await kept(store)).text).toBe('two');
    });

    it('says what it cannot hold, and holds all else', async () => {
      const store = await makeStore();
      const large = aText({ text: 'x'.repeat(8_000) });
      expect(store.refusal(large)).toBeUndefined();
      await store.put(large, undefined);
      expect((await kept(store)).text).toBe(large.text);
    });
  });
}
