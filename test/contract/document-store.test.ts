import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SsmDocumentSource, TableDocumentSource } from '../../lib/adapters/aws/document-source.ts';
import { SsmParameters, ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { startSsmServer } from '../../lib/local/ssm-server.ts';
import { hasDynamo, localOptions, onDynamo } from '../support/aws-wire.ts';
import { seededRandom } from '../support/memory-clock.ts';
import { realClock } from '../support/real-time.ts';
import { describeDocumentStoreContract } from './document-store.contract.ts';

/** Text that does not shrink when it is packed. */
function noise(characters: number): string {
  const random = seededRandom(1);
  return Array.from({ length: characters }, () => String.fromCharCode(33 + random.below(90))).join('');
}

describe('on the wire', () => {
  let server: Awaited<ReturnType<typeof startSsmServer>> | undefined;
  let paths = 0;
  beforeAll(async () => {
    server = await startSsmServer({ port: 0, clock: realClock, region: 'us-east-1', published: {} });
  });
  afterAll(() => server?.close());

  function aStore(): SsmDocumentSource {
    if (server === undefined) throw new Error('the server has not started');
    paths += 1;
    const parameters = new SsmParameters(ssmClient(localOptions(server.url)));
    return new SsmDocumentSource({ parameters, path: `/dovetail/test-${paths}` });
  }

  describeDocumentStoreContract('SSM', async () => aStore());

  it('SSM refuses a document of more than 8 KB, and says where it can be kept', () => {
    const document = { kind: 'NodePool', name: 'general', text: 'x'.repeat(8_193) } as const;
    expect(aStore().refusal(document)).toMatch(/8193 bytes.*8192.*in the table/);
  });
});

describe.skipIf(!hasDynamo)('on the wire of DynamoDB', () => {
  const aTable = onDynamo();
  const aStore = async () => new TableDocumentSource({ table: (await aTable()).table });
  describeDocumentStoreContract('table', aStore);

  it('the table refuses a document that no item holds', async () => {
    const document = { kind: 'NodePool', name: 'general', text: noise(500_000) } as const;
    const store = await aStore();
    expect(store.refusal(document)).toMatch(/500000 bytes/);
    await expect(store.put(document, undefined)).rejects.toMatchObject({ code: 'ItemTooLarge' });
  });
});
