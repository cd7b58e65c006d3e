import { describe, expect, it } from 'vitest';
import { planLines } from '../../../lib/report/plan-figures.ts';

const FIGURES = { plans: 3, pricePerHour: 10_100_000, baselinePerHour: 12_000_000 };

describe('what is told of the plans of a run', () => {
  it("is their price beside that of Karpenter's algorithm in their place", () => {
    expect(planLines(FIGURES)).toEqual([
      "Plans:                 3 that buy nodes, for $10.10/h in all; Karpenter's algorithm in their place: $12.00/h",
    ]);
  });

  it('is how far they are from what is proven, together and at worst', () => {
    const proven = { plans: 3, pricePerHour: 10_100_000, boundPerHour: 10_000_000, worstGap: 0.042 };
    expect(planLines({ ...FIGURES, proven })[1]).toBe(
      'Proven:                together within 1.0 % of the cheapest possible, the worst plan within 4.2 %',
    );
  });

  it('rounds what is proven up, so that it holds', () => {
    const proven = { plans: 3, pricePerHour: 10_004_900, boundPerHour: 10_000_000, worstGap: 0.000_49 };
    expect(planLines({ ...FIGURES, proven })[1]).toMatch(/together within 0\.1 % .* within 0\.1 %$/);
  });

  it('names plans that buy nothing where Karpenter would, and those for another number of pods', () => {
    expect(planLines({ ...FIGURES, withoutNodes: 2, notCompared: 1 })).toEqual([
      "Plans:                 3 that buy nodes and 2 that need none where Karpenter's algorithm does, for $10.10/h in all; Karpenter's algorithm in their place: $12.00/h; without 1 in which it places another number of pods",
    ]);
  });

  it('says of how many plans that is proven where it is not of all', () => {
    const proven = { plans: 2, pricePerHour: 100, boundPerHour: 100, worstGap: 0 };
    expect(planLines({ ...FIGURES, proven })[1]).toMatch(/ within 0\.0 % \(2 of the plans\)$/);
  });

  it('is nothing where no plan bought a node', () => {
    expect(planLines({ plans: 0, pricePerHour: 0, baselinePerHour: 0 })).toEqual([]);
  });
});
