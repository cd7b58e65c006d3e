/**
 * The ear at kube-scheduler: a filter extender, which is asked once per attempt about exactly the nodes that passed every
 * filter of the pod. It writes them down and lets none through, so that nothing is ever bound.
 * Source: https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/#kubescheduler-config-k8s-io-v1-Extender
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Why a node that passed is refused all the same: kube-scheduler repeats it in the pod's condition. */
export const PASSED = 'passed every filter';

export interface Extender {
  readonly url: string;
  /** Names of the nodes that passed for the pod of this uid, sorted; undefined where none did. */
  passed(uid: string): readonly string[] | undefined;
  close(): Promise<void>;
}

interface Asked {
  readonly Pod: { readonly metadata: { readonly uid: string } };
  readonly NodeNames: readonly string[];
}

export async function startExtender(port = 0): Promise<Extender> {
  const passed = new Map<string, readonly string[]>();
  const server = createServer((request, response) => {
    answer(request, response, passed).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed: (uid) => passed.get(uid),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  passed: Map<string, readonly string[]>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { Pod, NodeNames } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked;
  passed.set(Pod.metadata.uid, [...NodeNames].sort());
  const body = JSON.stringify({
    NodeNames: [],
    FailedNodes: Object.fromEntries(NodeNames.map((name) => [name, PASSED])),
  });
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

/**
 * A configuration of kube-scheduler that asks the extender about all nodes, and preempts nobody. A pod that was refused is
 * looked at again only when something happens.
 */
export const schedulerConfig = (extenderUrl: string, kubeconfigPath: string): string =>
  JSON.stringify({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig: kubeconfigPath, qps: 1_000, burst: 2_000 },
    leaderElection: { leaderElect: false },
    percentageOfNodesToScore: 100,
    profiles: [
      { schedulerName: 'default-scheduler', plugins: { postFilter: { disabled: [{ name: '*' }] } } },
    ],
    extenders: [
      { urlPrefix: extenderUrl, filterVerb: 'filter', nodeCacheCapable: true, weight: 1, httpTimeout: '10s' },
    ],
  });
