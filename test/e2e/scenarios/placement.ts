import { nodes, podsOf, running, zoneOf } from './cluster.ts';
import { finding, type Scenario } from './scenario.ts';
import { alone, apart, deployment, devicePlugin, overZones, volumeIn } from './workloads.ts';

export const zoneSpread: Scenario = {
  name: 'zone spread',
  async run(world) {
    const spec = { ...overZones('spread'), ...alone('spread') };
    await world.plane.admin.apply(deployment('spread', 6, { cpu: '1', memory: '2Gi', spec }));
    const pods = await running(world, 'spread', 6);
    const zoneOfNode = new Map((await nodes(world)).map((node) => [node.metadata.name, zoneOf(node)]));
    const counts = new Map<string, number>();
    for (const { spec: on } of pods) {
      const zone = zoneOfNode.get(on.nodeName ?? '') ?? '';
      counts.set(zone, (counts.get(zone) ?? 0) + 1);
    }
    const seen = [...counts].map(([zone, count]) => `${zone} ${count}`).join(', ');
    const even = Math.max(...counts.values()) - Math.min(...counts.values()) <= 1;
    return [finding('zones differ by one pod at most', even && counts.size > 1, seen)];
  },
};

export const antiAffinity: Scenario = {
  name: 'anti-affinity',
  async run(world) {
    const spec = { ...apart('apart'), ...alone('apart') };
    await world.plane.admin.apply(deployment('apart', 4, { cpu: '250m', memory: '256Mi', spec }));
    const pods = await running(world, 'apart', 4);
    const hosts = new Set(pods.map(({ spec: on }) => on.nodeName));
    return [finding('four pods are on four nodes', hosts.size === 4, [...hosts].join(', '))];
  },
};

export const volumeInZone: Scenario = {
  name: 'a volume in one zone',
  async run(world) {
    const zone = 'us-east-1b';
    await world.plane.admin.apply(
      ...volumeIn(zone, 'data'),
      deployment('stateful', 1, {
        ...{ cpu: '500m', memory: '1Gi' },
        spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
      }),
    );
    const [pod] = await running(world, 'stateful', 1);
    const node = (await nodes(world)).find(({ metadata }) => metadata.name === pod?.spec.nodeName);
    return [finding("the pod runs in its volume's zone", zoneOf(node) === zone, zoneOf(node))];
  },
};

/** The plugin tolerates the GPU's taint and no slot; its kubelet announces the GPU once the plugin runs. */
export const gpus: Scenario = {
  name: 'GPUs whose device plugin does not tolerate the slot',
  async run(world) {
    const { admin } = world.plane;
    const limits = { 'nvidia.com/gpu': '1' };
    const spec = { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }] };
    await admin.apply(devicePlugin(), deployment('train', 2, { cpu: '1', memory: '2Gi', limits, spec }));
    let announced = 0;
    const pods = await admin.until(
      'the pods that want a GPU',
      async () => {
        announced += await announceGpus(world);
        const found = await podsOf(world, 'train');
        return found.length === 2 && found.every(({ status }) => status.phase === 'Running') && found;
      },
      180_000,
    );
    const hosts = [...new Set(pods.map(({ spec: on }) => on.nodeName))];
    return [finding('pods run on nodes that announced their GPUs', announced > 0, hosts.join(', '))];
  },
};

/** What the kubelet does when a device plugin registers with it. Gives how many nodes changed. */
async function announceGpus(world: Parameters<Scenario['run']>[0]): Promise<number> {
  let changed = 0;
  for (const plugin of await podsOf(world, 'nvidia-device-plugin')) {
    const node = (await nodes(world)).find(({ metadata }) => metadata.name === plugin.spec.nodeName);
    if (plugin.status.phase !== 'Running' || node === undefined) continue;
    if (node.status.capacity?.['nvidia.com/gpu'] !== undefined) continue;
    const type = node.metadata.labels?.['node.kubernetes.io/instance-type'];
    const facts = world.account.catalog.types.find(({ name }) => name === type);
    const amount = { 'nvidia.com/gpu': String(facts?.gpu?.count ?? 0) };
    await world.plane.admin.patch(`/api/v1/nodes/${node.metadata.name}/status`, {
      status: { capacity: amount, allocatable: amount },
    });
    changed++;
  }
  return changed;
}
