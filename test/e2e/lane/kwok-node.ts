/**
 * A node of the lane for as long as its instance lives: registered in the name of its own kubelet, so that the API
 * server's fence around kubelets judges what the launch template asks of it, then ready when its time has come.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KWOK_NODE } from './components.ts';
import type { KubeClient, Manifest } from './kube-client.ts';

export interface CsiDriver {
  /** `ebs.csi.aws.com` */
  readonly name: string;
  /** Labels that say where the driver's volumes can be reached from. */
  readonly topologyKeys: readonly string[];
  /** How many volumes can be attached; without it any number. */
  readonly volumeLimit?: number;
}

export interface KwokNodeOptions {
  readonly admin: KubeClient;
  /** A `v1` Node as its kubelet registers it: not ready. */
  readonly node: Manifest;
  /** From its registration on. */
  readonly readyAfterMs: number;
  readonly csiDrivers?: readonly CsiDriver[];
}

export interface KwokNode {
  readonly name: string;
  /** Resolves to true once the node has been told to become ready, to false when it ended before. */
  readonly ready: Promise<boolean>;
  /** Its instance is gone: the node is deleted, as EKS's cloud controller does it. */
  end(): Promise<void>;
  /** Its kubelet is not heard of any more: what the node lifecycle controller then writes, without its 50 seconds. */
  fallSilent(): Promise<void>;
}

/** kwok's stage of readiness waits for it. */
const READY = 'dovetail-e2e/ready';
const NODES = '/api/v1/nodes';

/** Throws what the API server says when it refuses the node. */
export async function joinKwokNode(options: KwokNodeOptions): Promise<KwokNode> {
  const { admin, node, readyAfterMs } = options;
  const { name } = node.metadata;
  const path = `${NODES}/${name}`;
  await register(options);
  const ending = new AbortController();
  // A run that is over does not wait for its nodes.
  const ready = sleep(readyAfterMs, undefined, { signal: ending.signal, ref: false }).then(
    () => becomeReady(admin, path),
    () => false,
  );
  // Whoever waits for it hears of a failure; nobody has to wait.
  ready.catch(() => undefined);
  return {
    name,
    ready,
    end: async () => {
      ending.abort();
      await admin.delete(path);
    },
    fallSilent: async () => {
      ending.abort();
      await admin.patch(path, { metadata: { annotations: { [READY]: 'false' } } });
      await admin.patch(`${path}/status`, { status: { conditions: await silenced(admin, path) } });
    },
  };
}

async function register({ admin, node, csiDrivers = [] }: KwokNodeOptions): Promise<void> {
  const { name } = node.metadata;
  const kubelet = admin.as({ user: `system:node:${name}`, group: 'system:nodes' });
  const annotations = { ...node.metadata.annotations, [KWOK_NODE.key]: KWOK_NODE.value };
  const { metadata } = await kubelet.create(NODES, {
    ...node,
    metadata: { ...node.metadata, annotations },
  });
  if (csiDrivers.length === 0) return;
  await kubelet.create('/apis/storage.k8s.io/v1/csinodes', {
    ...{ apiVersion: 'storage.k8s.io/v1', kind: 'CSINode' },
    // As the kubelet owns it, so that it goes with the node.
    metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: metadata.uid }] },
    spec: {
      drivers: csiDrivers.map(({ name: driver, topologyKeys, volumeLimit }) => ({
        ...{ name: driver, nodeID: name, topologyKeys },
        ...(volumeLimit === undefined ? {} : { allocatable: { count: volumeLimit } }),
      })),
    },
  });
}

/** False where somebody has deleted the node meanwhile. */
async function becomeReady(admin: KubeClient, path: string): Promise<boolean> {
  const reply = await admin.request(
    'PATCH',
    path,
    { metadata: { annotations: { [READY]: 'true' } } },
    'application/merge-patch+json',
  );
  if (reply.status >= 300 && reply.status !== 404)
    throw new Error(reply.body.message ?? `HTTP ${reply.status}`);
  return reply.status < 300;
}

async function silenced(admin: KubeClient, path: string): Promise<readonly object[]> {
  const found = await admin.get(path);
  const { conditions = [] } = (found?.['status'] ?? {}) as { readonly conditions?: readonly object[] };
  const lastTransitionTime = new Date().toISOString();
  const unknown = { status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime };
  return conditions.map((condition) => ({ ...condition, ...unknown }));
}
