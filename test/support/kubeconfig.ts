// Kubeconfig files for servers of the own machine, and a server in front of the local one for what that does not have.
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { aDirectory } from './cli.ts';

interface KubeconfigWish {
  readonly server: string;
  readonly cluster?: object;
  readonly user?: object;
  /** Default `main`; null leaves it out. */
  readonly currentContext?: string | null;
}

/** The path of a file with the contexts `main` and `broken`, the latter of a cluster that is not in the file. */
export function aKubeconfig({ server, cluster, user, currentContext = 'main' }: KubeconfigWish): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    ...(currentContext === null ? {} : { 'current-context': currentContext }),
    clusters: [{ name: 'local', cluster: { server, ...cluster } }],
    users: [{ name: 'me', user: { token: 'secret-token', ...user } }],
    contexts: [
      { name: 'main', context: { cluster: 'local', user: 'me' } },
      { name: 'broken', context: { cluster: 'absent', user: 'me' } },
    ],
  };
  return join(aDirectory({ config: JSON.stringify(config) }), 'config');
}

interface FrontOptions {
  readonly target: string;
  /** What lists under these paths hold; all else is asked of the target. */
  readonly lists?: Readonly<Record<string, readonly unknown[]>>;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** `clients` are the names in the certificates of those who connected. */
export async function aFront({ target, lists = {}, tls }: FrontOptions) {
  const clients: string[] = [];
  const answer: RequestListener = (request, response) => {
    const { url = '/', headers } = request;
    if (tls !== undefined)
      clients.push(String((request.socket as TLSSocket).getPeerCertificate()?.subject?.CN));
    const items = lists[url.replace(/\?.*/, '')];
    if (items !== undefined) {
      response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items }));
      return;
    }
    const { authorization = '' } = headers;
    void fetch(`${target}${url}`, { headers: { authorization } }).then(async (reply) => {
      response.statusCode = reply.status;
      response.end(await reply.text());
    });
  };
  const server =
    tls === undefined
      ? createHttp(answer)
      : createHttps({ ...tls, requestCert: true, rejectUnauthorized: false }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, clients };
}
