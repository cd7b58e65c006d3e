/** GET of one object and of lists, page by page, each list as it was when its first page was read. */
import type { KubeApi } from '../../adapters/memory/kube-api.ts';
import { clusterKeyOf } from '../../model/snapshot.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Json } from './encode/values.ts';
import type { ObjectLog } from './object-log.ts';
import type { Resource, Route } from './resources.ts';
import { ApiError } from './status.ts';

export interface Stored {
  readonly api: KubeApi;
  readonly log: ObjectLog;
}

interface Named {
  readonly name?: string;
  readonly nodeName?: string;
  readonly namespace?: string;
}

/** CSINodes are named after their node. */
const nameOf = ({ name, nodeName }: Named): string => name ?? nodeName ?? '';
const fullName = (value: unknown): string => `${(value as Named).namespace ?? ''}/${nameOf(value as Named)}`;

/** A list in etcd's order, worked out once for each state of it. */
const byName = new WeakMap<readonly unknown[], readonly unknown[]>();

function inOrder(values: readonly unknown[]): readonly unknown[] {
  const known = byName.get(values);
  if (known !== undefined) return known;
  const ordered = [...values].sort((a, b) => compareText(fullName(a), fullName(b)));
  byName.set(values, ordered);
  return ordered;
}

/** The object of that name as stored; throws 404. */
export function storedObject({ api }: Stored, resource: Resource, { namespace, name = '' }: Route): unknown {
  const value =
    resource.list === 'pods'
      ? api.podNamed(namespace ?? '', name)
      : api.store.get(resource.list, namespace === undefined ? name : `${namespace}/${name}`);
  if (value === undefined) throw new ApiError(404, `${resource.kind.toLowerCase()}s "${name}" not found`);
  return value;
}

/** An object with its type, as it stands alone. */
export function written(stored: Stored, resource: Resource, value: unknown): Json {
  const { apiVersion, kind } = resource;
  return { apiVersion, kind, ...encoded(stored, resource, value) };
}

function encoded({ log }: Stored, resource: Resource, value: unknown): Json {
  const keyOf = clusterKeyOf[resource.list] as (value: unknown) => string;
  return resource.encode(value, log.versionOf(resource.list, keyOf(value)));
}

export function listPage(stored: Stored, resource: Resource, route: Route, query: URLSearchParams): Json {
  const { store } = stored.api;
  if (query.has('labelSelector')) throw new ApiError(400, 'label selectors are not supported here');
  const place = placeOf(query.get('continue'), store.resourceVersion);
  if (place.version < store.compactedVersion) {
    throw new ApiError(410, 'the provided continue parameter is too old: list again');
  }
  const all = inOrder(valuesAt(stored, resource, query.get('fieldSelector'), place.version)).filter(
    (value) => route.namespace === undefined || (value as Named).namespace === route.namespace,
  );
  const limit = Number(query.get('limit') ?? 0);
  const page = limit > 0 ? all.slice(place.offset, place.offset + limit) : all;
  const end = place.offset + page.length;
  const more = end < all.length;
  return {
    apiVersion: resource.apiVersion,
    kind: `${resource.kind}List`,
    metadata: {
      resourceVersion: String(place.version),
      ...(more ? { continue: tokenOf({ ...place, offset: end }), remainingItemCount: all.length - end } : {}),
    },
    items: page.map((value) => encoded(stored, resource, value)),
  };
}

function valuesAt(
  { api }: Stored,
  { list }: Resource,
  fieldSelector: string | null,
  version: number,
): readonly unknown[] {
  const node = /^spec\.nodeName==?(.+)$/.exec(fieldSelector ?? '')?.[1];
  if (fieldSelector === null) return api.store.stateAt(version)[list];
  if (node === undefined || list !== 'pods') {
    throw new ApiError(400, `field selector "${fieldSelector}" is not supported here`);
  }
  return api.podsOnNode(node);
}

interface Place {
  readonly version: number;
  readonly offset: number;
}

const tokenOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function placeOf(token: string | null, version: number): Place {
  if (token === null) return { version, offset: 0 };
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Place;
  } catch {
    throw new ApiError(400, 'continue key is not valid');
  }
}
