// Plugin InterPodAffinity, required terms only.
// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
import type { PodAffinityTerm } from '../../../lib/model/affinity.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import { podsHolding, type ReferenceCluster, type ReferenceNode, type ReferencePlugin } from './cluster.ts';
import { demandsNothing, picks } from './labels.ts';

export const podAffinity: ReferencePlugin = (pod, node, cluster) => {
  const reasons = [
    ...(isNear(pod, node, cluster) ? [] : ['InterPodAffinity affinity']),
    ...(isApart(pod, node, cluster) ? [] : ['InterPodAffinity anti-affinity']),
    ...(isWelcome(pod, node, cluster) ? [] : ['InterPodAffinity existing anti-affinity']),
  ];
  return reasons;
};

/**
 * The node has the label of every term, and in each of these domains runs a pod that all the terms pick. The first pod of
 * a group that wants to be together has no such pod anywhere; it may go where the labels are.
 */
function isNear(pod: Pod, node: ReferenceNode, cluster: ReferenceCluster): boolean {
  const terms = pod.spec.affinity.podRequired;
  if (terms.length === 0) return true;
  if (terms.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return false;
  const pickedByAll = (other: Pod): boolean => terms.every((term) => isPicked(term, pod, other, cluster));
  const near = terms.every(({ topologyKey }) =>
    cluster.nodes.some((one) => shares(one, node, topologyKey) && podsHolding(one).some(pickedByAll)),
  );
  if (near) return true;
  const anywhere = cluster.nodes.some(
    (one) =>
      terms.some(({ topologyKey }) => one.labels[topologyKey] !== undefined) &&
      podsHolding(one).some(pickedByAll),
  );
  return !anywhere && pickedByAll(pod);
}

/** In none of the node's domains runs a pod that the term of that domain picks. */
const isApart = (pod: Pod, node: ReferenceNode, cluster: ReferenceCluster): boolean =>
  pod.spec.affinity.podAntiRequired.every((term) =>
    cluster.nodes.every(
      (one) =>
        !shares(one, node, term.topologyKey) ||
        podsHolding(one).every((other) => !isPicked(term, pod, other, cluster)),
    ),
  );

/** The same with the parts exchanged: no pod that runs in one of the node's domains wants this one out of it. */
const isWelcome = (pod: Pod, node: ReferenceNode, cluster: ReferenceCluster): boolean =>
  cluster.nodes.every((one) =>
    podsHolding(one).every((other) =>
      other.spec.affinity.podAntiRequired.every(
        (term) => !shares(one, node, term.topologyKey) || !isPicked(term, other, pod, cluster),
      ),
    ),
  );

const shares = (a: ReferenceNode, b: ReferenceNode, key: string): boolean =>
  a.labels[key] !== undefined && a.labels[key] === b.labels[key];

/** Whether the owner's term picks the candidate. */
export function isPicked(
  term: PodAffinityTerm,
  owner: Pod,
  candidate: Pod,
  cluster: ReferenceCluster,
): boolean {
  if (!isInNamespace(term, owner, candidate, cluster) || !picks(term.labelSelector, candidate.labels)) {
    return false;
  }
  const has = (key: string): boolean => owner.labels[key] !== undefined;
  const same = (key: string): boolean => owner.labels[key] === candidate.labels[key];
  return term.matchLabelKeys.filter(has).every(same) && !term.mismatchLabelKeys.filter(has).some(same);
}

function isInNamespace(
  { namespaces, namespaceSelector }: PodAffinityTerm,
  owner: Pod,
  candidate: Pod,
  cluster: ReferenceCluster,
): boolean {
  if (namespaces.includes(candidate.namespace)) return true;
  if (namespaceSelector === undefined)
    return namespaces.length === 0 && candidate.namespace === owner.namespace;
  if (demandsNothing(namespaceSelector)) return true;
  const namespace = cluster.namespaces.find(({ name }) => name === candidate.namespace);
  return namespace !== undefined && picks(namespaceSelector, namespace.labels);
}
