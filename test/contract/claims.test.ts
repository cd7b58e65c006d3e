import { MemoryClaims } from '../../lib/adapters/memory/claims.ts';
import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { describeClaimsContract } from './claims.contract.ts';

describeClaimsContract('memory', async () => new MemoryClaims({ table: new MemoryTable() }));
