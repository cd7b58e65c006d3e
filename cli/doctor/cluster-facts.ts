// What the cluster's API server says: whether it lets us in, and the objects that give the functions their rights.
import { sessionOf } from '../../lib/adapters/aws/clients/session.ts';
import { eksTokenSupplier } from '../../lib/adapters/kube/eks-token.ts';
import { KubeHttp, type KubeHttpOptions } from '../../lib/adapters/kube/kube-http.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../lib/adapters/system/random.ts';
import type { Facts } from '../../lib/doctor/facts.ts';
import { type Reading, read, unasked } from '../../lib/doctor/reading.ts';
import type { ClusterDescription } from '../../lib/ports/diagnosis.ts';
import { pathOf } from '../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../lib/rbac/manifests.ts';
import { clusterAccess, type LiveSource } from '../live/kubeconfig.ts';
import type { Clients } from './clients.ts';

export type Access = Pick<KubeHttpOptions, 'serverUrl' | 'tls' | 'token'>;

/** A person waits; four attempts of this length are twenty seconds. */
const TIMEOUT_MS = 5_000;

/** By the kubeconfig where there is one, else as EKS describes the cluster, with a token of our own. */
export async function accessTo(
  clients: Clients,
  cluster: Reading<ClusterDescription>,
  {
    clusterName,
    region,
    live,
  }: { readonly clusterName: string; readonly region: string; readonly live?: LiveSource },
): Promise<Reading<Access>> {
  if (live !== undefined) return read(async () => (await clusterAccess(live)).http);
  if (cluster.kind !== 'known') return unasked('the cluster is not known: see above');
  const { endpoint, caBase64 } = cluster.value;
  if (endpoint === undefined || caBase64 === undefined) return unasked('the cluster has no endpoint yet');
  const { credentials } = sessionOf(clients.eks);
  return read(async () => ({
    serverUrl: endpoint,
    tls: { ca: Buffer.from(caBase64, 'base64').toString('utf8') },
    token: eksTokenSupplier({ region, clusterName }, { clock: systemClock, credentials }),
  }));
}

export async function clusterFacts(access: Reading<Access>): Promise<Pick<Facts, 'server' | 'objects'>> {
  if (access.kind !== 'known')
    return { server: access, objects: unaskedObjects('the cluster is not open to us') };
  const http = new KubeHttp({
    ...access.value,
    ...{ clock: systemClock, random: systemRandom, timeoutMs: TIMEOUT_MS },
  });
  try {
    const server = await read(() => versionOf(http));
    if (server.kind !== 'known')
      return { server, objects: unaskedObjects('the API server does not let us in') };
    return { server, objects: await objectsIn(http) };
  } finally {
    http.close();
  }
}

async function versionOf(http: KubeHttp): Promise<string> {
  const { body } = await http.call<{ readonly gitVersion?: string }>({ method: 'GET', path: '/version' });
  return body.gitVersion ?? 'unknown';
}

async function objectsIn(http: KubeHttp): Promise<Facts['objects']> {
  const readings = RBAC_MANIFESTS.map(async (manifest) => {
    const path = pathOf(manifest);
    const found = await read(async () => {
      const { status, body } = await http.call({ method: 'GET', path, accept: [404] });
      return status === 404 ? undefined : body;
    });
    return [path, found] as const;
  });
  return new Map(await Promise.all(readings));
}

const unaskedObjects = (why: string): Facts['objects'] =>
  new Map(RBAC_MANIFESTS.map((manifest) => [pathOf(manifest), unasked(why)]));
