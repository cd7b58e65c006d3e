import { describe, expect, it } from 'vitest';
import { listAll } from '../../../lib/adapters/kube/paged-list.ts';
import { aWire, endsServers } from '../../support/kube-wire.ts';
import { aNewPod } from '../../support/memory-kube.ts';

endsServers();

const podPages = (requests: readonly string[]): string[] =>
  requests.filter((request) => request.startsWith('GET /api/v1/pods'));

describe('lists in pages', () => {
  it('hold every object once, sorted by uid', async () => {
    const { api, cluster, server } = await aWire({ historyEntries: 2_000 });
    for (let n = 0; n < 1_201; n += 1) api.createPod(aNewPod(`web-${n}`));
    const { state } = await cluster.list();
    expect(state.pods.map(({ uid }) => uid)).toEqual(api.pods().map(({ uid }) => uid));
    expect(podPages(server.requests)).toHaveLength(3);
  });

  it('begin anew when the server has forgotten the list in between', async () => {
    const { api, http, server } = await aWire({ historyEntries: 10 });
    for (let n = 0; n < 600; n += 1) api.createPod(aNewPod(`web-${n}`));
    let read = 0;
    const { items, resourceVersion } = await listAll(http, '/api/v1/pods', (pod: object) => {
      read += 1;
      // Between the first page and the second, more is written than the server remembers.
      if (read === 500) for (let n = 0; n < 20; n += 1) api.createPod(aNewPod(`late-${n}`));
      return pod;
    });
    expect(items).toHaveLength(620);
    expect(resourceVersion).toBe(String(api.store.resourceVersion));
    expect(podPages(server.requests)).toHaveLength(4);
  });

  it('are given up when the server forgets them again and again', async () => {
    const { api, http, server } = await aWire();
    api.createPod(aNewPod('web'));
    server.order({ method: 'GET', path: /pods$/, times: 4, status: 410 });
    await expect(listAll(http, '/api/v1/pods', (pod) => pod)).rejects.toMatchObject({
      code: 'Expired',
      retry: 'same-request',
    });
  });

  it('are of one moment: what comes meanwhile is left to the watch', async () => {
    const { api, http } = await aWire();
    for (let n = 0; n < 501; n += 1) api.createPod(aNewPod(`web-${n}`));
    let late = 0;
    const { items } = await listAll(http, '/api/v1/pods', (pod) => {
      if (late === 0) api.createPod(aNewPod('late'));
      late = 1;
      return pod;
    });
    expect(items).toHaveLength(501);
  });
});
