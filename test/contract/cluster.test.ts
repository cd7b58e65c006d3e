import { afterEach } from 'vitest';
import { KubeCluster } from '../../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp } from '../../lib/adapters/kube/kube-http.ts';
import { MemoryCluster } from '../../lib/adapters/memory/cluster.ts';
import { KubeApi } from '../../lib/adapters/memory/kube-api.ts';
import { startKubeServer } from '../../lib/local/kube-server.ts';
import type { Clock } from '../../lib/ports/clock.ts';
import { ManualClock, seededRandom } from '../support/memory-clock.ts';
import { aNewNode, aNewPod } from '../support/memory-kube.ts';
import { realClock } from '../support/real-time.ts';
import { type ClusterHarness, describeClusterContract } from './cluster.contract.ts';

const HISTORY_ENTRIES = 20;

/** What others do in the cluster behind either implementation. */
function harnessOf(clock: Clock) {
  const api = new KubeApi({ clock, historyEntries: HISTORY_ENTRIES });
  const actions: Omit<ClusterHarness, 'cluster' | 'waitMs' | 'pass'> = {
    createPod: async (name) => api.createPod(aNewPod(name)),
    createNode: async (name) => api.createNode(aNewNode(name)),
    bindPod: async (pod, nodeName) => {
      api.bindPod(pod.uid, nodeName);
    },
    removePod: async (pod) => {
      api.deletePod(pod.uid, 0);
    },
    forgetHistory: async () => {
      for (let n = 0; n <= HISTORY_ENTRIES; n += 1) api.put('namespaces', { name: `space-${n}`, labels: {} });
    },
  };
  return { api, actions };
}

describeClusterContract('memory', async () => {
  const clock = new ManualClock();
  const { api, actions } = harnessOf(clock);
  return {
    ...actions,
    cluster: new MemoryCluster({ api, clock }),
    waitMs: 10_000,
    pass: (durationMs) => clock.advance(durationMs),
  };
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describeClusterContract('wire', async () => {
  const { api, actions } = harnessOf(realClock);
  const server = await startKubeServer({ api, clock: realClock, port: 0 });
  const random = seededRandom(1);
  const http = new KubeHttp({ serverUrl: server.url, clock: realClock, random });
  const cluster = new KubeCluster({ http, clock: realClock, random });
  closing.push(
    () => server.close(),
    () => http.close(),
    () => cluster.close(),
  );
  return { ...actions, cluster, waitMs: 1_000, pass: realClock.sleep };
});
