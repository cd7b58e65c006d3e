import { MemoryDocuments } from '../../lib/adapters/memory/documents.ts';
import { describeDocumentsContract } from './documents.contract.ts';

describeDocumentsContract('memory', async () => {
  const documents = new MemoryDocuments({ nodePools: [], nodeClasses: [], resolved: [] });
  return {
    documents,
    publishNodePool: async (pool) => documents.publishNodePool(pool),
    withdrawNodePool: async (name) => documents.withdrawNodePool(name),
    publishNodeClass: async (nodeClass) => documents.publishNodeClass(nodeClass),
    publishResolved: async (resolved) => documents.publishResolved(resolved),
    withdrawResolved: async (name) => documents.withdrawResolved(name),
  };
});
