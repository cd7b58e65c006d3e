import { describe } from 'vitest';
import { DynamoRateGuard } from '../../lib/adapters/aws/rate-guard.ts';
import { MemoryRateGuard } from '../../lib/adapters/memory/rate-guard.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { ManualClock } from '../support/memory-clock.ts';
import { describeRateGuardContract } from './rate-guard.contract.ts';

describeRateGuardContract('memory', async () => {
  const clock = new ManualClock();
  const guard = new MemoryRateGuard({ clock });
  return { clock, guard: () => guard };
});

describe.skipIf(!hasDynamo)('on the wire', () => {
  const aTable = onDynamo();
  describeRateGuardContract('DynamoDB', async () => {
    const { table, clock } = await aTable();
    return { clock, guard: () => new DynamoRateGuard({ table, clock, name: 'launches' }) };
  });
});
