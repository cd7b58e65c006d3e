import { describe, expect, it } from 'vitest';
import { qualityLine, searchLines } from '../../../lib/report/plan-quality.ts';
import type { SolverReport } from '../../../lib/solver/index.ts';
import { aReport } from '../../support/reports.ts';

const optimal = (overrides: Partial<SolverReport>) =>
  aReport({
    solver: 'optimal',
    ...{ pricePerHour: 12_310_000, lowerBoundPerHour: 12_270_000, baselinePerHour: 14_020_000 },
    ...overrides,
  });
const line = (overrides: Partial<SolverReport>, placedMore = 0) =>
  qualityLine({ solver: optimal(overrides), placedMore });

describe('the line that says how good a plan is', () => {
  it('has cost, gap and what Karpenter would have bought', () => {
    expect(line({})).toBe("$12.31/h, within 0.4 % of the cheapest possible; Karpenter's algorithm: $14.02/h");
  });

  it('rounds the gap up, so that what it says holds', () => {
    const gap = (pricePerHour: number) =>
      /within (.*) %/.exec(line({ pricePerHour, lowerBoundPerHour: 1_000_000 }) ?? '')?.[1];
    expect([1_000_001, 1_001_000, 1_001_001, 1_100_000, 2_500_000].map(gap)).toEqual([
      ...['0.1', '0.1', '0.2', '10.0', '150.0'],
    ]);
  });

  it.each([12_310_000, 12_309_999.5, 12_310_000.000_001])(
    'says that nothing is cheaper when the bound is %d of 12310000',
    (lowerBoundPerHour) => {
      expect(line({ lowerBoundPerHour })).toBe(
        "$12.31/h, provably the cheapest possible; Karpenter's algorithm: $14.02/h",
      );
    },
  );

  it('shows less than a dollar with four digits', () => {
    expect(line({ pricePerHour: 100_800, lowerBoundPerHour: 100_800, baselinePerHour: 100_800 })).toBe(
      "$0.1008/h, provably the cheapest possible; Karpenter's algorithm: $0.1008/h",
    );
  });

  it('says when Karpenter pays less because it places fewer pods', () => {
    expect(line({ baselinePerHour: 9_000_000 }, 1)).toBe(
      "$12.31/h, within 0.4 % of the cheapest possible; Karpenter's algorithm: $9.00/h, with 1 more pod left without a place",
    );
  });

  it('claims nothing where the bound proves nothing', () => {
    expect(line({ lowerBoundPerHour: 0 })).toContain('$12.31/h, with no lower bound above zero;');
  });

  it('claims no bound for Karpenter’s algorithm alone', () => {
    const solver = aReport({ pricePerHour: 14_020_000, baselinePerHour: 14_020_000 });
    expect(qualityLine({ solver, placedMore: 0 })).toBe(
      "$14.02/h by Karpenter's algorithm, which proves no lower bound",
    );
    expect(searchLines({ solver, placedMore: 0 })).toEqual([]);
  });

  it('is missing when nobody buys anything, and not when Karpenter alone would', () => {
    expect(line({ pricePerHour: 0, lowerBoundPerHour: 0, baselinePerHour: 0 })).toBeUndefined();
    expect(line({ pricePerHour: 0, lowerBoundPerHour: 0, baselinePerHour: 50_000 })).toBe(
      "$0.0000/h, provably the cheapest possible; Karpenter's algorithm: $0.0500/h",
    );
  });
});

describe('what is said of the search', () => {
  it('names the baseline when nothing was better, and why the search ended early', () => {
    const solver = optimal({ winner: 'greedy', iterations: 1, cut: 'shouldStop' });
    expect(searchLines({ solver, placedMore: 0 })).toEqual([
      "found by Karpenter's algorithm: nothing better was found; 1 iteration",
      'cut short: shouldStop; this is the best plan so far',
    ]);
  });

  it('leaves out what is less than half a hundredth of a cent', () => {
    const solver = optimal({
      winner: 'wide',
      iterations: 2,
      terms: [
        { name: 'nodeFee', perHour: 50 },
        { name: 'headroom', perHour: -49 },
      ],
      decidedFirst: [
        { what: 'domains', pods: 40, atMostPerHour: 49 },
        { what: 'hosts', pods: 1, atMostPerHour: 50 },
      ],
    });
    expect(searchLines({ solver, placedMore: 0 })).toEqual([
      'found by wide; 2 iterations',
      'beside the price: nodeFee $0.0001/h',
      'decided before packing: domains of 40 pods',
      'decided before packing: hosts of 1 pod, which costs at most $0.0001/h',
    ]);
  });
});

describe('a plan that is dearer than Karpenter’s', () => {
  const dearer = (overrides: Partial<SolverReport>, placedMore = 0) =>
    searchLines({
      solver: optimal({
        ...{ pricePerHour: 76_500, baselinePerHour: 51_300, lowerBoundPerHour: 51_300 },
        ...{ winner: 'quick', iterations: 306, ...overrides },
      }),
      placedMore,
    });

  it('says first what for, naming the terms', () => {
    const terms = [
      { name: 'nodeFee', perHour: 2_192 },
      { name: 'headroom', perHour: -54_100 },
    ];
    expect(dearer({ terms })).toEqual([
      "dearer than Karpenter's algorithm by $0.0252/h, and better with what counts beside the price: room worth $0.0541/h to pods that follow (headroom), nodeFee $0.0022/h",
      'found by quick; 306 iterations',
    ]);
  });

  it('says that it has none of what counts beside the price', () => {
    expect(dearer({})[0]).toMatch(/ beside the price: nothing in this plan$/);
  });

  it('may be so for the sake of more important pods, where some have no place', () => {
    expect(dearer({ baselineUnplaced: 3 })[0]).toContain(
      'and better in which pods have a place, or with what counts beside the price',
    );
  });

  it('is not said to be dearer where it places more pods', () => {
    expect(dearer({}, 1)).toEqual(['found by quick; 306 iterations']);
  });
});
