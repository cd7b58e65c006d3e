import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { accessOf, noAnswer } from '../../../lib/adapters/kube/kube-errors.ts';
import { aKubeHttp, aStub, aWire, endsServers, hastyClock } from '../../support/kube-wire.ts';

endsServers();

const NODES = { method: 'GET', path: '/api/v1/nodes' } as const;
const nodesFault = { method: 'GET', path: /nodes$/ } as const;

describe('login to the API server', () => {
  it('renews a token that the server refuses, once', async () => {
    const asked: (string | undefined)[] = [];
    const token = async (refused?: string) => {
      asked.push(refused);
      return refused === undefined ? 'old' : 'new';
    };
    const acceptsToken = (given: string | undefined) => given === 'new';
    const { http } = await aWire({ server: { acceptsToken }, http: { token } });
    expect((await http.call(NODES)).status).toBe(200);
    expect(asked).toEqual([undefined, 'old']);
  });

  it('says that no token was accepted, without naming one', async () => {
    const token = async (refused?: string) => (refused === undefined ? 'secret-1' : 'secret-2');
    const { http, server } = await aWire({ server: { acceptsToken: () => false }, http: { token } });
    const error = await http.call(NODES).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'Unauthorized', retry: 'never' });
    expect(error).toHaveProperty('message', expect.stringContaining('access entry'));
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
    expect(server.requests).toHaveLength(2);
  });

  it('keeps no connection for a refused one when it opens a stream', async () => {
    const requests: IncomingMessage[] = [];
    const serverUrl = await aStub((request, response) => {
      requests.push(request);
      if (requests.length === 1) response.writeHead(401).end('{"message":"Unauthorized"}');
      else response.flushHeaders();
    });
    const token = async (refused?: string) => (refused === undefined ? 'old' : 'new');
    const http = aKubeHttp({ serverUrl, token });
    const stream = await http.stream(
      { path: NODES.path, query: { watch: '1' } },
      new AbortController().signal,
    );
    expect(requests[1]?.socket).toBe(requests[0]?.socket);
    stream.destroy();
  });

  it('does not send again with the very token that was refused', async () => {
    const { http, server } = await aWire({
      server: { acceptsToken: () => false },
      http: { token: async () => 'same' },
    });
    await expect(http.call(NODES)).rejects.toMatchObject({ code: 'Unauthorized' });
    expect(server.requests).toHaveLength(1);
  });

  it('passes on why there is no token', async () => {
    const token = () => Promise.reject(new Error('no credentials'));
    const { http } = await aWire({ http: { token } });
    await expect(http.call(NODES)).rejects.toThrow('no credentials');
  });
});

describe('a busy or broken API server', () => {
  it('is asked again after the time it wants', async () => {
    const { clock, sleptMs } = hastyClock();
    const { http, server } = await aWire({ http: { clock } });
    server.order({ ...nodesFault, times: 2, status: 429, retryAfterSeconds: 3 });
    expect((await http.call(NODES)).status).toBe(200);
    expect(sleptMs).toHaveLength(2);
    for (const ms of sleptMs) expect(Math.floor(ms / 1_000)).toBe(3);
  });

  it('that wants a longer pause than we sleep is left to the caller', async () => {
    const { http, server } = await aWire();
    server.order({ ...nodesFault, times: 1, status: 429, retryAfterSeconds: 60 });
    await expect(http.call(NODES)).rejects.toMatchObject({ code: 'TooManyRequests', retry: 'same-request' });
    expect(server.requests).toHaveLength(1);
  });

  it('is asked four times and not for ever, with growing pauses', async () => {
    const { clock, sleptMs } = hastyClock();
    const { http, server } = await aWire({ http: { clock } });
    server.order({ ...nodesFault, times: 100, status: 503 });
    await expect(http.call(NODES)).rejects.toMatchObject({ code: 'ServerError', retry: 'same-request' });
    expect(server.requests).toHaveLength(4);
    expect(sleptMs).toHaveLength(3);
    for (const [n, ms] of sleptMs.entries()) {
      expect(ms).toBeGreaterThanOrEqual(250 * 2 ** n);
      expect(ms).toBeLessThan(500 * 2 ** n);
    }
  });

  it('is asked again to read but not to write, when it may have written', async () => {
    const { clock } = hastyClock();
    const { http, server } = await aWire({ http: { clock } });
    const path = '/api/v1/namespaces/default/events';
    server.order({ ...nodesFault, times: 1, status: 500 });
    server.order({ method: 'POST', path: /events$/, times: 1, status: 500 });
    expect((await http.call(NODES)).status).toBe(200);
    await expect(http.call({ method: 'POST', path, body: {} })).rejects.toMatchObject({
      code: 'ServerError',
    });
    expect(server.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  it('that cannot be reached has a name for it and says what to check', async () => {
    const { clock } = hastyClock();
    const http = aKubeHttp({ serverUrl: 'http://127.0.0.1:1', clock });
    await expect(http.call(NODES)).rejects.toMatchObject({
      code: 'EndpointUnreachable',
      retry: 'same-request',
      message: expect.stringMatching(/list nodes at 127\.0\.0\.1:1: no answer \(ECONNREFUSED\).*subnets/),
    });
  });

  it('that never answers is given up after the time limit', async () => {
    const { clock } = hastyClock();
    const serverUrl = await aStub(() => undefined);
    const http = aKubeHttp({ serverUrl, clock, timeoutMs: 30 });
    await expect(http.call(NODES)).rejects.toMatchObject({
      code: 'EndpointUnreachable',
      message: expect.stringContaining('(timeout)'),
    });
  });

  it('whose certificate is not of the cluster is never asked again', () => {
    const error = noAnswer({ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, accessOf('GET', NODES.path), 'host');
    expect(error).toMatchObject({ code: 'UntrustedCertificate', retry: 'never' });
  });
});

describe('answers', () => {
  it('name the verb and the resource that are missing', async () => {
    const { http, server } = await aWire();
    const said = 'User "dovetail" cannot list resource "daemonsets"';
    server.order({ method: 'GET', path: /daemonsets$/, times: 1, status: 403, message: said });
    await expect(http.call({ method: 'GET', path: '/apis/apps/v1/daemonsets' })).rejects.toMatchObject({
      code: 'Forbidden',
      retry: 'never',
      message: expect.stringContaining(`grant the verb "list" on "daemonsets.apps"`),
    });
  });

  it.each([
    ['GET', '/api/v1/namespaces', 'list namespaces'],
    ['GET', '/api/v1/namespaces/shop', 'get namespaces'],
    ['GET', '/api/v1/namespaces/shop/pods', 'list pods'],
    ['GET', '/api/v1/pods?watch=1&limit=5', 'watch pods'],
    ['PATCH', '/api/v1/namespaces/shop/pods/web-1', 'patch pods'],
    ['POST', '/api/v1/namespaces/shop/pods/web-1/eviction', 'create pods/eviction'],
    ['DELETE', '/api/v1/nodes/n1', 'delete nodes'],
    ['GET', '/apis/storage.k8s.io/v1/csinodes', 'list csinodes.storage.k8s.io'],
  ])('%s %s needs the right to %s', (method, path, wanted) => {
    const { verb, resource } = accessOf(method, path);
    expect(`${verb} ${resource}`).toBe(wanted);
  });

  it('are taken as they are where the caller has a use for their status', async () => {
    const { http } = await aWire();
    const path = '/api/v1/nodes/none';
    expect((await http.call({ method: 'GET', path, accept: [404] })).status).toBe(404);
    await expect(http.call({ method: 'GET', path })).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('are unzipped', async () => {
    let wanted: unknown;
    const serverUrl = await aStub((request, response) => {
      wanted = request.headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync('{"items":["é"]}'));
    });
    expect((await aKubeHttp({ serverUrl }).call(NODES)).body).toEqual({ items: ['é'] });
    expect(wanted).toBe('gzip');
  });

  it('may come from a proxy that speaks no JSON', async () => {
    const { clock } = hastyClock();
    const serverUrl = await aStub((_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'));
    await expect(aKubeHttp({ serverUrl, clock }).call(NODES)).rejects.toMatchObject({
      code: 'ServerError',
      message: expect.stringContaining('Bad Gateway'),
    });
  });
});

describe('connections', () => {
  it('are kept, and opened anew when the server closed a kept one', async () => {
    const sockets = new Set<unknown>();
    const serverUrl = await aStub((request, response) => {
      const known = sockets.has(request.socket);
      sockets.add(request.socket);
      if (known && request.url === '/closed') request.socket.destroy();
      else response.end('{}');
    });
    const http = aKubeHttp({ serverUrl });
    const write = (path: string) => http.call({ method: 'POST', path, body: {} });
    await write('/a');
    await write('/b');
    expect(sockets.size).toBe(1);
    expect((await write('/closed')).status).toBe(200);
    expect(sockets.size).toBe(2);
  });
});
