import { describe, expect, it } from 'vitest';
import type { NodeClass, ResolvedNodeClass } from '../../lib/model/node-class.ts';
import type { NodePool } from '../../lib/model/node-pool.ts';
import type { Documents } from '../../lib/ports/documents.ts';
import { aNodePool } from '../support/builders.ts';
import { aNodeClass, aResolvedNodeClass } from '../support/memory-documents.ts';

/** Nothing is published yet; the other functions are the publisher's. */
export interface DocumentsHarness {
  readonly documents: Documents;
  publishNodePool(pool: NodePool): Promise<void>;
  withdrawNodePool(name: string): Promise<void>;
  publishNodeClass(nodeClass: NodeClass): Promise<void>;
  publishResolved(resolved: ResolvedNodeClass): Promise<void>;
  withdrawResolved(name: string): Promise<void>;
}

export function describeDocumentsContract(name: string, makeHarness: () => Promise<DocumentsHarness>): void {
  describe(`documents: ${name}`, () => {
    it('lists NodePools and NodeClasses by name', async () => {
      const { documents, publishNodePool, publishNodeClass } = await makeHarness();
      for (const each of ['spot', 'batch']) {
        await publishNodePool(aNodePool({ name: each }));
        await publishNodeClass(aNodeClass({ name: each }));
      }
      expect((await documents.nodePools()).map((pool) => pool.name)).toEqual(['batch', 'spot']);
      expect((await documents.nodeClasses()).map((each) => each.name)).toEqual(['batch', 'spot']);
    });

    it('gives the version published last', async () => {
      const { documents, publishNodePool } = await makeHarness();
      await publishNodePool(aNodePool({ weight: 1 }));
      await publishNodePool(aNodePool({ weight: 2 }));
      expect(await documents.nodePools()).toEqual([aNodePool({ weight: 2 })]);
    });

    it('no longer lists a NodePool that was withdrawn', async () => {
      const { documents, publishNodePool, withdrawNodePool } = await makeHarness();
      await publishNodePool(aNodePool());
      await withdrawNodePool(aNodePool().name);
      expect(await documents.nodePools()).toEqual([]);
    });

    it('resolves a NodeClass only while what it selects is there', async () => {
      const { documents, publishResolved, withdrawResolved } = await makeHarness();
      const resolved = aResolvedNodeClass();
      expect(await documents.resolvedNodeClass(resolved.name)).toBeUndefined();
      await publishResolved(resolved);
      expect(await documents.resolvedNodeClass(resolved.name)).toEqual(resolved);
      await withdrawResolved(resolved.name);
      expect(await documents.resolvedNodeClass(resolved.name)).toBeUndefined();
    });
  });
}
