import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { jsonLines } from '../../../lib/adapters/kube/json-lines.ts';
import { KubeCluster } from '../../../lib/adapters/kube/kube-cluster.ts';
import type { KubeHttpOptions } from '../../../lib/adapters/kube/kube-http.ts';
import type { WatchCursor } from '../../../lib/model/snapshot.ts';
import type { Clock } from '../../../lib/ports/clock.ts';
import type { Cluster } from '../../../lib/ports/cluster.ts';
import { aKubeHttp, aStub, aWire, endsServers, random } from '../../support/kube-wire.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';
import { realClock } from '../../support/real-time.ts';

endsServers();

const KINDS_WATCHED = 8;
const WAIT_MS = 2_000;

const watchesIn = (requests: readonly string[]): string[] =>
  requests.filter((request) => request.includes('watch=1'));

async function next(cluster: Cluster, cursor: WatchCursor, waitMs = WAIT_MS) {
  const answer = await cluster.changes(cursor, waitMs);
  if (answer.kind === 'gone') throw new Error('the cursor is fresh');
  return answer;
}

describe('watching a cluster', () => {
  it('keeps one watch of each kind open over many calls', async () => {
    const { api, cluster, server } = await aWire();
    let { cursor } = await cluster.list();
    for (let n = 0; n < 5; n += 1) {
      const pod = api.createPod(aNewPod(`web-${n}`));
      const answer = await next(cluster, cursor);
      expect(answer.changes).toMatchObject([{ key: pod.uid }]);
      cursor = answer.cursor;
    }
    expect(watchesIn(server.requests)).toHaveLength(KINDS_WATCHED);
  });

  it('brings changes that come together in one answer', async () => {
    const { api, cluster } = await aWire();
    const { cursor } = await cluster.list();
    const { cursor: open } = await next(cluster, cursor, 0);
    for (let n = 0; n < 30; n += 1) api.createPod(aNewPod(`web-${n}`));
    expect((await next(cluster, open)).changes).toHaveLength(30);
  });

  it('moves the cursor of a quiet kind by bookmarks, which are no changes', async () => {
    const { api, cluster } = await aWire({ server: { bookmarkMs: 60 } });
    const { cursor } = await cluster.list();
    api.createPod(aNewPod('web'));
    const first = await next(cluster, cursor);
    const second = await next(cluster, first.cursor, 300);
    expect(second.changes).toEqual([]);
    expect(second.cursor.nodes).toBe(String(api.store.resourceVersion));
    expect(second.cursor.nodes).not.toBe(cursor.nodes);
  });

  it('goes on without loss or repetition when the server breaks the connections', async () => {
    const { api, cluster, server } = await aWire();
    const { cursor } = await cluster.list();
    const before = api.createPod(aNewPod('before'));
    const first = await next(cluster, cursor);
    server.breakWatches();
    const after = api.createPod(aNewPod('after'));
    const second = await next(cluster, first.cursor);
    expect([...first.changes, ...second.changes].map(({ key }) => key)).toEqual([before.uid, after.uid]);
  });

  it('calls a cursor gone that the server refuses as too old with its status', async () => {
    const { cluster, server } = await aWire();
    const { cursor } = await cluster.list();
    server.order({ method: 'GET', path: /nodes$/, times: 1, status: 410 });
    expect(await cluster.changes(cursor, WAIT_MS)).toEqual({ kind: 'gone' });
  });

  it('calls a cursor gone when the history ends while it watches', async () => {
    const { api, cluster, server } = await aWire({ historyEntries: 5 });
    const { cursor } = await cluster.list();
    const { cursor: open } = await next(cluster, cursor, 0);
    // The nodes' watch still stands where it began, which ten pods later is too old.
    for (let n = 0; n < 10; n += 1) api.createPod(aNewPod(`web-${n}`));
    server.breakWatches();
    await realClock.sleep(300);
    expect(await cluster.changes(open, WAIT_MS)).toEqual({ kind: 'gone' });
  });

  it('fails with what is missing when one kind may not be watched, and recovers when it may', async () => {
    const { api, cluster, server } = await aWire();
    const { cursor } = await cluster.list();
    server.order({ method: 'GET', path: /csinodes$/, times: 1, status: 403 });
    await expect(cluster.changes(cursor, WAIT_MS)).rejects.toMatchObject({
      code: 'Forbidden',
      message: expect.stringContaining('"watch" on "csinodes.storage.k8s.io"'),
    });
    api.createNode(aNewNode('n1'));
    expect((await next(cluster, cursor)).changes).toMatchObject([{ list: 'nodes', key: 'n1' }]);
  });

  it('survives a server that is busy when a watch opens', async () => {
    const { api, cluster, server } = await aWire();
    const { cursor } = await cluster.list();
    server.order({ method: 'GET', path: /pods$/, times: 1, status: 429 });
    const pod = api.createPod(aNewPod('web'));
    expect((await next(cluster, cursor)).changes).toMatchObject([{ key: pod.uid }]);
  });
});

/** A server of one kind; the watches of all others are open and silent. */
const aStubOfNodes = (answer: RequestListener): Promise<string> =>
  aStub((request, response) => {
    if (request.url?.startsWith('/api/v1/nodes')) answer(request, response);
    else response.flushHeaders();
  });

/** Sleeps a hundredth of what it is asked to, and remembers that. */
function aShortClock() {
  const sleptMs: number[] = [];
  const sleep = (durationMs: number): Promise<void> => {
    sleptMs.push(durationMs);
    return realClock.sleep(durationMs / 100);
  };
  return { clock: { nowMs: realClock.nowMs, sleep }, sleptMs };
}

async function aClusterAt(serverUrl: string, clock: Clock = realClock, http: Partial<KubeHttpOptions> = {}) {
  const cluster = new KubeCluster({ http: aKubeHttp({ serverUrl, clock, ...http }), clock, random });
  return { cluster, cursor: (await (await aWire()).cluster.list()).cursor };
}

describe('opening a watch', () => {
  it('takes all of a history that comes in pieces, so that a look of a moment misses nothing', async () => {
    const serverUrl = await aStubOfNodes(async (_request, response) => {
      for (let n = 1; n <= 8; n += 1) {
        const metadata = { name: `n${n}`, resourceVersion: String(n) };
        response.write(`${JSON.stringify({ type: 'DELETED', object: { metadata } })}\n`);
        await realClock.sleep(20);
      }
    });
    const { cluster, cursor } = await aClusterAt(serverUrl);
    expect((await next(cluster, cursor, 0)).changes).toHaveLength(8);
    cluster.close();
  });

  it('is tried again no sooner than a busy server asks', async () => {
    const { clock, sleptMs } = aShortClock();
    const serverUrl = await aStubOfNodes((_request, response) =>
      response.writeHead(429, { 'retry-after': '7' }).end('{}'),
    );
    const { cluster, cursor } = await aClusterAt(serverUrl, clock);
    await expect(cluster.changes(cursor, WAIT_MS)).rejects.toMatchObject({ code: 'TooManyRequests' });
    expect(sleptMs.filter((ms) => ms === 7_000)).toHaveLength(4);
  });

  it('is given up when a refusal is never told to its end', async () => {
    const serverUrl = await aStubOfNodes((_request, response) => {
      response.writeHead(403).write('{"message":"on');
    });
    const { cluster, cursor } = await aClusterAt(serverUrl, aShortClock().clock, { timeoutMs: 50 });
    await expect(cluster.changes(cursor, WAIT_MS)).rejects.toMatchObject({ code: 'EndpointUnreachable' });
  });
});

describe('a watch that cannot go on', () => {
  it('fails when events cannot be read, instead of asking for ever', async () => {
    let watches = 0;
    const serverUrl = await aStubOfNodes((_request, response) => {
      watches += 1;
      response.write('{"type":"ADDED","object":{"metadata":{"name":"n1"},"spec":{"taints":7}}}\n');
    });
    const { cluster, cursor } = await aClusterAt(serverUrl, aShortClock().clock);
    await expect(cluster.changes(cursor, WAIT_MS)).rejects.toThrow(TypeError);
    expect(watches).toBeLessThan(6);
  });

  it('fails the call that waits when it is closed', async () => {
    const { cluster } = await aWire();
    const { cursor } = await cluster.list();
    const waiting = expect(cluster.changes(cursor, 60_000)).rejects.toMatchObject({ code: 'WatchClosed' });
    await realClock.sleep(50);
    cluster.close();
    await waiting;
  });
});

describe('a stream of JSON lines', () => {
  async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  it.each([1, 3, 1_000])('is read whole in pieces of %i bytes', async (size) => {
    const values: unknown[] = [];
    for await (const value of jsonLines(pieces('{"a":"é"}\n\n{"b":[1]}\n', size))) values.push(value);
    expect(values).toEqual([{ a: 'é' }, { b: [1] }]);
  });

  it('leaves out what breaks off before its newline', async () => {
    const values: unknown[] = [];
    for await (const value of jsonLines(pieces('{"a":1}\n{"b":', 5))) values.push(value);
    expect(values).toEqual([{ a: 1 }]);
  });
});
