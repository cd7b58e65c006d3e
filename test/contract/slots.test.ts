import { MemoryClaims } from '../../lib/adapters/memory/claims.ts';
import { MemorySlotStore } from '../../lib/adapters/memory/slots.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { describeSlotsContract } from './slots.contract.ts';

describeSlotsContract('memory', async () => {
  const table = new MemoryTable();
  const claims = new MemoryClaims({ table });
  return { claims, slots: new MemorySlotStore({ table, claims }) };
});
