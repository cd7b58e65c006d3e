// The cluster around the functions, in this process: API server, scheduler, controllers and kubelets of the simulator,
// whose time here is the clock on the wall.
import type { EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import type { NewNode } from '../../lib/adapters/memory/kube-api.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import type { Instance } from '../../lib/ports/fleet.ts';
import { type Environment, makeEnvironment } from '../../lib/simulator/environment.ts';
import { NO_FAULTS } from '../../lib/simulator/faults.ts';
import { RandomStream } from '../../lib/simulator/random.ts';
import type { Scenario } from '../../lib/simulator/scenario.ts';
import { Trace } from '../../lib/simulator/trace.ts';
import { VirtualTime } from '../../lib/simulator/virtual-time.ts';
import { DaemonSetController } from '../../lib/simulator/world/daemon-set-controller.ts';
import { Happenings } from '../../lib/simulator/world/happenings.ts';
import { KubeScheduler } from '../../lib/simulator/world/kube-scheduler.ts';
import { Kubelets } from '../../lib/simulator/world/kubelets.ts';
import { NodeLifecycle } from '../../lib/simulator/world/node-lifecycle.ts';
import { WorkloadController } from '../../lib/simulator/world/workload-controller.ts';

/** EC2's steps and then the nodes', shorter than on AWS; milliseconds. */
const SHORT = {
  pending: { minMs: 500, maxMs: 1_500 },
  shuttingDown: { minMs: 1_000, maxMs: 3_000 },
  describeLag: { minMs: 0, maxMs: 500 },
};
const SHORT_BOOT = {
  bootMs: { min: 2_000, max: 4_000 },
  readyMs: { min: 500, max: 1_500 },
  startMs: { min: 200, max: 800 },
};
/** How far the world's time may lag behind the clock on the wall. */
const STEP_MS = 10;

export interface LocalWorld {
  readonly time: VirtualTime;
  readonly environment: Environment;
  readonly workloads: WorkloadController;
  /** Begins the scenario's events, the controllers and the kubelets. */
  begin(nodeOf: (instance: Instance) => Omit<NewNode, 'ready'> | undefined): {
    readonly isOver: () => boolean;
  };
  stop(): void;
}

export interface WorldOptions {
  readonly scenario: Scenario;
  readonly catalog: EmbeddedCatalog;
  readonly tell: (sentence: string) => void;
  /** Instances and nodes take as long as on AWS. */
  readonly asOnAws: boolean;
}

export async function startWorld({ scenario, catalog, tell, asOnAws }: WorldOptions): Promise<LocalWorld> {
  const time = new VirtualTime(systemClock.nowMs());
  const random = (name: string): RandomStream => new RandomStream(scenario.seed, name);
  const environment = await makeEnvironment({
    ...{ scenario, catalog, time, random, tell, rates: NO_FAULTS, emit: () => {} },
    ...(asOnAws ? {} : { timing: SHORT }),
  });
  const world = { time, api: environment.api, trace: new Trace(time, undefined), random, tell };
  putObjects(environment, scenario);
  new KubeScheduler(world);
  new DaemonSetController(world);
  new NodeLifecycle(world, environment.ec2);
  const workloads = new WorkloadController(world);
  const stop = followTheWall(time);
  return {
    ...{ time, environment, workloads, stop },
    begin: (nodeOf) => {
      new Kubelets({
        ...{ world, ec2: environment.ec2, bootFailure: 0, nodeOf },
        times: asOnAws ? scenario.times : SHORT_BOOT,
      });
      for (const workload of scenario.workloads) workloads.apply(workload);
      // The story begins now; starting took some seconds.
      const startedMs = time.nowMs() - time.startMs;
      const events = scenario.events.map((event) => ({ ...event, atMs: event.atMs + startedMs }));
      const happenings = new Happenings({
        ...{ world, environment, workloads, events, rates: NO_FAULTS },
      });
      return { isOver: () => happenings.over };
    },
  };
}

function putObjects({ api }: Environment, { objects }: Scenario): void {
  for (const object of objects.namespaces) api.put('namespaces', object);
  for (const object of objects.daemonSets) api.put('daemonSets', object);
  for (const object of objects.storageClasses) api.put('storageClasses', object);
  for (const object of objects.volumes) api.put('volumes', object);
  for (const object of objects.volumeClaims) api.put('volumeClaims', object);
}

/** Lets the world's events happen when the clock on the wall has come to them. */
function followTheWall(time: VirtualTime): () => void {
  let stopped = false;
  void (async () => {
    while (!stopped) {
      await time.run(systemClock.nowMs());
      await systemClock.sleep(STEP_MS);
    }
  })();
  return () => {
    stopped = true;
  };
}
