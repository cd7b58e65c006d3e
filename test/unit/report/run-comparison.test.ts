import { describe, expect, it } from 'vitest';
import { comparisonLines } from '../../../lib/report/run-comparison.ts';
import type { SimulationSummary } from '../../../lib/report/simulation-summary.ts';
import { someFigures } from '../../support/figures.ts';
import { aSummary } from '../../support/summaries.ts';

const costing = (microUsd: readonly number[], overrides: Partial<SimulationSummary> = {}) =>
  aSummary({
    money: {
      totalMicroUsd: microUsd.reduce((sum, each) => sum + each, 0),
      byCapacityType: {},
      overTime: { stepMs: 120_000, microUsd },
    },
    ...overrides,
  });

const RUN = costing([1_000_000, 1_000_000]);
const lastLine = (run: SimulationSummary, karpenter: SimulationSummary): string | undefined =>
  comparisonLines(run, [{ variant: 'karpenter', summary: karpenter }]).at(-1);

describe('a run beside the same run with other settings', () => {
  it('shows what each cost over time, as long as any of them went on', () => {
    const lines = comparisonLines(RUN, [
      { variant: 'karpenter', summary: costing([1_500_000, 1_000_000, 500_000]) },
      { variant: 'inflexible', summary: costing([2_000_000]) },
    ]);
    const [title, ...rows] = lines.slice(lines.findIndex((line) => line.startsWith('Cost over time')));
    expect(title?.split(/ {3,}/)).toEqual([
      'Cost over time',
      'this run',
      "Karpenter's algorithm",
      'without flexibility',
    ]);
    expect(rows.slice(0, 3).map((row) => row.split(/ {3,}/))).toEqual([
      ['from 00:00', '$1.0000', '$1.5000', '$2.0000'],
      ['from 02:00', '$1.0000', '$1.0000', '$0.0000'],
      ['from 04:00', '$0.0000', '$0.5000', '$0.0000'],
    ]);
  });

  it('shows what their pods got for it', () => {
    const figures = someFigures({
      launches: { instances: 7, byType: [], refusals: [{ name: 'Ice', count: 3 }] },
      leaves: [
        { name: 'Empty', count: 5 },
        { name: 'InstanceTerminated', count: 2 },
      ],
    });
    const lines = comparisonLines(RUN, [{ variant: 'karpenter', summary: aSummary({ figures }) }]);
    const cellsOf = (name: string) => lines.find((line) => line.startsWith(name))?.split(/ {3,}/);
    expect(cellsOf('instances launched')).toEqual(['instances launched', '1', '7']);
    expect(cellsOf('offerings refused')).toEqual(['offerings refused by EC2', '0', '3']);
    expect(cellsOf('nodes taken')).toEqual(['nodes taken by EC2', '0', '2']);
    expect(cellsOf('plan adherence')).toEqual(['plan adherence', '75.0 %', '75.0 %']);
    expect(cellsOf('pending to running, longest')).toEqual(['pending to running, longest', '2m30s', '2m30s']);
    expect(cellsOf('checks')).toEqual(['checks that hold', '1 of 1', '1 of 1']);
  });

  it("ends with what was saved against Karpenter's algorithm", () => {
    expect(lastLine(RUN, costing([2_500_000]))).toBe(
      "Saves $0.5000 of $2.5000 (20.0 %) against Karpenter's algorithm on the same run.",
    );
    expect(lastLine(RUN, costing([2_000_000]))).toBe(
      "Costs the same as Karpenter's algorithm on the same run: $2.0000.",
    );
    expect(lastLine(RUN, costing([1_600_000]))).toBe(
      "Costs $0.4000 more than Karpenter's algorithm on the same run: $2.0000 instead of $1.6000 (25.0 %).",
    );
  });

  it('tells of no saving where pods were left out or a check failed', () => {
    const waiting = costing([9_000_000], { podsWithoutPlace: [{ pod: 'a/b', reasons: [] }] });
    expect(lastLine(RUN, waiting)).toContain('cannot be told');
    expect(lastLine(waiting, RUN)).toContain('cannot be told');
  });

  it('says nothing where nothing else ran, and of no saving where Karpenter did not', () => {
    expect(comparisonLines(RUN, [])).toEqual([]);
    const lines = comparisonLines(RUN, [{ variant: 'inflexible', summary: costing([3_000_000]) }]);
    expect(lines.join('\n')).not.toContain('Saves');
  });
});
