import { describe, expect, it } from 'vitest';
import type { UnavailableOffering } from '../../lib/model/unavailable-offering.ts';
import type { UnavailableOfferings } from '../../lib/ports/unavailable-offerings.ts';
import { START_MS } from '../support/memory-clock.ts';

const mark = (instanceType: string, overrides: Partial<UnavailableOffering> = {}): UnavailableOffering => ({
  instanceType,
  zone: 'us-east-1a',
  capacityType: 'on-demand',
  reason: 'InsufficientInstanceCapacity',
  untilMs: START_MS,
  step: 0,
  ...overrides,
});

/** What every `UnavailableOfferings` does; the harness gives an empty store. */
export function describeUnavailableOfferingsContract(
  name: string,
  makeUnavailable: () => Promise<UnavailableOfferings>,
): void {
  describe(`unavailable offerings: ${name}`, () => {
    it('lists marks by offering, those that ended included', async () => {
      const unavailable = await makeUnavailable();
      const marks = [mark('m7i.large'), mark('c7i.large'), mark('z1d.large', { capacityType: 'spot' })];
      for (const each of marks) await unavailable.put(each);
      const listed = await unavailable.list();
      expect(listed.map((each) => each.instanceType)).toEqual(['c7i.large', 'm7i.large', 'z1d.large']);
    });

    it('gives back all of a mark, and keeps that of one NodeClass apart', async () => {
      const unavailable = await makeUnavailable();
      const marks = [
        mark('m7i.large'),
        mark('m7i.large', { nodeClass: 'gpu', reason: 'InvalidAMI', step: 2 }),
      ];
      for (const each of marks) await unavailable.put(each);
      expect(await unavailable.list()).toEqual([marks[1], marks[0]]);
    });

    it('keeps one mark per type, zone and capacity type, the last one', async () => {
      const unavailable = await makeUnavailable();
      await unavailable.put(mark('m7i.large'));
      await unavailable.put(mark('m7i.large', { step: 1, untilMs: START_MS + 360_000 }));
      await unavailable.put(mark('m7i.large', { zone: 'us-east-1b' }));
      expect((await unavailable.list()).map((each) => [each.zone, each.step])).toEqual([
        ['us-east-1a', 1],
        ['us-east-1b', 0],
      ]);
    });
  });
}
