import { describe, expect, it } from 'vitest';
import { gapRow, type Measured, measured, summaryRows } from '../../../bench/workloads/gap-row.ts';
import { syntheticPods } from '../../../bench/workloads/synthetic.ts';
import { sampled } from '../../../bench/workloads/workload.ts';
import { workloads } from '../../../bench/workloads/workloads.ts';
import { GREEDY } from '../../../lib/solver/index.ts';
import { aReport } from '../../support/reports.ts';
import { hasSharedData } from '../../support/shared-data.ts';

const SEED = 1;
const all = workloads(SEED);
const requestsOf = (seed: number, name: string) =>
  syntheticPods(seed)
    .find((set) => set.name === name)
    ?.pods.map(({ spec }) => spec.requests);

describe('the workloads of the benches', () => {
  it('have a name of their own and a thousand pods or more', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.filter(({ input }) => input.pods.length < 1_000).map(({ name }) => name)).toEqual([]);
  });

  it('are the same for the same seed and others for another', () => {
    const name = 'lognormal requests';
    expect(requestsOf(SEED, name)).toEqual(requestsOf(SEED, name));
    expect(requestsOf(SEED, name)).not.toEqual(requestsOf(SEED + 1, name));
  });

  it('offer no more than 32 vCPU where they are capped', () => {
    const coresOf = (isCapped: boolean) =>
      all
        .filter((workload) => workload.isCapped === isCapped && workload.family === 'synthetic')
        .flatMap(({ input }) => input.nodePools.flatMap(({ template }) => template.requirements))
        .filter(({ key }) => key === 'karpenter.k8s.aws/instance-cpu');
    expect(coresOf(true).length).toBeGreaterThan(0);
    expect(coresOf(false)).toEqual([]);
  });

  it.skipIf(!hasSharedData)('include real manifests and traces', () => {
    const families = new Set(all.map(({ family }) => family));
    expect([...families].sort()).toEqual(['constraints', 'manifests', 'synthetic', 'traces']);
  });

  it.each(all)('are placed by the greedy, every pod, in a plan that keeps every rule: $name', (workload) => {
    expect(gapRow(measured(workload, () => GREEDY))).toMatchObject({ unplaced: 0, violations: 0 });
  });

  it('can be cut to so many pods from all of their list', () => {
    const [workload] = all;
    if (workload === undefined) throw new Error('there is no workload');
    const { pods } = sampled(workload, 100).input;
    expect(new Set(pods).size).toBe(100);
    expect(pods[0]).toBe(workload.input.pods[0]);
    expect(pods[99]).toBe(workload.input.pods[990]);
  });
});

describe('the table of gaps', () => {
  const row = (price: number, baseline: number, bound?: number): Measured => ({
    workload: 'some',
    family: 'synthetic',
    isCapped: true,
    pods: 1,
    outcome: {
      solution: { nodes: [], onBins: [], unplaced: [], pricePerHour: price },
      violations: [],
      report: aReport({
        pricePerHour: price,
        baselinePerHour: baseline,
        ...(bound !== undefined && { lowerBoundPerHour: bound }),
      }),
    },
    wallMs: 1,
    cpuMs: 1,
  });

  it('measures against the bound and against the greedy', () => {
    expect(gapRow(row(90, 100, 72))).toMatchObject({ 'cheaper %': '10.00', 'gap %': '25.00' });
    expect(gapRow(row(90, 100))).toMatchObject({ 'gap %': '' });
  });

  it('sums up by the geometric mean of what is left to pay', () => {
    const [summary] = summaryRows([row(50, 100, 50), row(98, 100, 49)]);
    expect(summary).toMatchObject({
      'cheaper %, geometric mean': '30.00',
      'gap %, mean': '50.00',
      'gap %, largest': '100.00',
    });
  });
});
