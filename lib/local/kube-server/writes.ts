/** The writes our functions make, with the rules of the API server; each gives the body of its answer. */
import { sameContent } from '../../adapters/memory/frozen.ts';
import { DovetailError } from '../../model/errors.ts';
import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import type { Toleration } from '../../model/taint.ts';
import type { NodePatch } from '../../ports/cluster.ts';
import type { Json } from './encode/values.ts';
import { jsonPatched, type Operation } from './json-patch.ts';
import { type Stored, storedObject, written } from './reads.ts';
import type { Resource, Route } from './resources.ts';
import { ApiError } from './status.ts';

/** A pod's tolerations may grow; nothing else of a pod that exists can be patched here. */
export function patchPod(stored: Stored, resource: Resource, route: Route, body: unknown): Json {
  const pod = storedObject(stored, resource, route) as Pod;
  const before = written(stored, resource, pod);
  const after = jsonPatched(before, body as readonly Operation[]) as Json;
  const tolerations = (after['spec'] as { tolerations?: readonly Toleration[] }).tolerations ?? [];
  if (!sameContent(withoutTolerations(before), withoutTolerations(after))) {
    throw new ApiError(422, 'Forbidden: pod updates may not change fields other than `spec.tolerations`');
  }
  try {
    stored.api.setTolerations(pod.uid, tolerations);
  } catch (error) {
    throw error instanceof DovetailError ? new ApiError(422, error.message) : error;
  }
  return written(stored, resource, storedObject(stored, resource, route));
}

const withoutTolerations = (pod: Json): Json => ({
  ...pod,
  spec: { ...(pod['spec'] as object), tolerations: undefined },
});

interface NodeMerge {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string | null>>;
  };
  readonly spec?: Pick<NodePatch, 'taints' | 'unschedulable'>;
}

export function mergeNode(stored: Stored, resource: Resource, route: Route, body: unknown): Json {
  const node = storedObject(stored, resource, route) as Node;
  const { metadata = {}, spec = {} } = body as NodeMerge;
  const { resourceVersion = node.resourceVersion, labels, annotations } = metadata;
  const patch: NodePatch = {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...spec,
  };
  if (stored.api.patchNode(node.name, resourceVersion, patch) === 'conflict') {
    throw new ApiError(409, `the object has been modified; please apply your changes to the latest version`);
  }
  return written(stored, resource, storedObject(stored, resource, route));
}

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string };
}

export function deleteObject(stored: Stored, resource: Resource, route: Route, body: unknown): Json {
  const value = storedObject(stored, resource, route);
  const options = (body ?? {}) as DeleteOptions;
  requireUid((value as { readonly uid?: string }).uid, options);
  switch (resource.list) {
    case 'nodes':
      stored.api.deleteNode((value as Node).name);
      break;
    case 'pods':
      stored.api.deletePod((value as Pod).uid, options.gracePeriodSeconds);
      break;
    default:
      throw new ApiError(405, `${resource.kind} cannot be deleted here`);
  }
  return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success' };
}

function requireUid(uid: string | undefined, { preconditions }: DeleteOptions): void {
  const wanted = preconditions?.uid;
  if (wanted === undefined || wanted === uid) return;
  throw new ApiError(409, `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`);
}

/** No budgets are kept here: a refusal is a fault that a test orders. */
export function evict(stored: Stored, resource: Resource, route: Route, body: unknown): Json {
  const pod = storedObject(stored, resource, route) as Pod;
  const { deleteOptions = {} } = (body ?? {}) as { readonly deleteOptions?: DeleteOptions };
  requireUid(pod.uid, deleteOptions);
  stored.api.deletePod(pod.uid, deleteOptions.gracePeriodSeconds);
  return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success' };
}
