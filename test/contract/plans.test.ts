import { MemoryPlans } from '../../lib/adapters/memory/plans.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { describePlansContract } from './plans.contract.ts';

describePlansContract('memory', async () => new MemoryPlans({ table: new MemoryTable() }));
