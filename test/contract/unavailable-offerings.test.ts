import { describe } from 'vitest';
import { DynamoUnavailableOfferings } from '../../lib/adapters/aws/unavailable-offerings.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../lib/adapters/memory/unavailable-offerings.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { describeUnavailableOfferingsContract } from './unavailable-offerings.contract.ts';

describeUnavailableOfferingsContract(
  'memory',
  async () => new MemoryUnavailableOfferings({ table: new MemoryTable() }),
);

describe.skipIf(!hasDynamo)('on the wire', () => {
  const makeTable = onDynamo();
  describeUnavailableOfferingsContract(
    'DynamoDB',
    async () => new DynamoUnavailableOfferings(await makeTable()),
  );
});
