import { describe, expect, it } from 'vitest';
import { firstTime } from '../../../lib/adapters/aws/first-time.ts';
import { hasDynamo, onDynamo } from '../../support/aws-wire.ts';

describe.skipIf(!hasDynamo)('the time when something was first done', () => {
  const open = onDynamo();

  it('is that of the first call, however often it is asked for later, and another one under another name', async () => {
    const { table } = await open();
    expect(await firstTime(table, 'teardown r-1', 1_000)).toBe(1_000);
    expect(await firstTime(table, 'teardown r-1', 900_000)).toBe(1_000);
    expect(await firstTime(table, 'teardown r-2', 900_000)).toBe(900_000);
  });
});
