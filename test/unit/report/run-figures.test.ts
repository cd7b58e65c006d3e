import { describe, expect, it } from 'vitest';
import { figureLines, isLong, sparkline } from '../../../lib/report/run-figures.ts';
import { someFigures } from '../../support/figures.ts';

const textOf = (overrides: Parameters<typeof someFigures>[0] = {}): string =>
  figureLines(someFigures(overrides)).join('\n');

describe('a sparkline', () => {
  it('has one mark per value, the highest for the most and none for nothing', () => {
    expect(sparkline([0, 1, 4, 8])).toBe(' ▁▄█');
    expect(sparkline([])).toBe('');
    expect(sparkline([0, 0])).toBe('  ');
  });
});

describe('the figures of a run', () => {
  it('are told by the hour where there are many hours', () => {
    const [hour] = someFigures().hours;
    const hours = Array.from({ length: 24 }, () => hour ?? { costMicroUsd: 0, nodes: {}, podsArrived: 0 });
    expect(isLong(someFigures())).toBe(false);
    expect(isLong(someFigures({ hours }))).toBe(true);
    expect(figureLines(someFigures({ hours })).length).toBeLessThan(24);
  });

  it('tell pods, waits, nodes, launches and use', () => {
    const text = textOf({ pods: { arrived: 8_223, completed: 8_220, cutShort: 3 } });
    expect(text).toContain('8,223 created, 8,220 ran to their end, 3 gone before it');
    expect(text).not.toContain('Pending to running');
    expect(textOf()).toContain('p50 1.0s, p95 2.0s, p99 3.0s, longest 2m30s');
    expect(text).toContain('fewest 0, mean 0.5, most 1 (after 60s)');
    expect(text).toContain('50.0 % (1 of 1 allocatable vCPU-hours)');
    expect(text).toContain('1 instances: 1 × m7i.large');
    expect(text).toMatch(/Refused by EC2: +nothing/);
    expect(text).toMatch(/Ran dry: +nothing/);
  });

  it('tell what ran dry, when, and what was bought instead', () => {
    const shortage = {
      capacityType: 'spot',
      zone: 'us-east-1a',
      fromMs: 7 * 3_600_000,
      untilMs: 9.5 * 3_600_000,
      refusals: 12,
      types: ['c7i.large', 'm7i.large'],
      instead: [{ name: 'm7i.large on-demand in us-east-1b', count: 2 }],
      meanwhile: [{ name: 'on-demand', count: 25 }],
    };
    const bare = { ...shortage, zone: 'us-east-1b', instead: [], meanwhile: [] };
    const text = textOf({ shortages: [shortage, bare] });
    expect(text).toContain(
      'spot in us-east-1a, 07:00 to 09:30: 12 refusals of 2 types; launched instead: 2 × m7i.large on-demand in us-east-1b; launched in that time: 25 × on-demand',
    );
    expect(text).toMatch(
      /spot in us-east-1b, 07:00 to 09:30: 12 refusals of 2 types; launched nothing instead$/m,
    );
  });

  it('tell the ten types launched most and count the rest', () => {
    const byType = Array.from({ length: 12 }, (_, index) => ({ name: `t${index}`, count: 100 - index }));
    const text = textOf({ launches: { instances: 1_134, byType, refusals: [{ name: 'Ice', count: 3 }] } });
    expect(text).toContain('91 × t9, 179 others');
    expect(text).not.toContain('t10');
    expect(text).toContain('3 × Ice');
  });

  it('chart the hours, one row per capacity type', () => {
    const hours = [
      { costMicroUsd: 1_000_000, nodes: { spot: 4 }, podsArrived: 1 },
      { costMicroUsd: 8_000_000, nodes: { spot: 8, 'on-demand': 1 }, podsArrived: 0 },
    ];
    const lines = figureLines(someFigures({ hours })).slice(-5);
    expect(lines.map((line) => line.trim().replace(/: +/, ': '))).toEqual([
      'By hour: 0',
      'pods created: █   at most 1 an hour',
      'nodes, on-demand: █  at most 1.0 on average',
      'nodes, spot: ▄█  at most 8.0 on average',
      'cost: ▁█  at most $8.00 an hour',
    ]);
  });
});
