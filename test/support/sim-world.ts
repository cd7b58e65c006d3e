import { KubeApi } from '../../lib/adapters/memory/kube-api.ts';
import type { Workload } from '../../lib/model/workload.ts';
import { RandomStream } from '../../lib/simulator/random.ts';
import { Trace } from '../../lib/simulator/trace.ts';
import { VirtualTime } from '../../lib/simulator/virtual-time.ts';
import type { World } from '../../lib/simulator/world/world.ts';
import { aPodSpec, GIB } from './builders.ts';

/** A cluster without machines: API server, virtual time and seeded randomness. */
export function aWorld(seed = 1): World & { readonly told: string[] } {
  const time = new VirtualTime(1_000_000);
  const told: string[] = [];
  return {
    time,
    api: new KubeApi({ clock: time }),
    trace: new Trace(time, undefined),
    random: (name) => new RandomStream(seed, name),
    tell: (sentence) => told.push(sentence),
    told,
  };
}

/** Puts a ready node into the world, as if it had joined long ago. */
export function addNode(
  world: World,
  name: string,
  overrides: Partial<Parameters<KubeApi['createNode']>[0]> = {},
): void {
  const allocatable = { cpu: 4_000, memory: 16 * GIB, pods: 20 };
  world.api.createNode({
    name,
    labels: { 'kubernetes.io/hostname': name },
    annotations: {},
    taints: [],
    unschedulable: false,
    providerId: '',
    capacity: allocatable,
    allocatable,
    ready: 'True',
    ...overrides,
  });
}

export function aWorkload(overrides: Partial<Workload> = {}): Workload {
  const name = overrides.name ?? 'web';
  return {
    kind: 'Deployment',
    uid: `uid-${name}`,
    namespace: 'default',
    name,
    replicas: 1,
    template: { labels: { app: name }, annotations: {}, spec: aPodSpec({}, { memoryBytes: GIB }) },
    ...overrides,
  };
}
