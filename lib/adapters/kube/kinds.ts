/** The kinds that are read: where each is listed, how it is read, and its key in `ClusterState`. */
import type { ClusterState } from '../../model/snapshot.ts';
import { daemonSetOf } from './decode/daemon-set.ts';
import { namespaceOf } from './decode/namespace.ts';
import { nodeOf } from './decode/node.ts';
import { podOf } from './decode/pod.ts';
import { csiNodeOf, storageClassOf, volumeClaimOf, volumeOf } from './decode/storage.ts';
import type { WireObject } from './decode/wire.ts';

export interface Kind<K extends keyof ClusterState> {
  readonly path: string;
  decode(written: WireObject): ClusterState[K][number];
  /** The same as `clusterKeyOf` gives for the decoded object, from metadata alone. */
  keyOf(written: WireObject): string;
}

const byName = ({ metadata }: WireObject): string => metadata.name;
const byFullName = ({ metadata }: WireObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** A decoder of one kind takes what the API server sends under that kind's path. */
const kind = <K extends keyof ClusterState, W extends WireObject>(
  path: string,
  decode: (written: W) => ClusterState[K][number],
  keyOf: (written: WireObject) => string,
): Kind<K> => ({ path, decode: (written) => decode(written as W), keyOf });

export const KINDS: { readonly [K in keyof ClusterState]: Kind<K> } = {
  pods: kind('/api/v1/pods', podOf, ({ metadata }) => metadata.uid),
  nodes: kind('/api/v1/nodes', nodeOf, byName),
  daemonSets: kind('/apis/apps/v1/daemonsets', daemonSetOf, byFullName),
  namespaces: kind('/api/v1/namespaces', namespaceOf, byName),
  volumeClaims: kind('/api/v1/persistentvolumeclaims', volumeClaimOf, byFullName),
  volumes: kind('/api/v1/persistentvolumes', volumeOf, byName),
  storageClasses: kind('/apis/storage.k8s.io/v1/storageclasses', storageClassOf, byName),
  csiNodes: kind('/apis/storage.k8s.io/v1/csinodes', csiNodeOf, byName),
};

export const LISTS = Object.keys(KINDS) as readonly (keyof ClusterState)[];
