/**
 * Kinds are told apart by their API group and kind. Workloads have stood in other groups and versions; they are read as
 * what they are today, and the old name is an error, because no API server takes it any more.
 * Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/#v1-16
 */
import type { Finding } from './finding.ts';
import type { LocatedObject } from './located.ts';

const APPS_KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet'];
const REMOVED_VERSIONS: readonly string[] = ['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1'];

const isRemoved = ({ apiVersion, kind }: LocatedObject): boolean =>
  REMOVED_VERSIONS.includes(apiVersion) && APPS_KINDS.includes(kind);

/** `group/Kind`; the core group is empty. */
export function kindOf(object: LocatedObject): string {
  const { apiVersion, kind } = object;
  if (isRemoved(object)) return `apps/${kind}`;
  const slash = apiVersion.indexOf('/');
  return `${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}`;
}

export function removedVersions(objects: readonly LocatedObject[]): Finding[] {
  return objects
    .filter(isRemoved)
    .map((object) =>
      object.finding(
        ['apiVersion'],
        `${object.apiVersion} has no ${object.kind} since Kubernetes 1.16: use apps/v1`,
      ),
    );
}
