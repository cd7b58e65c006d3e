/**
 * Kinds are told apart by their API group and kind. A kind of Kubernetes in a version that no API server has (any more) is
 * read as what it is today, so that all else that is wrong with it is found too, and its version is an error.
 * Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
import type { Finding } from './finding.ts';
import type { LocatedObject } from './located.ts';

interface Served {
  readonly apiVersion: string;
  /** Versions that were served until `since`. */
  readonly removed: readonly string[];
  readonly since: string;
}

const NEVER_MOVED = { removed: [], since: '' };
const CORE: Served = { apiVersion: 'v1', ...NEVER_MOVED };
const APPS: Served = {
  apiVersion: 'apps/v1',
  removed: ['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1'],
  since: '1.16',
};
const STORAGE: Served = {
  apiVersion: 'storage.k8s.io/v1',
  removed: ['storage.k8s.io/v1beta1'],
  since: '1.22',
};

/** The version in which each kind of Kubernetes that is read is served. */
const SERVED: Readonly<Record<string, Served>> = {
  Deployment: APPS,
  StatefulSet: APPS,
  ReplicaSet: APPS,
  DaemonSet: APPS,
  Job: { apiVersion: 'batch/v1', ...NEVER_MOVED },
  CronJob: { apiVersion: 'batch/v1', removed: ['batch/v1beta1', 'batch/v2alpha1'], since: '1.25' },
  Pod: CORE,
  ReplicationController: CORE,
  Node: CORE,
  Namespace: CORE,
  PersistentVolume: CORE,
  PersistentVolumeClaim: CORE,
  StorageClass: STORAGE,
  CSINode: STORAGE,
  PriorityClass: {
    apiVersion: 'scheduling.k8s.io/v1',
    removed: ['scheduling.k8s.io/v1beta1', 'scheduling.k8s.io/v1alpha1'],
    since: '1.22',
  },
};

/** The API group of a version; the core group is empty. */
function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/**
 * How the kind is served when the object's version is not that one, but the kind is meant: its own group, or a group
 * without a dot, of which only Kubernetes has any.
 */
function mistaken({ apiVersion, kind }: LocatedObject): Served | undefined {
  const served = Object.hasOwn(SERVED, kind) ? SERVED[kind] : undefined;
  if (served === undefined || apiVersion === served.apiVersion) return undefined;
  const group = groupOf(apiVersion);
  return group === groupOf(served.apiVersion) || !group.includes('.') ? served : undefined;
}

/** `group/Kind`; the core group is empty. */
export function kindOf(object: LocatedObject): string {
  const { apiVersion } = mistaken(object) ?? object;
  return `${groupOf(apiVersion)}/${object.kind}`;
}

/** One error per object of a kind that is read, in a version that is not served. */
export function wrongVersions(objects: readonly LocatedObject[]): Finding[] {
  return objects.flatMap((object) => {
    const served = mistaken(object);
    if (served === undefined) return [];
    const { apiVersion, kind } = object;
    const message = served.removed.includes(apiVersion)
      ? `${apiVersion} has no ${kind} since Kubernetes ${served.since}: use ${served.apiVersion}`
      : `unknown version "${apiVersion}" of ${kind}: did you mean "${served.apiVersion}"?`;
    return [object.finding(['apiVersion'], message)];
  });
}
