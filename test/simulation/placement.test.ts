// What slots are for: pods that nearly fill their nodes, a DaemonSet that does not tolerate a slot, nodes that boot at
// different speeds. Left to kube-scheduler alone the plan falls apart here; with slots it is what runs.
import { describe, expect, it } from 'vitest';
import type { PlacementMode } from '../../lib/model/node-pool.ts';
import { adherencePercent } from '../../lib/report/simulation-summary.ts';
import { simulate } from '../../lib/simulator/simulate.ts';
import { aDaemonSet, aPodSpec, GIB } from '../support/builders.ts';
import { aQuickPool, aScenario, scale, smallCatalog } from '../support/sim-scenario.ts';
import { aWorkload } from '../support/sim-world.ts';
import { troubles } from './verdict.ts';

const SEEDS = [1, 2, 3];

function packedScenario(placement: PlacementMode) {
  const sizes = [900, 1_700, 2_600].map((cpuMillicores) =>
    aWorkload({
      name: `cpu-${cpuMillicores}`,
      replicas: 14,
      template: {
        labels: { app: `cpu-${cpuMillicores}` },
        annotations: {},
        spec: aPodSpec({}, { cpuMillicores, memoryBytes: GIB }),
      },
    }),
  );
  return aScenario({
    name: `packed-${placement}`,
    nodePools: [aQuickPool({ placement })],
    objects: { ...aScenario().objects, daemonSets: [aDaemonSet({ name: 'agent', cpuMillicores: 250 })] },
    workloads: sizes,
    events: sizes.map((workload) => scale(20, workload, 0)),
    times: {
      bootMs: { min: 15_000, max: 45_000 },
      readyMs: { min: 1_000, max: 5_000 },
      startMs: { min: 500, max: 1_500 },
    },
  });
}

const run = (placement: PlacementMode, seed: number) =>
  simulate({ scenario: packedScenario(placement), seed, catalog: smallCatalog });

describe('planned pods on nodes they nearly fill', () => {
  it.each(SEEDS)(
    'all run where they were planned, and DaemonSets keep their room, with slots (seed %i)',
    async (seed) => {
      const summary = await run('slot', seed);
      expect(troubles(summary)).toEqual([]);
      expect(adherencePercent(summary.adherence)).toBe(100);
    },
  );

  it('scatter without slots', async () => {
    const summaries = await Promise.all(SEEDS.map((seed) => run('off', seed)));
    for (const { adherence } of summaries) expect(adherencePercent(adherence)).toBeLessThan(90);
  });

  it.each(SEEDS)('find their DaemonSets in place behind a barrier too (seed %i)', async (seed) => {
    const summary = await run('barrier', seed);
    expect(summary.podsWithoutPlace).toEqual([]);
    expect(troubles(summary)).toEqual([]);
  });
});
