import { MemoryCluster } from '../../lib/adapters/memory/cluster.ts';
import { KubeApi } from '../../lib/adapters/memory/kube-api.ts';
import { ManualClock } from '../support/memory-clock.ts';
import { aNewNode, aNewPod } from '../support/memory-kube.ts';
import { describeClusterContract } from './cluster.contract.ts';

const HISTORY_ENTRIES = 20;

describeClusterContract('memory', async () => {
  const clock = new ManualClock();
  const api = new KubeApi({ clock, historyEntries: HISTORY_ENTRIES });
  return {
    cluster: new MemoryCluster({ api, clock }),
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
    pass: (durationMs) => clock.advance(durationMs),
  };
});
