import { describe, expect, it } from 'vitest';
import { bundles, DEPLOYED_FUNCTIONS } from '../support/bundle.ts';

const KB = 1_000;
const MAX_BYTES = 2_000 * KB;
/** The poller starts most often of all, and pods wait for it. */
const POLLER_MAX_BYTES = 900 * KB;

describe('bundles', () => {
  it('stay small, because every cold start reads them', { timeout: 60_000 }, async () => {
    const made = await bundles();
    expect([...made.keys()].sort()).toEqual(DEPLOYED_FUNCTIONS);
    expect(made.get('poller')?.length).toBeLessThanOrEqual(POLLER_MAX_BYTES);
    const tooLarge = [...made].filter(([, { length }]) => length > MAX_BYTES).map(([name]) => name);
    expect(tooLarge).toEqual([]);
  });
});
