import { describe, expect, it } from 'vitest';
import { KubeApi } from '../../../lib/adapters/memory/kube-api.ts';
import { ManualClock, START_MS } from '../../support/memory-clock.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';

function aCluster() {
  const clock = new ManualClock();
  const api = new KubeApi({ clock });
  api.createNode(aNewNode('n1'));
  return { clock, api };
}

const toleration = { key: 'a', operator: 'Exists' } as const;

describe('pods', () => {
  it('start pending, with a uid of their own', () => {
    const { api } = aCluster();
    const pod = api.createPod(aNewPod('web-1'));
    expect(pod).toMatchObject({ phase: 'Pending', createdAtMs: START_MS });
    expect(api.podNamed('default', 'web-1')).toBe(pod);
    expect(api.createPod(aNewPod('web-1', { namespace: 'other' })).uid).not.toBe(pod.uid);
  });

  it('get the same uids in the same history', () => {
    const uids = () => {
      const { api } = aCluster();
      return ['web-1', 'web-2'].map((name) => api.createPod(aNewPod(name)).uid);
    };
    expect(uids()).toEqual(uids());
  });

  it('cannot take the name of another before it is gone', () => {
    const { api } = aCluster();
    const pod = api.createPod(aNewPod('web-1'));
    api.bindPod(pod.uid, 'n1');
    expect(api.deletePod(pod.uid)).toBe('terminating');
    expect(() => api.createPod(aNewPod('web-1'))).toThrow('already exists');
    expect(api.deletePod(pod.uid, 0)).toBe('deleted');
    expect(api.createPod(aNewPod('web-1')).uid).not.toBe(pod.uid);
  });

  it('are bound once, to a node that is there, and are unschedulable no longer', () => {
    const { api } = aCluster();
    const { uid } = api.createPod(aNewPod('web-1'));
    api.setPodStatus(uid, { unschedulable: { sinceMs: START_MS, message: 'no nodes' } });
    expect(api.bindPod(uid, 'n2')).toBe('no-node');
    expect(api.bindPod(uid, 'n1')).toBe('bound');
    expect(api.bindPod(uid, 'n1')).toBe('already-bound');
    expect(api.pod(uid)).toMatchObject({ nodeName: 'n1' });
    expect(api.pod(uid)).not.toHaveProperty('unschedulable');
    expect(api.podsOnNode('n1').map((pod) => pod.uid)).toEqual([uid]);
  });

  it('that were created bound, as static pods are, count on their node', () => {
    const { api } = aCluster();
    const { uid } = api.createPod(aNewPod('static', { nodeName: 'n1' }));
    expect(api.podsOnNode('n1').map((pod) => pod.uid)).toEqual([uid]);
    api.deletePod(uid, 0);
    expect(api.podsOnNode('n1')).toEqual([]);
  });

  it('cannot be bound while they are being deleted', () => {
    const { api } = aCluster();
    const { uid } = api.createPod(aNewPod('web-1'));
    expect(api.deletePod(uid)).toBe('deleted');
    expect(api.bindPod(uid, 'n1')).toBe('gone');
    expect(api.deletePod(uid)).toBe('gone');
  });

  it('keep their grace, which a second deletion can only shorten', () => {
    const { api } = aCluster();
    const { uid } = api.createPod(aNewPod('web-1', {}, { terminationGracePeriodSeconds: 30 }));
    api.bindPod(uid, 'n1');
    api.deletePod(uid);
    expect(api.pod(uid)?.deletionAtMs).toBe(START_MS + 30_000);
    api.deletePod(uid, 60);
    expect(api.pod(uid)?.deletionAtMs).toBe(START_MS + 30_000);
    api.deletePod(uid, 5);
    expect(api.pod(uid)?.deletionAtMs).toBe(START_MS + 5_000);
  });

  it('are listed by uid, as they are at each reading', () => {
    const { api } = aCluster();
    const uids = ['web-1', 'web-2', 'web-3'].map((name) => api.createPod(aNewPod(name)).uid).sort();
    expect(api.pods().map((pod) => pod.uid)).toEqual(uids);
    for (const uid of uids.slice(1)) api.deletePod(uid);
    expect(api.pods().map((pod) => pod.uid)).toEqual(uids.slice(0, 1));
    expect(api.nodes().map((node) => node.name)).toEqual(['n1']);
  });

  it('that ended are deleted at once', () => {
    const { api } = aCluster();
    const { uid } = api.createPod(aNewPod('job-1'));
    api.bindPod(uid, 'n1');
    api.setPodStatus(uid, { phase: 'Succeeded' });
    expect(api.deletePod(uid)).toBe('deleted');
    expect(api.podsOnNode('n1')).toEqual([]);
  });

  it('lose parts of their status that are set to null', () => {
    const { api } = aCluster();
    const { uid } = api.createPod(aNewPod('web-1'));
    api.setPodStatus(uid, { nominatedNodeName: 'n1' });
    api.setPodStatus(uid, { nominatedNodeName: null });
    expect(api.pod(uid)).not.toHaveProperty('nominatedNodeName');
  });

  it('can be given tolerations but cannot lose one', () => {
    const { api } = aCluster();
    const { uid } = api.createPod(aNewPod('web-1', {}, { tolerations: [toleration] }));
    expect(api.setTolerations(uid, [{ ...toleration, key: 'b' }, toleration])).toBe('updated');
    expect(() => api.setTolerations(uid, [toleration])).toThrow('can only be added');
    expect(api.pod(uid)?.spec.tolerations).toHaveLength(2);
  });

  it('cannot be changed by whoever created or read them', () => {
    const { api } = aCluster();
    const labels = { app: 'shop' };
    const pod = api.createPod(aNewPod('web-1', { labels }));
    labels.app = 'changed';
    expect(api.pod(pod.uid)?.labels).toEqual({ app: 'shop' });
    expect(() => Object.assign(pod.spec.requests, { cpu: 1 })).toThrow(TypeError);
  });
});

describe('nodes', () => {
  it('change their Ready time only when Ready changes', async () => {
    const { api, clock } = aCluster();
    await clock.advance(1_000);
    api.setNodeReady('n1', 'True');
    await clock.advance(1_000);
    api.setNodeReady('n1', 'True');
    expect(api.node('n1')).toMatchObject({ ready: 'True', readySinceMs: START_MS + 1_000 });
    expect(api.setNodeReady('n2', 'True')).toBe('gone');
  });

  it('get a new version with every change and keep it when nothing changes', () => {
    const { api } = aCluster();
    const before = api.node('n1')?.resourceVersion ?? '';
    expect(api.patchNode('n1', before, { labels: { a: '1' } })).toBe('patched');
    const after = api.node('n1')?.resourceVersion ?? '';
    expect(after).toBe(String(api.store.resourceVersion));
    expect(api.patchNode('n1', after, { labels: { a: '1' } })).toBe('patched');
    expect(String(api.store.resourceVersion)).toBe(after);
  });

  it('are created once by name', () => {
    const { api } = aCluster();
    expect(() => api.createNode(aNewNode('n1'))).toThrow('already exists');
    api.deleteNode('n1');
    expect(api.createNode(aNewNode('n1')).name).toBe('n1');
  });

  it('take what their kubelet reports', () => {
    const { api } = aCluster();
    expect(api.updateNode('n1', { allocatable: { 'nvidia.com/gpu': 1 } })).toBe('updated');
    expect(api.node('n1')?.allocatable).toEqual({ 'nvidia.com/gpu': 1 });
    expect(api.updateNode('n2', { providerId: 'x' })).toBe('gone');
  });
});

describe('subscriptions', () => {
  it('see changes in the order of versions, also those that a listener makes', () => {
    const { api } = aCluster();
    const seen: string[] = [];
    api.subscribe((change) => {
      if (change.key === 'first') api.put('namespaces', { name: 'second', labels: {} });
    });
    api.subscribe((change, resourceVersion) => {
      seen.push(`${change.key} ${resourceVersion - api.store.compactedVersion}`);
    });
    api.put('namespaces', { name: 'first', labels: {} });
    expect(seen).toEqual(['first 2', 'second 3']);
  });

  it('end when told so', () => {
    const { api } = aCluster();
    let changes = 0;
    const end = api.subscribe(() => {
      changes += 1;
    });
    api.put('namespaces', { name: 'first', labels: {} });
    end();
    api.remove('namespaces', 'first');
    expect(changes).toBe(1);
    expect(api.state().namespaces).toEqual([]);
  });
});
