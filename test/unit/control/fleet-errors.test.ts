import { describe, expect, it } from 'vitest';
import { affectedOfferings } from '../../../lib/control/remember-errors.ts';
import type { FleetRequest } from '../../../lib/model/plan.ts';
import { markUnavailable } from '../../../lib/model/unavailable-offering.ts';

const MINUTE_MS = 60_000;

const request: FleetRequest = {
  clientToken: 'o-1',
  capacityType: 'spot',
  targetCapacity: 1,
  allocationStrategy: 'price-capacity-optimized',
  launchTemplate: { nodeClass: 'default', nodeClassHash: 'h', nodePool: 'pool' },
  overrides: ['m7i.large', 'c7i.large'].flatMap((instanceType) =>
    ['us-east-1a', 'us-east-1b'].map((zone) => ({
      instanceType,
      zone,
      subnetId: `subnet-${zone}`,
      imageId: 'ami-1',
    })),
  ),
  tags: {},
};

const affected = (code: string, instanceType?: string, zone?: string): string[] =>
  affectedOfferings(request, {
    code,
    message: '',
    ...(instanceType === undefined ? {} : { instanceType }),
    ...(zone === undefined ? {} : { zone }),
  }).map((ref) => `${ref.capacityType} ${ref.instanceType} ${ref.zone}`);

describe('errors of a fleet answer', () => {
  it('rule out the one override they name', () => {
    expect(affected('InsufficientInstanceCapacity', 'm7i.large', 'us-east-1a')).toEqual([
      'spot m7i.large us-east-1a',
    ]);
  });

  it('rule out the whole request when an account limit is reached', () => {
    expect(affected('MaxSpotInstanceCountExceeded', 'm7i.large', 'us-east-1a')).toHaveLength(4);
  });

  it('rule out every type of the zone whose subnet has no address left', () => {
    expect(affected('InsufficientFreeAddressesInSubnet', 'm7i.large', 'us-east-1b')).toEqual([
      'spot m7i.large us-east-1b',
      'spot c7i.large us-east-1b',
    ]);
  });

  it('rule out nothing when EC2 throttles', () => {
    expect(affected('RequestLimitExceeded', 'm7i.large', 'us-east-1a')).toEqual([]);
  });
});

describe('an unavailable offering', () => {
  const ref = { instanceType: 'm7i.large', zone: 'us-east-1a', capacityType: 'spot' } as const;

  it('is left alone for three minutes at first, twice as long after each repetition, 48 minutes at most', () => {
    let mark = markUnavailable(undefined, ref, 'InsufficientInstanceCapacity', 0);
    const lives = [mark.untilMs];
    for (let round = 0; round < 5; round++) {
      const nowMs = mark.untilMs + 1;
      mark = markUnavailable(mark, ref, 'InsufficientInstanceCapacity', nowMs);
      lives.push(mark.untilMs - nowMs);
    }
    expect(lives.map((ms) => ms / MINUTE_MS)).toEqual([3, 6, 12, 24, 48, 48]);
  });

  it('is not lengthened by another answer about the same shortage', () => {
    const mark = markUnavailable(undefined, ref, 'InsufficientInstanceCapacity', 0);
    expect(markUnavailable(mark, ref, 'InsufficientInstanceCapacity', MINUTE_MS)).toBe(mark);
  });

  it('starts again at the first step an hour after its mark ended', () => {
    const first = markUnavailable(undefined, ref, 'InsufficientInstanceCapacity', 0);
    const later = markUnavailable(first, ref, 'InsufficientInstanceCapacity', first.untilMs + 60 * MINUTE_MS);
    expect(later.step).toBe(0);
  });
});
