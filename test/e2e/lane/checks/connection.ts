/** What a suite in another process needs of the control plane. */
import type { TransportOptions } from '../../../../lib/adapters/kube/transport.ts';
import type { KubeClient } from '../kube-client.ts';

export interface Connection extends TransportOptions {
  readonly etcdUrl: string;
}

/** More than etcd needs to see that what was before them is older than what it keeps. */
const WRITES = 3;

/** Has etcd forget everything up to now. */
export async function compact(admin: KubeClient, etcdUrl: string): Promise<void> {
  let version = '';
  for (let write = 0; write < WRITES; write += 1) {
    const { metadata } = await admin.patch('/api/v1/namespaces/default', {
      metadata: { annotations: { 'dovetail-e2e/written': `${performance.now()}` } },
    });
    version = metadata.resourceVersion ?? '';
  }
  const body = JSON.stringify({ revision: version, physical: true });
  const { ok, status } = await fetch(`${etcdUrl}/v3/kv/compaction`, { method: 'POST', body });
  if (!ok) throw new Error(`etcd does not forget: HTTP ${status}`);
}
