/** What scenarios wait for and look at in the cluster, in EC2 and in the table. */
import type { KubeJson } from '../lane/kube-client.ts';
import type { PodJson } from '../world/ledger.ts';
import type { World } from '../world/world.ts';
import { type Finding, finding } from './scenario.ts';
import { NAMESPACE } from './workloads.ts';

const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
/** From pods without a place to pods that run, with CreateFleet, a boot and kwok's stages between. */
const RUN_MS = 120_000;
/** Emptiness is looked for once a minute, then come the drain and the end of the instance. */
const GONE_MS = 300_000;

export interface NodeJson extends KubeJson {
  readonly spec: {
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  };
  readonly status: { readonly capacity?: Readonly<Record<string, string>> };
}

export const podsOf = ({ plane }: World, app: string): Promise<readonly PodJson[]> =>
  plane.admin.list<PodJson>(`${PODS}?labelSelector=app%3D${app}`);

export const nodes = ({ plane }: World): Promise<readonly NodeJson[]> =>
  plane.admin.list<NodeJson>('/api/v1/nodes');

export const isRunning = ({ status }: PodJson): boolean => status.phase === 'Running';

/** Waits until just `count` pods of the app run, and gives them. */
export const running = (world: World, app: string, count: number, withinMs = RUN_MS) =>
  world.plane.admin.until(
    `${count} running pods of ${app}`,
    async () => {
      const pods = await podsOf(world, app);
      return pods.length === count && pods.every(isRunning) && pods;
    },
    withinMs,
  );

export async function scale({ plane }: World, name: string, replicas: number): Promise<void> {
  await plane.admin.patch(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`, {
    spec: { replicas },
  });
}

/** Everything that scenarios made in the cluster. */
export async function removeWorkloads({ plane: { admin } }: World): Promise<void> {
  for (const kind of ['deployments', 'daemonsets', 'replicasets']) {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/${kind}`;
    for (const { metadata } of await admin.list(path)) await admin.delete(`${path}/${metadata.name}`);
  }
  for (const { metadata } of await admin.list(PODS)) await admin.delete(`${PODS}/${metadata.name}`, 0);
  const claims = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`;
  for (const { metadata } of await admin.list(claims)) await admin.delete(`${claims}/${metadata.name}`);
  await admin.until('the end of the pods', async () => (await admin.list(PODS)).length === 0);
}

export const liveInstances = ({ account }: World) =>
  account.ec2.instances().filter(({ state }) => state !== 'terminated');

/** Waits until no node, no instance and no claim is left, and says what is. */
export async function endsAtZero(world: World): Promise<Finding> {
  const left = async (): Promise<string> => {
    const [claims, present] = [await world.stack.claims.listLive(), await nodes(world)];
    const counts = [present.length, liveInstances(world).length, claims.length];
    return counts.every((count) => count === 0)
      ? ''
      : `${counts.join('/')} nodes/instances/claims: ${claims.map(({ name, phase }) => `${name} ${phase}`).join(', ')}`;
  };
  const startedMs = performance.now();
  await world.plane.admin
    .until('the end of the nodes', async () => (await left()) === '', GONE_MS)
    .catch(() => undefined);
  const seen = await left();
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  return finding('nodes, instances and claims end at zero', seen === '', seen === '' ? `${seconds} s` : seen);
}

/** Planned pods are on the nodes that were bought for them. */
export async function adheres(world: World, leastShare = 0.99): Promise<Finding[]> {
  const { planned, onTheirNode, elsewhere, withoutRoom } = await world.ledger.adherence();
  const share = planned === 0 ? 0 : onTheirNode / planned;
  return [
    finding(
      `at least ${leastShare * 100} % of the planned pods are on their node`,
      share >= leastShare,
      `${onTheirNode} of ${planned} (${(share * 100).toFixed(1)} %)${elsewhere.length === 0 ? '' : `; ${elsewhere.slice(0, 5).join('; ')}`}`,
    ),
    finding('no planned pod is left without room', withoutRoom.length === 0, withoutRoom.join(', ')),
  ];
}

export const zoneOf = (node: NodeJson | undefined): string =>
  node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
