import { describe } from 'vitest';
import { DynamoPlans } from '../../lib/adapters/aws/plans.ts';
import { MemoryPlans } from '../../lib/adapters/memory/plans.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { hasDynamo, onDynamo, onS3 } from '../support/aws-wire.ts';
import { describePlansContract } from './plans.contract.ts';

describePlansContract('memory', async () => new MemoryPlans({ table: new MemoryTable() }));

describe.skipIf(!hasDynamo)('on the wire', () => {
  const makeTable = onDynamo();
  const bucket = onS3();
  describePlansContract('DynamoDB', async () => new DynamoPlans({ ...(await makeTable()), ...bucket() }));
});
