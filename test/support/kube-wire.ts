// The wire adapter in front of the local Kubernetes server, over a real socket on the own machine.

import { createServer, type RequestListener } from 'node:http';
import { afterEach } from 'vitest';
import { KubeCluster } from '../../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp, type KubeHttpOptions } from '../../lib/adapters/kube/kube-http.ts';
import { KubeApi } from '../../lib/adapters/memory/kube-api.ts';
import { type KubeServerOptions, startKubeServer } from '../../lib/local/kube-server.ts';
import { listenOnLoopback } from '../../lib/local/loopback.ts';
import type { Clock } from '../../lib/ports/clock.ts';
import { seededRandom } from './memory-clock.ts';
import { realClock } from './real-time.ts';

const closing: (() => unknown)[] = [];

/** Ends the servers and clients of each test. Called once by a test file. */
export function endsServers(): void {
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
}

export const random = seededRandom(1);

/** Passes at once and remembers how long it was asked to sleep. */
export function hastyClock(): { readonly clock: Clock; readonly sleptMs: number[] } {
  const sleptMs: number[] = [];
  const sleep = async (durationMs: number): Promise<void> => {
    sleptMs.push(durationMs);
  };
  return { clock: { nowMs: realClock.nowMs, sleep }, sleptMs };
}

export function aKubeHttp(options: Partial<KubeHttpOptions> & { readonly serverUrl: string }): KubeHttp {
  const http = new KubeHttp({ clock: realClock, random, ...options });
  closing.push(() => http.close());
  return http;
}

export async function aWire({
  server: serverOptions = {},
  http: httpOptions = {},
  historyEntries = 1_000,
}: {
  readonly server?: Partial<KubeServerOptions>;
  readonly http?: Partial<KubeHttpOptions>;
  readonly historyEntries?: number;
} = {}) {
  const api = new KubeApi({ clock: realClock, historyEntries });
  const server = await startKubeServer({ api, clock: realClock, port: 0, ...serverOptions });
  closing.push(() => server.close());
  const http = aKubeHttp({ serverUrl: server.url, ...httpOptions });
  const cluster = new KubeCluster({ http, clock: realClock, random });
  closing.push(() => cluster.close());
  return { api, server, http, cluster };
}

/** A server that says whatever the test wants. Gives its URL. */
export async function aStub(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  const url = await listenOnLoopback(server, 0);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}
