/**
 * Brings a case to the API server, has kube-scheduler speak about its pods, and takes everything away again. Names are the
 * same in every case: the API server and kube-scheduler must be this test's own, without controllers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient, KubeJson } from '../lane/kube-client.ts';
import type { Case, StyledPod } from './cases.ts';
import { wireCsiNode, wireNode, wireStorageClass, wireVolume, wireVolumeClaim } from './wire-cluster.ts';
import { quantitiesOf, wirePod } from './wire-pod.ts';

/** What kube-scheduler said of a pod, in its own words. */
export interface Spoken {
  readonly uid: string;
  readonly message: string;
}

/** A pod that the API server did not let in. */
export interface NotAdmitted {
  readonly name: string;
  readonly message: string;
}

interface WirePod extends KubeJson {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly message?: string }[] };
}

/** kube-scheduler hears of nodes, volumes and pods by watches of their own, each within milliseconds. */
const SETTLE_MS = 100;
const NAMESPACES = ['default', 'shop'];
const STORAGE = '/apis/storage.k8s.io/v1';
const PATHS = {
  nodes: '/api/v1/nodes',
  volumes: '/api/v1/persistentvolumes',
  csiNodes: `${STORAGE}/csinodes`,
  storageClasses: `${STORAGE}/storageclasses`,
};
const podsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;
const claimsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;

/** What all cases share. */
export async function prepare(client: KubeClient): Promise<void> {
  const labels = { tier: 'front' };
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
  for (const namespace of NAMESPACES) {
    await client.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    });
  }
  const podFixed = quantitiesOf({ cpu: 50, memory: 100 });
  const heavy = { metadata: { name: 'heavy' }, handler: 'heavy', overhead: { podFixed } };
  await client.apply({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', ...heavy });
}

/** Everything but the pending pods. */
export async function stage(
  client: KubeClient,
  { cluster, bound, pending, volumeStyle }: Case,
): Promise<void> {
  const used = new Set([...bound, ...pending].flatMap(({ pod }) => pod.spec.volumeClaims));
  const claims = cluster.volumeClaims.filter(({ name }) => used.has(name));
  await Promise.all([
    ...cluster.storageClasses.map((one) => client.create(PATHS.storageClasses, wireStorageClass(one))),
    ...cluster.volumes.map(async (volume) => {
      const claim = cluster.volumeClaims.find(({ volumeName }) => volumeName === volume.name);
      await client.create(PATHS.volumes, wireVolume(volume, volumeStyle, claim));
      const phase = volume.freeInClass === undefined ? 'Bound' : 'Available';
      await client.patch(`${PATHS.volumes}/${volume.name}/status`, { status: { phase } });
    }),
    ...cluster.csiNodes.map((one) => client.create(PATHS.csiNodes, wireCsiNode(one))),
    ...claims.map(async (claim) => {
      const path = `${claimsPath(claim.namespace)}/${claim.name}`;
      await client.create(claimsPath(claim.namespace), wireVolumeClaim(claim));
      if (claim.phase !== 'Pending') await client.patch(`${path}/status`, { status: { phase: claim.phase } });
      // A finalizer of the API server keeps it.
      if (claim.deletionAtMs !== undefined) await client.delete(path);
    }),
    ...cluster.nodes.map(async (node) => {
      await client.create(PATHS.nodes, wireNode(node));
      // Admission marks every new node as not ready.
      const { taints, unschedulable } = node;
      await client.patch(`${PATHS.nodes}/${node.name}`, { spec: { taints, unschedulable } });
    }),
  ]);
  await Promise.all(bound.map((one) => stageBound(client, one)));
  await sleep(SETTLE_MS);
}

async function stageBound(client: KubeClient, { pod, style }: StyledPod): Promise<void> {
  const path = `${podsPath(pod.namespace)}/${pod.name}`;
  await client.create(podsPath(pod.namespace), wirePod(pod, style));
  await client.patch(`${path}/status`, { status: { phase: pod.phase } });
  // The kubelet, which is not there, would end it.
  if (pod.deletionAtMs !== undefined) await client.delete(path, 3_600);
}

/** Creates the pending pods and waits for kube-scheduler's first word about each that was admitted. */
export async function ask(
  client: KubeClient,
  pending: readonly StyledPod[],
): Promise<{ readonly spoken: readonly Spoken[]; readonly notAdmitted: readonly NotAdmitted[] }> {
  const notAdmitted: NotAdmitted[] = [];
  const waiting = new Set<string>();
  await Promise.all(
    pending.map(async ({ pod, style }) => {
      const { status, body } = await client.request('POST', podsPath(pod.namespace), wirePod(pod, style));
      if (status < 300) waiting.add(body.metadata.uid ?? '');
      else if (status === 422) notAdmitted.push({ name: pod.name, message: body.message ?? '' });
      else throw new Error(`pod ${pod.name} was not created: ${status} ${body.message}`);
    }),
  );
  const spoken = await client.until('the word of kube-scheduler about every pod', async () => {
    const pods = await Promise.all(NAMESPACES.map((name) => client.list<WirePod>(podsPath(name))));
    const found = pods.flat().flatMap(({ metadata: { uid = '' }, status }): Spoken[] => {
      const message = status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
      return waiting.has(uid) && message !== undefined ? [{ uid, message }] : [];
    });
    return found.length === waiting.size ? found : undefined;
  });
  return { spoken, notAdmitted };
}

/** Takes away everything of a case, also one that was cut short. */
export async function clear(client: KubeClient): Promise<void> {
  await Promise.all(NAMESPACES.map((namespace) => client.delete(podsPath(namespace), 0)));
  const claims = await Promise.all(NAMESPACES.map((namespace) => client.list(claimsPath(namespace))));
  const volumes = await client.list(PATHS.volumes);
  const released = { metadata: { finalizers: null } };
  await Promise.all([
    ...claims
      .flat()
      .map(({ metadata: { namespace = '', name } }) =>
        client.patch(`${claimsPath(namespace)}/${name}`, released),
      ),
    ...volumes.map(({ metadata: { name } }) => client.patch(`${PATHS.volumes}/${name}`, released)),
  ]);
  const lists = [...NAMESPACES.map(claimsPath), ...Object.values(PATHS)];
  await Promise.all(lists.map((path) => client.delete(path)));
}
