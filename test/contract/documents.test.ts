import { describe } from 'vitest';
import { PublishedDocuments } from '../../lib/adapters/aws/documents.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { MemoryDocuments } from '../../lib/adapters/memory/documents.ts';
import type { PublishedDocument } from '../../lib/model/published-document.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { aPublishedNodeClass, aPublishedNodePool, overwrite } from '../support/published.ts';
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

/** Longer than a reader goes without looking. */
const LOOKS_AGAIN_MS = 5_000;

describe.skipIf(!hasDynamo)('on the wire', () => {
  const aTable = onDynamo();
  describeDocumentsContract('DynamoDB', async () => {
    const { table, clock } = await aTable();
    const publication = new DynamoPublication({ table });
    const publish = async (document: PublishedDocument): Promise<void> => {
      await overwrite(publication, document);
      await clock.advance(LOOKS_AGAIN_MS);
    };
    const { resolution: _, ...notReady } = aPublishedNodeClass();
    return {
      documents: new PublishedDocuments({ publication, clock }),
      publishNodePool: (document) =>
        publish(aPublishedNodePool({ name: document.name, running: { document, sinceMs: 0 } })),
      withdrawNodePool: (name) => publish(aPublishedNodePool({ name, status: { state: 'vanished' } })),
      publishNodeClass: (document) =>
        publish(aPublishedNodeClass({ name: document.name, running: { document, sinceMs: 0 } })),
      publishResolved: (resolved) =>
        publish(aPublishedNodeClass({ name: resolved.name, resolution: { resolved, images: [] } })),
      withdrawResolved: (name) =>
        publish({ ...notReady, name, status: { state: 'not-ready', reason: 'no subnet' } }),
    };
  });
});
