import { MemoryTable } from '../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../lib/adapters/memory/unavailable-offerings.ts';
import { describeUnavailableOfferingsContract } from './unavailable-offerings.contract.ts';

describeUnavailableOfferingsContract(
  'memory',
  async () => new MemoryUnavailableOfferings({ table: new MemoryTable() }),
);
