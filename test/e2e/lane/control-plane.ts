/**
 * A Kubernetes control plane on the loopback, from the binaries of `buildControlPlane`: etcd, kube-apiserver,
 * kube-controller-manager, kube-scheduler, and kwok in the place of kubelets. A run keeps all it writes in its folder.
 */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  apiServerArgs,
  controllerManagerArgs,
  etcdArgs,
  etcdUrlOf,
  kubeconfigPath,
  kwokArgs,
  type Layout,
  PORT_NAMES,
  type Ports,
  schedulerArgs,
  serverUrlOf,
} from './components.ts';
import { freePorts } from './free-ports.ts';
import { KubeClient } from './kube-client.ts';
import { type ClientName, makePki, pkiPaths } from './pki.ts';
import { Processes, stopsOnInterrupt } from './processes.ts';

export interface ControlPlaneOptions {
  /** Folder of the binaries. */
  readonly binaries: string;
  /** Is made where it is not there. Certificates, data, kubeconfigs and logs of one run. */
  readonly runFolder: string;
  /** Who says what a bearer token is worth. Without it only client certificates log in. */
  readonly tokenWebhook?: { readonly url: string; readonly caPem: string };
  /** `api-server`: etcd and kube-apiserver alone, so that nobody but the caller changes anything. */
  readonly only?: 'api-server';
  /** Members of a KubeSchedulerConfiguration beyond how to connect (`profiles`, `percentageOfNodesToScore`, …). */
  readonly schedulerConfig?: Readonly<Record<string, unknown>>;
  readonly apiServerFlags?: readonly string[];
}

export interface ControlPlane {
  readonly serverUrl: string;
  readonly caPem: string;
  /** As EKS's DescribeCluster gives it. */
  readonly caBase64: string;
  /** Of the client `admin`, who may do everything; PEM. */
  readonly adminTls: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly admin: KubeClient;
  /** Of the same client, for kubectl and for `dovetail plan --kubeconfig`. */
  readonly kubeconfigPath: string;
  readonly etcdUrl: string;
  readonly logsFolder: string;
  /** From the first program's start to the last one's readiness. */
  readonly startedInMs: number;
  /** Ends the programs and waits for their end. A second call does nothing. */
  stop(): Promise<void>;
}

const STAGES = fileURLToPath(new URL('kwok-stages.yaml', import.meta.url));

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { runFolder } = options;
  const logsFolder = join(runFolder, 'logs');
  await mkdir(logsFolder, { recursive: true });
  const layout = await layoutOf(runFolder);
  const processes = new Processes(logsFolder);
  const forgetInterrupts = stopsOnInterrupt(() => processes.stop());
  const adminTls = tlsOf(layout, 'admin');
  const serverUrl = serverUrlOf(layout.ports);
  const admin = new KubeClient({ serverUrl, tls: adminTls });
  const stop = async (): Promise<void> => {
    admin.close();
    await processes.stop();
    forgetInterrupts();
  };
  const fromMs = performance.now();
  try {
    await startServers(processes, layout, options, admin);
    if (options.only !== 'api-server') await startControllers(processes, layout, options, admin);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ serverUrl, adminTls, admin, logsFolder, stop },
    caPem: adminTls.ca,
    caBase64: Buffer.from(adminTls.ca).toString('base64'),
    kubeconfigPath: kubeconfigPath(runFolder, 'admin'),
    etcdUrl: etcdUrlOf(layout.ports),
    startedInMs: performance.now() - fromMs,
  };
}

async function layoutOf(runFolder: string): Promise<Layout> {
  const folder = join(runFolder, 'pki');
  await makePki(folder);
  const free = await freePorts(PORT_NAMES.length);
  const ports = Object.fromEntries(PORT_NAMES.map((name, index) => [name, free[index]])) as Ports;
  const layout = { runFolder, ports, pki: pkiPaths(folder) };
  for (const name of ['admin', 'kube-controller-manager', 'kube-scheduler'] as const) {
    await writeFile(kubeconfigPath(runFolder, name), clientKubeconfig(layout, name));
  }
  return layout;
}

async function startServers(
  processes: Processes,
  layout: Layout,
  { binaries, tokenWebhook, apiServerFlags = [] }: ControlPlaneOptions,
  admin: KubeClient,
): Promise<void> {
  processes.start('etcd', join(binaries, 'etcd'), etcdArgs(layout));
  await processes.until('etcd', () => answers(`${etcdUrlOf(layout.ports)}/health`));
  const webhook = tokenWebhook && (await writeWebhookConfig(layout.runFolder, tokenWebhook));
  const args = apiServerArgs(layout, webhook, apiServerFlags);
  processes.start('kube-apiserver', join(binaries, 'kube-apiserver'), args);
  await processes.until('kube-apiserver', () => exists(admin, '/readyz'));
  await processes.until('kube-apiserver', () => exists(admin, '/api/v1/namespaces/default'));
}

async function startControllers(
  processes: Processes,
  layout: Layout,
  { binaries, schedulerConfig }: ControlPlaneOptions,
  admin: KubeClient,
): Promise<void> {
  const config = schedulerConfig && (await writeSchedulerConfig(layout.runFolder, schedulerConfig));
  const programs = {
    'kube-controller-manager': controllerManagerArgs(layout),
    'kube-scheduler': schedulerArgs(layout, config),
    kwok: kwokArgs(layout, STAGES),
  };
  for (const [name, args] of Object.entries(programs)) processes.start(name, join(binaries, name), args);
  // Its account lets pods be created in the namespace.
  await processes.until('kube-controller-manager', () =>
    exists(admin, '/api/v1/namespaces/default/serviceaccounts/default'),
  );
  await processes.until('kwok', () => answers(`http://127.0.0.1:${layout.ports.kwok}/healthz`));
  const serverUrl = `https://127.0.0.1:${layout.ports.scheduler}`;
  const scheduler = new KubeClient({ serverUrl, tls: tlsOf(layout, 'admin') });
  await processes.until('kube-scheduler', () => exists(scheduler, '/readyz'));
  scheduler.close();
}

const answers = async (url: string): Promise<boolean> => (await fetch(url)).ok;

const exists = async (client: KubeClient, path: string): Promise<boolean> =>
  (await client.request('GET', path)).status === 200;

function tlsOf({ pki }: Layout, name: ClientName) {
  const [ca, cert, key] = [pki.caCert, pki.certOf(name), pki.keyOf(name)].map((path) =>
    readFileSync(path, 'utf8'),
  );
  return { ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
}

/** JSON is YAML, so these files need no writer of their own. */
const clientKubeconfig = ({ pki, ports }: Layout, name: ClientName): string =>
  kubeconfig({
    cluster: { server: serverUrlOf(ports), 'certificate-authority': pki.caCert },
    user: { 'client-certificate': pki.certOf(name), 'client-key': pki.keyOf(name) },
  });

const kubeconfig = ({ cluster, user }: { readonly cluster: object; readonly user: object }): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'lane' },
    clusters: [{ name: 'lane', cluster }],
    users: [{ name: 'lane', user }],
    contexts: [{ name: 'lane', context: { cluster: 'lane', user: 'lane' } }],
  });

async function writeWebhookConfig(
  runFolder: string,
  { url, caPem }: { readonly url: string; readonly caPem: string },
): Promise<string> {
  const path = join(runFolder, 'token-webhook.kubeconfig');
  const ca = Buffer.from(caPem).toString('base64');
  await writeFile(path, kubeconfig({ cluster: { server: url, 'certificate-authority-data': ca }, user: {} }));
  return path;
}

async function writeSchedulerConfig(
  runFolder: string,
  members: Readonly<Record<string, unknown>>,
): Promise<string> {
  const path = join(runFolder, 'scheduler-config.json');
  const config = {
    ...{ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' },
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig: kubeconfigPath(runFolder, 'kube-scheduler'), qps: 200, burst: 400 },
    ...members,
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}
