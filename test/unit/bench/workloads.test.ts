import { describe, expect, it } from 'vitest';
import { gapRow } from '../../../bench/workloads/gap-row.ts';
import { syntheticPods } from '../../../bench/workloads/synthetic.ts';
import { workloads } from '../../../bench/workloads/workloads.ts';
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
    expect(gapRow(workload)).toMatchObject({ unplaced: 0, violations: 0 });
  });

  it('have a gap when a bound is given, and none without', () => {
    const [workload] = all;
    if (workload === undefined) throw new Error('there is no workload');
    const costing = (share: number) => gapRow(workload, () => share);
    expect(gapRow(workload)).not.toHaveProperty('gap %');
    const cost = Number(gapRow(workload)['$/h']) * 1e6;
    expect(costing(cost / 1.25)).toHaveProperty('gap %', expect.stringMatching(/^25\.0\d$|^24\.99$/));
  });
});
