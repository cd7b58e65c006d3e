import { frozenCopy } from '../../adapters/memory/frozen.ts';
import { drawRunTimeMs } from '../run-time.ts';
import type { Arrival } from '../scenario.ts';
import { RUN_SECONDS_ANNOTATION } from './kubelets.ts';
import type { WorkloadController } from './workload-controller.ts';
import type { World } from './world.ts';

/** Creates each Job of a scenario's arrivals when its time comes; how long its pods run is drawn then. */
export class Arrivals {
  #left: number;

  constructor(world: World, workloads: WorkloadController, arrivals: readonly Arrival[]) {
    this.#left = arrivals.length;
    const { time } = world;
    const random = world.random('run-times');
    for (const { atMs, job, runTime } of arrivals) {
      time.at(time.startMs + atMs, () => {
        this.#left -= 1;
        const seconds = Math.ceil(drawRunTimeMs(runTime, random) / 1_000);
        const annotations = { ...job.template.annotations, [RUN_SECONDS_ANNOTATION]: String(seconds) };
        workloads.apply({ ...job, template: frozenCopy({ ...job.template, annotations }) });
      });
    }
  }

  /** Every job has come. */
  get over(): boolean {
    return this.#left === 0;
  }
}
