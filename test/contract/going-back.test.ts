import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DynamoLeases } from '../../lib/adapters/aws/leases.ts';
import { toItem } from '../../lib/adapters/aws/table/attributes.ts';
import { LEASE_LIFE_MS, LEASE_RENEW_MS } from '../../lib/control/limits.ts';
import { hasDynamo, onDynamo } from '../support/aws-wire.ts';
import { START_MS } from '../support/memory-clock.ts';

const deploying = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');

/** The lease that docs/deploy.md has people put, with its time set. */
const itemOfDocs = (untilMs: number) => {
  const written = /'(\{"pk":\{"S":"lease#poller"\}.*\})'/.exec(deploying)?.[1] ?? '';
  return toItem(JSON.parse(written.replaceAll("'$later'", String(untilMs))));
};

describe.skipIf(!hasDynamo)('the lease put by hand when going back', () => {
  const makeTable = onDynamo();
  const wish = (holder: string, nowMs: number) => ({
    ...{ holder, nowMs, lifeMs: LEASE_LIFE_MS, endsAtMs: nowMs + 14 * 60_000 },
  });

  it('takes it from the poller that holds it, and lets the next one have it ten seconds later', async () => {
    const test = await makeTable();
    const leases = new DynamoLeases(test);
    expect(await leases.acquire('poller', wish('newer', START_MS))).toEqual({ kind: 'acquired' });
    const untilMs = START_MS + 10_000;
    await test.table.write({ kind: 'put', item: itemOfDocs(untilMs) });
    expect(await leases.acquire('poller', wish('newer', START_MS + LEASE_RENEW_MS))).toEqual({
      ...{ kind: 'held', holder: 'going-back', endsAtMs: untilMs },
    });
    expect(await leases.acquire('poller', wish('older', untilMs))).toEqual({ kind: 'acquired' });
  });
});
