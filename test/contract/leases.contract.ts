import { describe, expect, it } from 'vitest';
import type { Leases, LeaseWish } from '../../lib/ports/leases.ts';
import { START_MS } from '../support/memory-clock.ts';

const wish = (holder: string, afterMs: number): LeaseWish => ({
  holder,
  nowMs: START_MS + afterMs,
  lifeMs: 20_000,
  endsAtMs: START_MS + 840_000,
});

/** What every `Leases` does; the harness gives a store without leases. */
export function describeLeasesContract(name: string, makeLeases: () => Promise<Leases>): void {
  describe(`leases: ${name}`, () => {
    it('gives a free lease, and tells the next who holds it and until when that one means to', async () => {
      const leases = await makeLeases();
      expect(await leases.acquire('poller', wish('a', 0))).toEqual({ kind: 'acquired' });
      expect(await leases.acquire('poller', wish('b', 19_999))).toEqual({
        kind: 'held',
        holder: 'a',
        endsAtMs: START_MS + 840_000,
      });
    });

    it('gives a lease past its life to another', async () => {
      const leases = await makeLeases();
      await leases.acquire('poller', wish('a', 0));
      expect(await leases.acquire('poller', wish('b', 20_000))).toEqual({ kind: 'acquired' });
      expect(await leases.acquire('poller', wish('a', 20_001))).toMatchObject({ kind: 'held', holder: 'b' });
    });

    it('lets the holder renew, counting its life from then', async () => {
      const leases = await makeLeases();
      await leases.acquire('poller', wish('a', 0));
      expect(await leases.acquire('poller', wish('a', 15_000))).toEqual({ kind: 'acquired' });
      expect(await leases.acquire('poller', wish('b', 34_999))).toMatchObject({ kind: 'held' });
      expect(await leases.acquire('poller', wish('b', 35_000))).toEqual({ kind: 'acquired' });
    });

    it('frees a lease that its holder releases', async () => {
      const leases = await makeLeases();
      await leases.acquire('poller', wish('a', 0));
      await leases.release('poller', 'a');
      expect(await leases.acquire('poller', wish('b', 1))).toEqual({ kind: 'acquired' });
    });

    it('does not free a lease for one who does not hold it', async () => {
      const leases = await makeLeases();
      await leases.acquire('poller', wish('a', 0));
      await leases.release('poller', 'b');
      expect(await leases.acquire('poller', wish('b', 1))).toMatchObject({ kind: 'held', holder: 'a' });
    });

    it('gives a lease to exactly one of several that ask at once', async () => {
      const leases = await makeLeases();
      const holders = ['a', 'b', 'c', 'd'];
      const answers = await Promise.all(holders.map((holder) => leases.acquire('poller', wish(holder, 0))));
      const winner = holders[answers.findIndex((answer) => answer.kind === 'acquired')];
      expect(answers.filter((answer) => answer.kind === 'held')).toEqual(
        Array.from({ length: 3 }, () => ({ kind: 'held', holder: winner, endsAtMs: START_MS + 840_000 })),
      );
    });

    it('keeps leases of different names apart', async () => {
      const leases = await makeLeases();
      await leases.acquire('poller', wish('a', 0));
      expect(await leases.acquire('reconciler', wish('b', 0))).toEqual({ kind: 'acquired' });
    });
  });
}
