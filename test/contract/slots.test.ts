import { describe } from 'vitest';
import { DynamoClaims } from '../../lib/adapters/aws/claims.ts';
import { DynamoSlotStore } from '../../lib/adapters/aws/slots.ts';
import { MemoryClaims } from '../../lib/adapters/memory/claims.ts';
import { MemorySlotStore } from '../../lib/adapters/memory/slots.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { describeSlotsContract } from './slots.contract.ts';

describeSlotsContract('memory', async () => {
  const table = new MemoryTable();
  const claims = new MemoryClaims({ table });
  return { claims, slots: new MemorySlotStore({ table, claims }) };
});

describe.skipIf(!hasDynamo)('on the wire', () => {
  const makeTable = onDynamo();
  describeSlotsContract('DynamoDB', async () => {
    const options = await makeTable();
    return { claims: new DynamoClaims(options), slots: new DynamoSlotStore(options) };
  });
});
