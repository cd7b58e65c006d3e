import { readFileSync } from 'node:fs';
import { afterEach } from 'vitest';
import { nodeOf } from '../../../../lib/adapters/kube/decode/node.ts';
import { podOf } from '../../../../lib/adapters/kube/decode/pod.ts';
import type { WireNode, WirePod } from '../../../../lib/adapters/kube/decode/wire.ts';
import { KubeCluster } from '../../../../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp } from '../../../../lib/adapters/kube/kube-http.ts';
import { describeClusterContract } from '../../../contract/cluster.contract.ts';
import { seededRandom } from '../../../support/memory-clock.ts';
import { realClock } from '../../../support/real-time.ts';
import { KubeClient } from '../kube-client.ts';
import { type Connection, compact } from './connection.ts';

// biome-ignore lint/style/noProcessEnv: the check that started the server says where it is
const file = process.env['DOVETAIL_E2E_CONNECTION'] ?? '';
const connection: Connection = JSON.parse(readFileSync(file, 'utf8'));
const PODS = '/api/v1/namespaces/default/pods';
const NODES = '/api/v1/nodes';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

describeClusterContract('kube-apiserver', async () => {
  const admin = new KubeClient(connection);
  await empty(admin);
  const random = seededRandom(1);
  const http = new KubeHttp({ ...connection, clock: realClock, random });
  const cluster = new KubeCluster({ http, clock: realClock, random });
  closing.push(
    () => admin.close(),
    () => http.close(),
    () => cluster.close(),
  );
  return {
    ...{ cluster, waitMs: 2_000, pass: realClock.sleep },
    createPod: async (name) => {
      const spec = { containers: [{ name: 'app', image: 'shop:1' }] };
      return podOf((await admin.create(PODS, { metadata: { name }, spec })) as unknown as WirePod);
    },
    createNode: async (name) =>
      nodeOf((await admin.create(NODES, { metadata: { name } })) as unknown as WireNode),
    bindPod: async ({ name }, nodeName) => {
      const target = { kind: 'Node', name: nodeName };
      await admin.create(`${PODS}/${name}/binding`, { metadata: { name }, target });
    },
    removePod: async ({ name }) => {
      await admin.delete(`${PODS}/${name}`, 0);
    },
    forgetHistory: () => compact(admin, connection.etcdUrl),
  };
});

/** Without a controller manager nobody makes the account that a pod's creation asks for. */
async function empty(admin: KubeClient): Promise<void> {
  for (const { metadata } of await admin.list(PODS)) await admin.delete(`${PODS}/${metadata.name}`, 0);
  for (const { metadata } of await admin.list(NODES)) await admin.delete(`${NODES}/${metadata.name}`);
  await admin.apply({
    ...{ apiVersion: 'v1', kind: 'ServiceAccount' },
    metadata: { name: 'default', namespace: 'default' },
  });
}
