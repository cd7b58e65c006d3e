/**
 * The lane's own way to the API server, for scenarios and checks: JSON in, JSON out, with a client certificate and, for
 * checks, in the name of somebody else. It never tries again: what the server says is what the check judges.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Transport, type TransportOptions } from '../../../lib/adapters/kube/transport.ts';

export interface KubeJson {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [more: string]: unknown;
  };
  readonly [part: string]: unknown;
}

/** An object as a manifest names it. */
export interface Manifest extends KubeJson {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface KubeReply {
  readonly status: number;
  readonly body: KubeJson & { readonly message?: string };
}

export interface Identity {
  readonly user: string;
  readonly group: string;
}

const TIMEOUT_MS = 30_000;
const POLL_MS = 100;
const PATCH_TYPE = 'application/merge-patch+json';
const APPLY_TYPE = 'application/apply-patch+yaml';

export class KubeClient {
  readonly #transport: Transport;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: TransportOptions | Transport, headers: Readonly<Record<string, string>> = {}) {
    this.#transport = options instanceof Transport ? options : new Transport(options);
    this.#headers = headers;
  }

  /** The same server, seen with another's rights. */
  as({ user, group }: Identity): KubeClient {
    return new KubeClient(this.#transport, { 'impersonate-user': user, 'impersonate-group': group });
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<KubeReply> {
    const headers = { accept: 'application/json', 'content-type': contentType, ...this.#headers };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const { status, text } = await this.#transport.exchange({ method, path, headers, ...sent }, TIMEOUT_MS);
    return { status, body: text.startsWith('{') ? JSON.parse(text) : { message: text } };
  }

  /** Undefined where there is none. */
  async get<T extends KubeJson = KubeJson>(path: string): Promise<T | undefined> {
    const reply = await this.request('GET', path);
    return reply.status === 404 ? undefined : (accepted(reply, `get ${path}`) as T);
  }

  async list<T extends KubeJson = KubeJson>(path: string): Promise<readonly T[]> {
    const { items } = accepted(await this.request('GET', path), `list ${path}`);
    return (items ?? []) as readonly T[];
  }

  /** `path` is that of the list. */
  async create<T extends KubeJson = KubeJson>(path: string, object: object): Promise<T> {
    return accepted(await this.request('POST', path, object), `create in ${path}`) as T;
  }

  /** Makes each object have these fields, in their order; those of other managers stay. */
  async apply(...manifests: readonly Manifest[]): Promise<void> {
    for (const manifest of manifests) {
      const path = pathOf(manifest);
      const query = '?fieldManager=dovetail-e2e&force=true';
      accepted(await this.request('PATCH', `${path}${query}`, manifest, APPLY_TYPE), `apply ${path}`);
    }
  }

  /** Merges; null removes. */
  async patch<T extends KubeJson = KubeJson>(path: string, change: object): Promise<T> {
    return accepted(await this.request('PATCH', path, change, PATCH_TYPE), `patch ${path}`) as T;
  }

  /** False where there was none. `graceSeconds` is for pods. */
  async delete(path: string, graceSeconds?: number): Promise<boolean> {
    const options = { propagationPolicy: 'Background', gracePeriodSeconds: graceSeconds };
    const reply = await this.request('DELETE', path, options);
    if (reply.status !== 404) accepted(reply, `delete ${path}`);
    return reply.status !== 404;
  }

  /** Polls until `look` gives something and gives that. Throws with `what` when it has not come in time. */
  async until<T>(what: string, look: () => Promise<T | undefined | false>, withinMs = 30_000): Promise<T> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (performance.now() > deadlineMs) throw new Error(`${what} has not come within ${withinMs} ms`);
      await sleep(POLL_MS);
    }
  }

  close(): void {
    this.#transport.close();
  }
}

function accepted({ status, body }: KubeReply, what: string): KubeJson {
  if (status < 300) return body;
  throw new Error(`cannot ${what}: ${status} ${body.message ?? ''}`);
}

const CLUSTER_WIDE = new Set([
  ...['Node', 'Namespace', 'PersistentVolume', 'StorageClass', 'CSINode', 'CSIDriver', 'VolumeAttachment'],
  ...['PriorityClass', 'RuntimeClass', 'ClusterRole', 'ClusterRoleBinding'],
  ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ...['FlowSchema', 'PriorityLevelConfiguration'],
]);

/** Where the object stands in the API; in the namespace `default` where it names none. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const where = CLUSTER_WIDE.has(kind) ? '' : `/namespaces/${metadata.namespace ?? 'default'}`;
  return `${root}${where}/${pluralOf(kind.toLowerCase())}/${metadata.name}`;
}

function pluralOf(kind: string): string {
  if (kind.endsWith('s')) return `${kind}es`;
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
