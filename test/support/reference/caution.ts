// Where planning, with Karpenter, leaves out a node that kube-scheduler would take. Each is on the safe side: the pod that
// kube-scheduler can place is never pending for long.
import type { ReferencePlugin } from './cluster.ts';
import { podsHolding } from './cluster.ts';
import { isPicked } from './pod-affinity.ts';
import { countPerDomain, countWith } from './topology-spread.ts';

/** A new node is one more host, and empty: the least loaded host is taken to have no pod. */
export const emptyHosts: ReferencePlugin = (pod, node, cluster) => {
  const hard = pod.spec.topologySpread.filter((one) => one.whenUnsatisfiable === 'DoNotSchedule');
  const host = 'kubernetes.io/hostname';
  const broken = hard.some((constraint) => {
    if (constraint.topologyKey !== host) return false;
    const here = countPerDomain(pod, constraint, hard, cluster.nodes)[node.name] ?? 0;
    return countWith(pod, constraint, here) > constraint.maxSkew;
  });
  return broken ? ['the least loaded host is not empty'] : [];
};

/** A node without the label of an anti-affinity term is in no domain, which kube-scheduler takes to be far from all. */
export const labelledNodes: ReferencePlugin = (pod, node, cluster) => {
  const own = pod.spec.affinity.podAntiRequired;
  const theirs = cluster.nodes.flatMap((one) =>
    podsHolding(one).flatMap((other) =>
      other.spec.affinity.podAntiRequired.filter((term) => isPicked(term, other, pod, cluster)),
    ),
  );
  const lacking = [...own, ...theirs].some(({ topologyKey }) => node.labels[topologyKey] === undefined);
  return lacking ? ['a topology label of an anti-affinity term is missing'] : [];
};

export const CAUTION = [emptyHosts, labelledNodes];
