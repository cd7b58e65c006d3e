// A large cluster behind the local Kubernetes server, with pods as short as the model's or as long as real ones.
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { KubeApi } from '../../lib/adapters/memory/kube-api.ts';
import { startKubeServer } from '../../lib/local/kube-server.ts';
import { LABEL } from '../../lib/model/labels.ts';
import { aPodSpec, aSpread, MIB, matching } from '../../test/support/builders.ts';
import { ManualClock } from '../../test/support/memory-clock.ts';
import { aNewNode } from '../../test/support/memory-kube.ts';
import { realClock } from '../../test/support/real-time.ts';

const APPS = 200;

/** Gives the URL; the process serves until it is killed. */
export async function serveLargeCluster(size: {
  readonly nodes: number;
  readonly pods: number;
  readonly full: boolean;
}): Promise<string> {
  const api = new KubeApi({ clock: new ManualClock() });
  for (let n = 0; n < size.nodes; n += 1) {
    const name = `ip-10-0-${n >> 8}-${n & 255}.ec2.internal`;
    const labels = { [LABEL.zone]: `eu-west-1${'abc'[n % 3]}`, [LABEL.instanceType]: 'm7g.2xlarge' };
    api.createNode(aNewNode(name, { labels }));
    api.put('csiNodes', { nodeName: name, limits: { 'ebs.csi.aws.com': 25 } });
  }
  for (let n = 0; n < size.pods; n += 1) api.createPod(podAt(n, size.nodes));
  const { url } = await startKubeServer({ api, clock: realClock, port: 0 });
  return size.full ? lengthened(url) : url;
}

function podAt(n: number, nodes: number) {
  const app = `app-${n % APPS}`;
  const node = n % nodes;
  return {
    namespace: `team-${n % 20}`,
    name: `${app}-7d9f8b6c5d-${n}`,
    labels: { app, 'pod-template-hash': '7d9f8b6c5d' },
    annotations: { 'checksum/config': '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef' },
    owner: { kind: 'ReplicaSet', name: `${app}-7d9f8b6c5d`, uid: `rs-${app}` },
    nodeName: `ip-10-0-${node >> 8}-${node & 255}.ec2.internal`,
    spec: aPodSpec(
      {
        tolerations: ['not-ready', 'unreachable'].map((why) => ({
          key: `node.kubernetes.io/${why}`,
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        })),
        topologySpread: [aSpread({ topologyKey: LABEL.zone, labelSelector: matching({ app }) })],
      },
      { cpuMillicores: 100 + (n % APPS), memoryBytes: (128 + (n % APPS)) * MIB },
    ),
  };
}

/** A server in front of it that adds to each pod what real ones have besides: some 6 kB that nobody reads. */
async function lengthened(upstream: string): Promise<string> {
  const server = createServer((request, response) => {
    get(`${upstream}${request.url}`, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const list = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        if (request.url?.startsWith('/api/v1/pods')) list.items = list.items.map(lengthenedPod);
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync(JSON.stringify(list), { level: 1 }));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface ServedPod {
  readonly metadata: object;
  readonly spec: { readonly containers: readonly object[] };
  readonly status: object;
}

function lengthenedPod({ metadata, spec, status }: ServedPod) {
  const env = Array.from({ length: 20 }, (_, n) => ({
    name: `SETTING_${n}`,
    value: `https://service-${n}:8080`,
  }));
  const fields = Object.fromEntries(
    env.map(({ name }) => [`k:{"name":"${name}"}`, { '.': {}, 'f:value': {} }]),
  );
  const volumeMounts = [
    { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io', readOnly: true },
  ];
  const probe = { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 };
  const digest = 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
  const condition = { status: 'True', lastProbeTime: null, lastTransitionTime: '2026-01-31T12:00:00Z' };
  return {
    metadata: {
      ...metadata,
      managedFields: [
        { manager: 'kube-controller-manager', operation: 'Update', fieldsV1: { 'f:spec': fields } },
        { manager: 'kubelet', operation: 'Update', subresource: 'status', fieldsV1: { 'f:status': fields } },
      ],
    },
    spec: {
      ...spec,
      containers: spec.containers.map((container) => ({
        ...{ ...container, env, volumeMounts, livenessProbe: probe, readinessProbe: probe },
      })),
      volumes: [{ name: 'kube-api-access', projected: { defaultMode: 420, sources: [] } }],
    },
    status: {
      ...status,
      ...{ hostIP: '10.0.0.1', podIP: '10.0.1.1', qosClass: 'Burstable' },
      conditions: [
        'PodReadyToStartContainers',
        'Initialized',
        'Ready',
        'ContainersReady',
        'PodScheduled',
      ].map((type) => ({ type, ...condition })),
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          restartCount: 0,
          imageID: digest,
          containerID: `containerd://${digest}`,
        },
      ],
    },
  };
}
