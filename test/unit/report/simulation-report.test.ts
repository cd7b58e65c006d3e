import { describe, expect, it } from 'vitest';
import { humanDuration } from '../../../lib/report/duration.ts';
import { nodeClaimTable } from '../../../lib/report/node-claim-table.ts';
import { adherencePercent, clockTime, isGood, summaryLines } from '../../../lib/report/simulation-summary.ts';
import { aLaunch, anInitializedClaim, aPlannedClaim } from '../../support/claims.ts';
import { aSummary } from '../../support/summaries.ts';

describe('ages', () => {
  it.each([
    [45_000, '45s'],
    [119_000, '119s'],
    [200_000, '3m20s'],
    [180_000, '3m'],
    [12 * 60_000, '12m'],
    [(3 * 60 + 5) * 60_000, '3h5m'],
    [9 * 3_600_000, '9h'],
    [76 * 3_600_000, '3d4h'],
    [9 * 86_400_000, '9d'],
  ])('of %i ms read as kubectl shows them', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });

  it.each([
    [12_345, '00:12.345'],
    [3_600_000 + 61_001, '1:01:01.001'],
  ])('of %i ms read as a clock in the story', (ms, text) => {
    expect(clockTime(ms)).toBe(text);
  });
});

describe('the table of NodeClaims', () => {
  it("has kubectl's columns, oldest claim first, and no word where nothing is known", () => {
    const running = anInitializedClaim({ launch: aLaunch(), createdAtMs: 1_000 });
    const [header, first, second] = nodeClaimTable([
      { claim: running, atMs: 61_000 },
      { claim: aPlannedClaim({ createdAtMs: 0 }), atMs: 61_000 },
    ]);
    expect(header?.split(/ +/)).toEqual(
      'NAME TYPE CAPACITY ZONE NODE READY AGE IMAGEID ID NODEPOOL NODECLASS DRIFTED'.split(' '),
    );
    expect(first?.split(/ +/)).toEqual(['pool-1', 'Unknown', '61s', 'pool', 'default']);
    expect(second).toContain('aws:///us-east-1a/i-0000000000000001');
    expect(second?.split(/ {3,}/)[5]).toBe('True');
  });
});

describe('the summary', () => {
  it('shows money, waits, adherence with its reasons, and every check', () => {
    const text = summaryLines(aSummary()).join('\n');
    expect(text).toContain('$1.2346 (spot $1.0000, on-demand $0.2346)');
    expect(text).toContain('p50 43.9s, p99 63.5s (2 pods)');
    expect(text).toContain('75.0 % (3 of 4 planned pods');
    expect(text).toContain('1 × bound to another node');
    expect(text).toContain('Checks: all 1 hold');
  });

  it('is bad when a check failed or a pod has no place', () => {
    expect(isGood(aSummary())).toBe(true);
    const failed = aSummary({ checks: [{ property: 'no leak', violations: ['i-1 leaked'] }] });
    expect(isGood(failed)).toBe(false);
    expect(summaryLines(failed).join('\n')).toMatch(/1 of 1 FAILED\n {2}FAIL no leak\n {9}i-1 leaked/);
    const waiting = aSummary({ podsWithoutPlace: [{ pod: 'a/b', reasons: ['too large'] }] });
    expect(isGood(waiting)).toBe(false);
    expect(summaryLines(waiting).join('\n')).toContain('a/b: too large');
  });

  it('counts a run without planned pods as adherent', () => {
    expect(
      adherencePercent({ plannedPods: 0, asPlanned: 0, elsewhere: 0, withoutRoom: 0, reasons: [] }),
    ).toBe(100);
  });
});
