import { describe } from 'vitest';
import { DynamoLeases } from '../../lib/adapters/aws/leases.ts';
import { MemoryLeases } from '../../lib/adapters/memory/leases.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { describeLeasesContract } from './leases.contract.ts';

describeLeasesContract('memory', async () => new MemoryLeases({ table: new MemoryTable() }));

describe.skipIf(!hasDynamo)('on the wire', () => {
  const makeTable = onDynamo();
  describeLeasesContract('DynamoDB', async () => new DynamoLeases(await makeTable()));
});
