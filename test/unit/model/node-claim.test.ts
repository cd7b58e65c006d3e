import { describe, expect, it } from 'vitest';
import { coreOf, type Leave, mergeLeave } from '../../../lib/model/node-claim.ts';
import { aDrainingClaim } from '../../support/claims.ts';

const empty: Leave = { reason: 'Empty', severity: 'voluntary', requestedAtMs: 0 };
const interrupted: Leave = {
  reason: 'Interrupted',
  severity: 'forced',
  requestedAtMs: 5,
  deadlineMs: 120_000,
};

describe('two wishes for the same node to leave', () => {
  it('take the severer reason, in either order', () => {
    expect(mergeLeave(empty, interrupted)).toEqual(interrupted);
    expect(mergeLeave(interrupted, empty)).toEqual(interrupted);
  });

  it('keep the earlier deadline', () => {
    expect(mergeLeave(interrupted, { ...interrupted, deadlineMs: 200_000 }).deadlineMs).toBe(120_000);
    expect(mergeLeave(interrupted, { ...interrupted, deadlineMs: 60_000 }).deadlineMs).toBe(60_000);
    expect(mergeLeave({ ...empty, deadlineMs: 50 }, { ...empty, severity: 'lost' }).deadlineMs).toBe(50);
  });
});

describe('the core of a claim', () => {
  it('has what every phase has and nothing of one phase', () => {
    const claim = aDrainingClaim({ leave: empty, lastPodEventAtMs: 4, terminationGracePeriodMs: 9 });
    const { phase, launch, node, registeredAtMs, initializedAtMs, drainingAtMs, stepAtMs, ...rest } = claim;
    expect(coreOf(claim)).toEqual(rest);
  });
});
