import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../lib/simulator/random.ts';
import type { Arrival } from '../../../lib/simulator/scenario.ts';
import { Arrivals } from '../../../lib/simulator/world/arrivals.ts';
import { RUN_SECONDS_ANNOTATION } from '../../../lib/simulator/world/kubelets.ts';
import { WorkloadController } from '../../../lib/simulator/world/workload-controller.ts';
import { aWorkload, aWorld } from '../../support/sim-world.ts';

const arrival = (atMs: number, overrides: Partial<Arrival> = {}): Arrival => ({
  atMs,
  job: aWorkload({ kind: 'Job', name: `job-${atMs}` }),
  runTime: { kind: 'exact', durationMs: 90_000 },
  ...overrides,
});

function arriving(arrivals: readonly Arrival[], seed = 1) {
  const world = { ...aWorld(), random: (name: string) => new RandomStream(seed, name) };
  return { world, arrivals: new Arrivals(world, new WorkloadController(world), arrivals) };
}

describe('jobs that arrive', () => {
  it('create their pods when their time comes, which know how long they run', async () => {
    const job = aWorkload({ kind: 'Job', name: 'wide', replicas: 3 });
    const { world, arrivals } = arriving([arrival(10_000, { job }), arrival(20_000)]);
    await world.time.run(world.time.startMs + 9_000);
    expect(world.api.pods()).toEqual([]);
    await world.time.run(world.time.startMs + 11_000);
    expect(world.api.pods().map(({ owner }) => owner?.kind)).toEqual(['Job', 'Job', 'Job']);
    expect(world.api.pods()[0]?.annotations[RUN_SECONDS_ANNOTATION]).toBe('90');
    expect(arrivals.over).toBe(false);
    await world.time.run(world.time.startMs + 21_000);
    expect(arrivals.over).toBe(true);
  });

  it('are created again when their pod is lost, for as long a run, and not once it ran to its end', async () => {
    const { world } = arriving([arrival(0)]);
    await world.time.run(world.time.startMs + 1_000);
    const [lost] = world.api.pods();
    world.api.deletePod(lost?.uid as never, 0);
    await world.time.run(world.time.startMs + 2_000);
    const [again] = world.api.pods();
    expect(again?.uid).not.toBe(lost?.uid);
    expect(again?.annotations).toEqual(lost?.annotations);
    world.api.setPodStatus(again?.uid as never, { phase: 'Succeeded' });
    await world.time.run(world.time.startMs + 3_000);
    expect(world.api.pods()).toEqual([]);
  });

  it('run as long for the same seed, and not for another', async () => {
    const runs = async (seed: number): Promise<(string | undefined)[]> => {
      const runTime = { kind: 'drawn', medianMs: 600_000, longestMs: 3_600_000 } as const;
      const { world } = arriving(
        [1, 2, 3, 4].map((second) => arrival(second * 1_000, { runTime })),
        seed,
      );
      await world.time.run(world.time.startMs + 10_000);
      return world.api.pods().map(({ annotations }) => annotations[RUN_SECONDS_ANNOTATION]);
    };
    expect(await runs(1)).toEqual(await runs(1));
    expect(await runs(1)).not.toEqual(await runs(2));
  });
});
