import { describe } from 'vitest';
import { DynamoClaims } from '../../lib/adapters/aws/claims.ts';
import { MemoryClaims } from '../../lib/adapters/memory/claims.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { describeClaimsContract } from './claims.contract.ts';

describeClaimsContract('memory', async () => new MemoryClaims({ table: new MemoryTable() }));

describe.skipIf(!hasDynamo)('on the wire', () => {
  const makeTable = onDynamo();
  describeClaimsContract('DynamoDB', async () => new DynamoClaims(await makeTable()));
});
