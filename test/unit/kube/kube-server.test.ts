import { describe, expect, it } from 'vitest';
import { aWire, endsServers } from '../../support/kube-wire.ts';
import { aNewPod } from '../../support/memory-kube.ts';

endsServers();

describe('the local Kubernetes server, as strict as the real one', () => {
  const path = '/api/v1/namespaces/default/pods/web';
  const patch = async (...operations: object[]) => {
    const { api, http } = await aWire();
    const pod = api.createPod(aNewPod('web', {}, { tolerations: [{ key: 'a', operator: 'Exists' }] }));
    const request = { method: 'PATCH', path, patchType: 'json-patch', body: operations } as const;
    const { status } = await http.call({ ...request, accept: [422] });
    return { status, spec: api.pod(pod.uid)?.spec };
  };

  it('lets a pod gain a toleration', async () => {
    const { status, spec } = await patch({
      op: 'add',
      path: '/spec/tolerations/-',
      value: { operator: 'Exists' },
    });
    expect(status).toBe(200);
    expect(spec?.tolerations).toHaveLength(2);
  });

  it.each([
    ['lose one', { op: 'remove', path: '/spec/tolerations/0' }],
    ['change its priority', { op: 'add', path: '/spec/priority', value: 9 }],
    ['change against what is tested', { op: 'test', path: '/metadata/uid', value: 'other' }],
    ['change where there is nothing', { op: 'add', path: '/spec/none/0', value: 1 }],
  ])('lets no pod %s', async (_, operation) => {
    const toleration = { op: 'add', path: '/spec/tolerations/-', value: { operator: 'Exists' } };
    const { status, spec } = await patch(toleration, operation);
    expect(status).toBe(422);
    expect(spec?.tolerations).toEqual([{ key: 'a', operator: 'Exists' }]);
  });

  it('refuses what it does not know rather than answering wrongly', async () => {
    const { http } = await aWire();
    const list = (query: Readonly<Record<string, string>>) =>
      http.call({ method: 'GET', path: '/api/v1/pods', query });
    await expect(list({ labelSelector: 'a=b' })).rejects.toMatchObject({ code: 'Invalid' });
    await expect(list({ fieldSelector: 'status.phase=Running' })).rejects.toMatchObject({ code: 'Invalid' });
    await expect(http.call({ method: 'GET', path: '/apis/apps/v1/deployments' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});
