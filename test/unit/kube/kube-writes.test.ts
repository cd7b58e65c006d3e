import { describe, expect, it } from 'vitest';
import { applyObject, createEvent, evictPod } from '../../../lib/adapters/kube/kube-writes.ts';
import { podUid } from '../../../lib/model/ids.ts';
import type { Toleration } from '../../../lib/model/taint.ts';
import { aKubeHttp, aStub, aWire, endsServers } from '../../support/kube-wire.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';

endsServers();

describe('evictions', () => {
  it('begin the graceful end of a bound pod', async () => {
    const { api, http } = await aWire();
    api.createNode(aNewNode('n1'));
    const pod = api.createPod(aNewPod('web', { nodeName: 'n1' }));
    expect(await evictPod(http, pod, 5)).toEqual({ kind: 'evicted' });
    expect(api.pod(pod.uid)?.deletionAtMs).toBeDefined();
  });

  it('leave alone a pod that took the name of another, and one that is not there', async () => {
    const { api, http } = await aWire();
    const pod = api.createPod(aNewPod('web'));
    expect(await evictPod(http, { ...pod, uid: podUid('other') })).toEqual({ kind: 'gone' });
    expect(await evictPod(http, { ...pod, name: 'none' })).toEqual({ kind: 'gone' });
    expect(api.pod(pod.uid)).toBeDefined();
  });

  it('say whose budget refuses them, and ask once', async () => {
    const { api, http, server } = await aWire();
    const pod = api.createPod(aNewPod('web'));
    const message = 'The disruption budget web needs 2 healthy pods and has 2 currently';
    server.order({
      ...{ method: 'POST', path: /eviction$/, times: 1, status: 429 },
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      causes: [{ reason: 'DisruptionBudget', message }],
    });
    expect(await evictPod(http, pod)).toEqual({ kind: 'refused', byBudget: true, message });
    expect(server.requests).toHaveLength(1);
  });

  it('are refused by budgets where a pod has several, which the server calls an error of its own', async () => {
    const { api, http, server } = await aWire();
    const pod = api.createPod(aNewPod('web'));
    const message =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    server.order({ method: 'POST', path: /eviction$/, times: 1, status: 500, message });
    expect(await evictPod(http, pod)).toEqual({ kind: 'refused', byBudget: true, message });
  });

  it('fail at a server that is broken', async () => {
    const { api, http, server } = await aWire();
    const pod = api.createPod(aNewPod('web'));
    server.order({ method: 'POST', path: /eviction$/, times: 1, status: 500, message: 'etcd is away' });
    await expect(evictPod(http, pod)).rejects.toMatchObject({ code: 'ServerError', retry: 'same-request' });
  });

  it.each([429, 409])('tell a server that is busy from a budget (%i)', async (status) => {
    const { api, http, server } = await aWire();
    const pod = api.createPod(aNewPod('web'));
    server.order({ method: 'POST', path: /eviction$/, times: 1, status, message: 'not now' });
    expect(await evictPod(http, pod)).toEqual({ kind: 'refused', byBudget: false, message: 'not now' });
  });
});

describe('events', () => {
  it('are written once for each name', async () => {
    const { http, server } = await aWire();
    const event = {
      ...({ name: 'web.1', type: 'Normal', reason: 'Nominated', message: 'to node n1' } as const),
      about: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'u1' },
      atMs: Date.UTC(2026, 0, 31, 12, 0, 0, 500),
    };
    expect(await createEvent(http, event)).toBe('created');
    expect(await createEvent(http, event)).toBe('present');
    expect(server.events).toMatchObject([
      {
        metadata: { name: 'web.1', namespace: 'shop' },
        ...{ type: 'Normal', reason: 'Nominated', message: 'to node n1' },
        involvedObject: { kind: 'Pod', uid: 'u1' },
        lastTimestamp: '2026-01-31T12:00:00Z',
      },
    ]);
  });
});

describe('applying an object', () => {
  it('sends the fields we own, taking over those of others', async () => {
    const seen: unknown[] = [];
    const serverUrl = await aStub((request, response) => {
      seen.push(`${request.method} ${request.url}`, request.headers['content-type']);
      request.on('data', (body: Buffer) => seen.push(JSON.parse(body.toString())));
      request.on('end', () => response.end('{}'));
    });
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } };
    await applyObject(aKubeHttp({ serverUrl }), '/api/v1/namespaces/default/configmaps/a', object);
    expect(seen).toEqual([
      'PATCH /api/v1/namespaces/default/configmaps/a?fieldManager=dovetail&force=true',
      'application/apply-patch+yaml',
      object,
    ]);
  });
});

describe('tolerations over the wire', () => {
  const slot: Toleration = { key: 'dovetail.sh/slot', operator: 'Equal', value: 'c1', effect: 'NoSchedule' };

  it('are added to a pod that has none', async () => {
    const { api, cluster } = await aWire();
    const pod = api.createPod(aNewPod('web', {}, { tolerations: [] }));
    expect(await cluster.addToleration(pod, slot)).toBe('added');
    expect(api.pod(pod.uid)?.spec.tolerations).toEqual([slot]);
  });

  it('are added after reading again when another writer came between', async () => {
    const { api, cluster, server } = await aWire();
    const pod = api.createPod(aNewPod('web', {}, { tolerations: [{ operator: 'Exists', key: 'a' }] }));
    server.order({ method: 'PATCH', path: /pods\/web$/, times: 1, status: 422 });
    expect(await cluster.addToleration(pod, slot)).toBe('added');
    expect(api.pod(pod.uid)?.spec.tolerations).toEqual([{ operator: 'Exists', key: 'a' }, slot]);
    expect(server.requests.map((request) => request.split(' ')[0])).toEqual(['GET', 'PATCH', 'GET', 'PATCH']);
  });

  it('are given up when the server refuses them for good', async () => {
    const { api, cluster, server } = await aWire();
    const pod = api.createPod(aNewPod('web'));
    server.order({ method: 'PATCH', path: /pods\/web$/, times: 9, status: 422, message: 'denied by policy' });
    await expect(cluster.addToleration(pod, slot)).rejects.toMatchObject({
      ...{ code: 'Invalid', retry: 'never' },
      message: expect.stringContaining('denied by policy'),
    });
  });
});
