import { describe } from 'vitest';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { MemoryPublication } from '../../lib/adapters/memory/publication.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { describePublicationContract } from './publication.contract.ts';

describePublicationContract('memory', async () => new MemoryPublication());

describe.skipIf(!hasDynamo)('on the wire', () => {
  const aTable = onDynamo();
  describePublicationContract('DynamoDB', async () => {
    const { table } = await aTable();
    return new DynamoPublication({ table });
  });
});
