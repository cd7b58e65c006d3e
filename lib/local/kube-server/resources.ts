/** The kinds that are served: their place in the API and how they are written. */
import type { ListName, ObjectOf } from '../../adapters/memory/kube-store.ts';
import { nodeObject } from './encode/node.ts';
import { daemonSetObject, podObject } from './encode/pod.ts';
import { csiNodeObject, storageClassObject, volumeClaimObject, volumeObject } from './encode/storage.ts';
import { type Json, metadata } from './encode/values.ts';

export interface Resource {
  readonly list: ListName;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  encode(value: unknown, resourceVersion: number): Json;
}

const resource = <K extends ListName>(
  list: K,
  apiVersion: string,
  kind: string,
  encode: (value: ObjectOf<K>, resourceVersion: number) => Json,
): Resource => ({
  ...{ list, apiVersion, kind },
  namespaced: ['pods', 'daemonSets', 'volumeClaims'].includes(list),
  encode: (value, resourceVersion) => encode(value as ObjectOf<K>, resourceVersion),
});

/** By group and plural, the group empty for the core API. */
const RESOURCES: Readonly<Record<string, Resource>> = {
  '/pods': resource('pods', 'v1', 'Pod', podObject),
  '/nodes': resource('nodes', 'v1', 'Node', nodeObject),
  '/namespaces': resource('namespaces', 'v1', 'Namespace', (value, version) => ({
    metadata: metadata('namespace', value, version),
  })),
  '/persistentvolumeclaims': resource('volumeClaims', 'v1', 'PersistentVolumeClaim', volumeClaimObject),
  '/persistentvolumes': resource('volumes', 'v1', 'PersistentVolume', volumeObject),
  'apps/daemonsets': resource('daemonSets', 'apps/v1', 'DaemonSet', daemonSetObject),
  'storage.k8s.io/storageclasses': resource(
    'storageClasses',
    'storage.k8s.io/v1',
    'StorageClass',
    storageClassObject,
  ),
  'storage.k8s.io/csinodes': resource('csiNodes', 'storage.k8s.io/v1', 'CSINode', csiNodeObject),
};

export const SERVED: readonly Resource[] = Object.values(RESOURCES);

/** What a path names; `resource` is absent for kinds that are only written (events) or not served. */
export interface Route {
  readonly plural: string;
  readonly resource?: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly part?: string;
}

const PATH =
  /^\/(?:api|apis\/([^/]+))\/v1(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

export function routeOf(pathname: string): Route | undefined {
  const match = PATH.exec(pathname);
  if (match === null) return undefined;
  const [, group = '', namespace, plural = '', name, part] = match;
  const found = RESOURCES[`${group}/${plural}`];
  return {
    plural,
    ...(found === undefined ? {} : { resource: found }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name: decodeURIComponent(name) }),
    ...(part === undefined ? {} : { part }),
  };
}
