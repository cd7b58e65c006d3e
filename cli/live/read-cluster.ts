// Reads a live cluster with the code that the functions read it with. Lists only: nothing is written, nothing watched.
import { KubeCluster } from '../../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp } from '../../lib/adapters/kube/kube-http.ts';
import { listAll } from '../../lib/adapters/kube/paged-list.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../lib/adapters/system/random.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import type { ClusterState } from '../../lib/model/snapshot.ts';
import { UserError } from '../user-error.ts';
import type { ClusterAccess } from './kubeconfig.ts';

/** An object as the API server holds it. */
export interface WrittenObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly managedFields?: unknown };
}

export interface LiveCluster {
  readonly state: ClusterState;
  /** What documents say and the functions do not read from the cluster: NodePools, and the defaults of documents. */
  readonly objects: readonly WrittenObject[];
  /** Kinds that may not be read, for people. */
  readonly notes: readonly string[];
}

interface WrittenKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/** Of a Karpenter installation, where there is one. */
const POOL_KINDS: readonly WrittenKind[] = [
  { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', plural: 'nodepools' },
  { apiVersion: 'karpenter.k8s.aws/v1', kind: 'EC2NodeClass', plural: 'ec2nodeclasses' },
];
/** What the API server fills into documents once they are applied. */
const DEFAULT_KINDS: readonly WrittenKind[] = [
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', plural: 'storageclasses' },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', plural: 'priorityclasses' },
];
/** A person waits; four attempts of this length are a minute. */
const TIMEOUT_MS = 15_000;

/** `withDefaults` reads what documents get filled in as well. Throws a `UserError` when the cluster cannot be read. */
export async function readCluster(access: ClusterAccess, withDefaults: boolean): Promise<LiveCluster> {
  const options = { clock: systemClock, random: systemRandom };
  const http = new KubeHttp({ ...access.http, ...options, timeoutMs: TIMEOUT_MS });
  try {
    const { state } = await new KubeCluster({ ...options, http }).list();
    const kinds = withDefaults ? [...POOL_KINDS, ...DEFAULT_KINDS] : POOL_KINDS;
    const lists = await Promise.all(kinds.map((kind) => listWritten(http, kind)));
    return {
      state,
      objects: lists.flatMap(({ objects }) => objects),
      notes: lists.flatMap(({ note }) => note ?? []),
    };
  } catch (error) {
    if (!(error instanceof DovetailError)) throw error;
    throw new UserError([`${access.title}: ${error.code}: ${error.message}`]);
  } finally {
    http.close();
  }
}

interface WrittenList {
  readonly objects: readonly WrittenObject[];
  readonly note?: string;
}

/** None where the cluster does not know the kind; a note where we may not look, as documents can say the same. */
async function listWritten(http: KubeHttp, { apiVersion, kind, plural }: WrittenKind): Promise<WrittenList> {
  // Objects of a list leave out what the list says for all of them.
  const decode = (written: Pick<WrittenObject, 'metadata'>): WrittenObject => {
    const { managedFields: _, ...metadata } = written.metadata;
    return { ...written, apiVersion, kind, metadata };
  };
  try {
    return { objects: (await listAll(http, `/apis/${apiVersion}/${plural}`, decode)).items };
  } catch (error) {
    if (!(error instanceof DovetailError)) throw error;
    if (error.code === 'NotFound') return { objects: [] };
    if (error.code !== 'Forbidden') throw error;
    return { objects: [], note: `the cluster's ${plural} are not used: ${error.code}: ${error.message}` };
  }
}
