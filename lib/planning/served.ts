// Whose pods are ours to buy nodes for. Asked wherever a pod would be requested, planned or given a toleration; the answer
// comes from what the snapshot carries, so that everybody who reads it gives the same one.
import { matchesSelector } from '../constraints/label-selector.ts';
import type { Pod } from '../model/pod.ts';
import type { ServedPods } from '../model/served-pods.ts';
import type { Namespace, Snapshot } from '../model/snapshot.ts';

type ServedPod = Pick<Pod, 'namespace' | 'labels'>;

/** `namespaces` by name. One that is not known has no labels, and a selector that needs some does not match it. */
export function servedBy(
  serves: ServedPods | undefined,
  namespaces: ReadonlyMap<string, Namespace>,
): (pod: ServedPod) => boolean {
  if (serves === undefined) return () => true;
  const { namespaces: names, namespaceSelector, podSelector } = serves;
  const inNamespace = (name: string): boolean =>
    (names === undefined && namespaceSelector === undefined) ||
    names?.includes(name) === true ||
    matchesSelector(namespaceSelector, namespaces.get(name)?.labels ?? {});
  return ({ namespace, labels }) =>
    inNamespace(namespace) && (podSelector === undefined || matchesSelector(podSelector, labels));
}

export const servedIn = ({ serves, cluster }: Pick<Snapshot, 'serves' | 'cluster'>) =>
  servedBy(serves, new Map(cluster.namespaces.map((namespace) => [namespace.name, namespace])));
