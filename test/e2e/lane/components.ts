/** The command lines of the control plane's programs. All of them listen on the loopback only. */
import { join } from 'node:path';
import type { ClientName, pkiPaths } from './pki.ts';

export interface Layout {
  readonly runFolder: string;
  readonly pki: ReturnType<typeof pkiPaths>;
  readonly ports: Ports;
}

export const PORT_NAMES = [
  ...(['etcd', 'etcdPeers', 'apiServer', 'controllerManager', 'scheduler', 'kwok'] as const),
];
export type Ports = Readonly<Record<(typeof PORT_NAMES)[number], number>>;

/** What marks a node as kwok's, which must be there from its creation on. */
export const KWOK_NODE = { key: 'kwok.x-k8s.io/node', value: 'fake' } as const;

export const serverUrlOf = (ports: Ports): string => `https://127.0.0.1:${ports.apiServer}`;
export const etcdUrlOf = (ports: Ports): string => `http://127.0.0.1:${ports.etcd}`;
export const kubeconfigPath = (runFolder: string, name: ClientName): string =>
  join(runFolder, `${name}.kubeconfig`);

export function etcdArgs({ runFolder, ports }: Layout): string[] {
  const clients = etcdUrlOf(ports);
  const peers = `http://127.0.0.1:${ports.etcdPeers}`;
  return [
    ...['--data-dir', join(runFolder, 'etcd'), '--log-level', 'warn'],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
    ...['--initial-cluster', `default=${peers}`],
    // Quiet kinds get their bookmarks by it; managed clusters have it set so.
    '--watch-progress-notify-interval=5s',
    // A run keeps nothing that a power cut may not take.
    '--unsafe-no-fsync',
  ];
}

export function apiServerArgs(
  { pki, ports }: Layout,
  tokenWebhookConfig: string | undefined,
  more: readonly string[],
): string[] {
  return [
    `--etcd-servers=${etcdUrlOf(ports)}`,
    `--bind-address=127.0.0.1`,
    `--advertise-address=127.0.0.1`,
    `--secure-port=${ports.apiServer}`,
    // The loopback is refused as an endpoint of the service, which nothing in the lane calls.
    `--endpoint-reconciler-type=none`,
    `--tls-cert-file=${pki.certOf('api-server')}`,
    `--tls-private-key-file=${pki.keyOf('api-server')}`,
    `--client-ca-file=${pki.caCert}`,
    // As EKS has it: kubelets are fenced by both.
    `--authorization-mode=Node,RBAC`,
    `--enable-admission-plugins=NodeRestriction`,
    `--service-account-issuer=${serverUrlOf(ports)}`,
    `--service-account-key-file=${pki.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccountKey}`,
    `--service-cluster-ip-range=10.0.0.0/24`,
    `--allow-privileged=true`,
    ...(tokenWebhookConfig === undefined
      ? []
      : [
          `--authentication-token-webhook-config-file=${tokenWebhookConfig}`,
          `--authentication-token-webhook-version=v1`,
        ]),
    ...more,
  ];
}

export function controllerManagerArgs({ runFolder, pki, ports }: Layout): string[] {
  return [
    ...clientFlags(runFolder, 'kube-controller-manager'),
    `--kubeconfig=${kubeconfigPath(runFolder, 'kube-controller-manager')}`,
    `--bind-address=127.0.0.1`,
    `--secure-port=${ports.controllerManager}`,
    `--root-ca-file=${pki.caCert}`,
    `--service-account-private-key-file=${pki.serviceAccountKey}`,
    `--use-service-account-credentials=true`,
    `--leader-elect=false`,
    // One process has no replicas to be fair to, and a run has no minutes to wait for them.
    `--kube-api-qps=200`,
    `--kube-api-burst=400`,
    // Pods of a node that ended are evicted from one node after the other; EKS waits 10 s between two.
    `--node-eviction-rate=1`,
  ];
}

export function schedulerArgs({ runFolder, pki, ports }: Layout, config: string | undefined): string[] {
  return [
    ...clientFlags(runFolder, 'kube-scheduler'),
    // A configuration file names the kubeconfig itself.
    config === undefined
      ? `--kubeconfig=${kubeconfigPath(runFolder, 'kube-scheduler')}`
      : `--config=${config}`,
    ...(config === undefined ? [`--leader-elect=false`] : []),
    `--bind-address=127.0.0.1`,
    `--secure-port=${ports.scheduler}`,
    // Of its own accord it would sign one that nobody can check.
    `--tls-cert-file=${pki.certOf('api-server')}`,
    `--tls-private-key-file=${pki.keyOf('api-server')}`,
    `--v=2`,
  ];
}

export function kwokArgs({ runFolder, ports }: Layout, stages: string): string[] {
  return [
    `--kubeconfig=${kubeconfigPath(runFolder, 'admin')}`,
    `--config=${stages}`,
    `--manage-all-nodes=false`,
    `--manage-nodes-with-annotation-selector=${KWOK_NODE.key}=${KWOK_NODE.value}`,
    `--node-lease-duration-seconds=40`,
    `--cidr=10.64.0.0/16`,
    `--node-ip=10.0.0.1`,
    `--server-address=127.0.0.1:${ports.kwok}`,
  ];
}

const clientFlags = (runFolder: string, name: ClientName): string[] => [
  `--authentication-kubeconfig=${kubeconfigPath(runFolder, name)}`,
  `--authorization-kubeconfig=${kubeconfigPath(runFolder, name)}`,
];
