import type { NodePool } from '../../lib/model/node-pool.ts';
import type { InstanceType } from '../../lib/model/offering.ts';
import { DEFAULT_POLICIES } from '../../lib/model/planning-policies.ts';
import type { Workload } from '../../lib/model/workload.ts';
import type { Catalog } from '../../lib/ports/catalog.ts';
import { NO_FAULTS } from '../../lib/simulator/faults.ts';
import type { Scenario, ScenarioEvent } from '../../lib/simulator/scenario.ts';
import { aDaemonSet, aNodePool, aPodSpec, GIB } from './builders.ts';
import { aNodeClass, aResolvedNodeClass } from './memory-documents.ts';
import { aWorkload } from './sim-world.ts';

const ZONES = [
  { name: 'us-east-1a', id: 'use1-az1' },
  { name: 'us-east-1b', id: 'use1-az2' },
];

const subnetIn = ({ name, id }: { readonly name: string; readonly id: string }) => ({
  id: `subnet-${name}`,
  zone: name,
  zoneId: id,
});

/** Three sizes of one family, in two zones, on demand and as spot. */
const TYPES: readonly InstanceType[] = [1, 2, 4].map((size) => ({
  name: `m7i.${size}xlarge`,
  labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux' },
  capacity: { cpu: size * 4_000, memory: size * 16 * GIB, pods: 58 },
  allocatable: { cpu: size * 4_000 - 80, memory: size * 14 * GIB, pods: 58 },
  burstable: false,
  volumeLimits: {},
  exotic: false,
  offerings: ZONES.flatMap((zone) => [
    { zone: zone.name, zoneId: zone.id, capacityType: 'on-demand', priceMicroUsdPerHour: size * 200_000 },
    { zone: zone.name, zoneId: zone.id, capacityType: 'spot', priceMicroUsdPerHour: size * 70_000 },
  ]),
}));

export const smallCatalog: Catalog = { instanceTypes: async () => TYPES };

const minute = (minutes: number): number => minutes * 60_000;

export const scale = (minutes: number, workload: Workload, replicas: number): ScenarioEvent => ({
  atMs: minute(minutes),
  kind: 'scale',
  workloads: [workload],
  replicas,
});

/** Everything about it is small and quick, so that a run takes milliseconds. */
export function aScenario(overrides: Partial<Scenario> = {}): Scenario {
  return {
    name: 'tiny',
    seed: 1,
    cluster: { name: 'tiny', region: 'us-east-1', zones: ZONES },
    nodePools: [aQuickPool()],
    nodeClasses: [aNodeClass({ name: 'default' })],
    resolved: [aResolvedNodeClass({ name: 'default', subnets: ZONES.map(subnetIn) })],
    workloads: [],
    objects: { daemonSets: [], namespaces: [], volumeClaims: [], volumes: [], storageClasses: [] },
    arrivals: [],
    events: [],
    endMs: minute(180),
    policies: DEFAULT_POLICIES,
    compare: [],
    endsEmpty: true,
    faults: NO_FAULTS,
    faultsEndMs: minute(180),
    outages: [],
    times: {
      bootMs: { min: 2_000, max: 4_000 },
      readyMs: { min: 1_000, max: 2_000 },
      startMs: { min: 500, max: 1_500 },
    },
    ...overrides,
  };
}

export const aQuickPool = (overrides: Partial<NodePool> = {}): NodePool =>
  aNodePool({
    ...overrides,
    disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfterMs: 5_000 },
  });

/** Two pods get a node and leave it again: the shortest way through every step there is. */
export function shortScenario(): Scenario {
  const web = aWorkload({ replicas: 2 });
  // Longer than a pod may wait after a crash: one that is lost is seen before it is scaled away.
  return aScenario({ workloads: [web], events: [scale(9, web, 0)] });
}

/**
 * The busy scenario under faults that stop, and a quiet time longer than a pod may wait, with pods that want to run: what
 * the faults lost is seen before it is scaled away.
 */
export function faultyScenario(): Scenario {
  const busy = busyScenario();
  const waves = busy.events.filter(({ atMs }) => atMs <= minute(9));
  const last = busy.workloads.map((workload) => scale(45, workload, 0));
  return { ...busy, name: 'faulty', faults: 'drawn', faultsEndMs: minute(12), events: [...waves, ...last] };
}

/** Waves of pods over two pools with limits and DaemonSets, a loss in between. */
export function busyScenario(): Scenario {
  const web = aWorkload({ name: 'web', replicas: 3 });
  const batch = aWorkload({
    name: 'batch',
    replicas: 0,
    template: {
      labels: { app: 'batch' },
      annotations: {},
      spec: aPodSpec({}, { cpuMillicores: 1_500, memoryBytes: GIB }),
    },
  });
  return aScenario({
    name: 'busy',
    nodePools: [
      aQuickPool({ name: 'first', weight: 10, limits: { cpu: 24_000 } }),
      aQuickPool({ name: 'second' }),
    ],
    objects: { ...aScenario().objects, daemonSets: [aDaemonSet({ name: 'agent' })] },
    workloads: [web, batch],
    events: [
      scale(1, batch, 12),
      scale(3, web, 9),
      { atMs: minute(5), kind: 'lose', nodePool: 'first', count: 1 },
      scale(6, batch, 25),
      scale(9, batch, 2),
      scale(12, web, 0),
      scale(14, batch, 0),
    ],
  });
}
