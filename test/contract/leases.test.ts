import { MemoryLeases } from '../../lib/adapters/memory/leases.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { describeLeasesContract } from './leases.contract.ts';

describeLeasesContract('memory', async () => new MemoryLeases({ table: new MemoryTable() }));
