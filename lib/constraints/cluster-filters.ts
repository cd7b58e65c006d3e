// The filters of kube-scheduler that look at every node: topology spread and pod (anti-)affinity. Counted once per pod,
// then asked per node. Source: Kubernetes plugins `podtopologyspread` and `interpodaffinity`.
import type { TopologySpreadConstraint } from '../model/affinity.ts';
import { isTerminal, type Pod } from '../model/pod.ts';
import type { Namespace } from '../model/snapshot.ts';
import { stableKey, withStableKeys } from './label-keys.ts';
import { matchesNodeSelector } from './node-selector.ts';
import type { FilterFailure, NodeView } from './pod-on-node.ts';
import { untoleratedTaint } from './taints.ts';
import { affinityMatcher, matchesPod, type PodMatcher, spreadMatcher } from './term-matching.ts';

type NodeFilter = (node: NodeView) => FilterFailure | undefined;

/** The failures of a pod on each of `nodes`, given what runs on all of them; an empty list means the node passes. */
export function clusterFailures(
  pod: Pod,
  nodes: readonly NodeView[],
  namespaces: readonly Namespace[],
): (node: NodeView) => FilterFailure[] {
  const hard = pod.spec.topologySpread.filter((spread) => spread.whenUnsatisfiable === 'DoNotSchedule');
  const filters: NodeFilter[] = [
    ...hard.map((spread) => spreadFilter(pod, spread, hard, nodes)),
    affinityFilter(pod, nodes, namespaces),
    antiAffinityFilter(pod, nodes, namespaces),
    existingAntiAffinityFilter(pod, nodes, namespaces),
  ];
  return (node) => filters.map((filter) => filter(node)).filter((failure) => failure !== undefined);
}

function spreadFilter(
  pod: Pod,
  spread: TopologySpreadConstraint,
  all: readonly TopologySpreadConstraint[],
  nodes: readonly NodeView[],
): NodeFilter {
  const matcher = spreadMatcher(spread, pod);
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const domain = domainOn(node, spread.topologyKey);
    if (domain === undefined || !countsForSpread(pod, spread, all, node)) continue;
    const here = node.pods.filter((other) => other.deletionAtMs === undefined && isCounted(matcher, other));
    counts.set(domain, (counts.get(domain) ?? 0) + here.length);
  }
  const tooFew = counts.size < (spread.minDomains ?? 1);
  const least = tooFew ? 0 : Math.min(...counts.values());
  const self = matchesPod(matcher, pod) ? 1 : 0;
  return (node) => {
    const domain = domainOn(node, spread.topologyKey);
    const reason = "node(s) didn't match pod topology spread constraints";
    if (domain === undefined) {
      return { plugin: 'PodTopologySpread', reason: `${reason} (missing required label)` };
    }
    const skew = (counts.get(domain) ?? 0) + self - least;
    return skew > spread.maxSkew ? { plugin: 'PodTopologySpread', reason } : undefined;
  };
}

/** Nodes without every key of the pod's hard constraints, or filtered by the constraint's policies, count for nothing. */
function countsForSpread(
  pod: Pod,
  spread: TopologySpreadConstraint,
  all: readonly TopologySpreadConstraint[],
  node: NodeView,
): boolean {
  if (all.some(({ topologyKey }) => domainOn(node, topologyKey) === undefined)) return false;
  if (spread.nodeAffinityPolicy === 'Honor' && !matchesNodeSelector(pod.spec, node)) return false;
  return (
    spread.nodeTaintsPolicy === 'Ignore' || untoleratedTaint(node.taints, pod.spec.tolerations) === undefined
  );
}

/** Every term must find a counted pod in the node's domain; with none anywhere a pod that counts itself may start one. */
function affinityFilter(pod: Pod, nodes: readonly NodeView[], namespaces: readonly Namespace[]): NodeFilter {
  const terms = pod.spec.affinity.podRequired.map((term) => ({
    key: term.topologyKey,
    matcher: affinityMatcher(term, pod, namespaces),
  }));
  // A pod counts for the terms together: one that only some of them pick counts for none.
  const matchesAll = (other: Pod): boolean => terms.every(({ matcher }) => isCounted(matcher, other));
  const found = terms.map(({ key }) => domainsHolding(nodes, key, matchesAll));
  const starts = found.every((domains) => domains.size === 0) && matchesAll(pod);
  return (node) => {
    const met = terms.every(({ key }, index) => {
      const domain = domainOn(node, key);
      return domain !== undefined && (starts || found[index]?.has(domain) === true);
    });
    return met
      ? undefined
      : { plugin: 'InterPodAffinity', reason: "node(s) didn't match pod affinity rules" };
  };
}

function antiAffinityFilter(
  pod: Pod,
  nodes: readonly NodeView[],
  namespaces: readonly Namespace[],
): NodeFilter {
  const blocked = pod.spec.affinity.podAntiRequired.map((term) => {
    const matcher = affinityMatcher(term, pod, namespaces);
    const key = term.topologyKey;
    return { key, domains: domainsHolding(nodes, key, (other) => isCounted(matcher, other)) };
  });
  return blockedFilter(blocked, "node(s) didn't match pod anti-affinity rules");
}

function existingAntiAffinityFilter(
  pod: Pod,
  nodes: readonly NodeView[],
  namespaces: readonly Namespace[],
): NodeFilter {
  const blocked = new Map<string, Set<string>>();
  for (const node of nodes) {
    for (const other of node.pods) {
      if (isTerminal(other)) continue;
      for (const term of other.spec.affinity.podAntiRequired) {
        const domain = domainOn(node, term.topologyKey);
        if (domain === undefined || !matchesPod(affinityMatcher(term, other, namespaces), pod)) continue;
        const domains = blocked.get(term.topologyKey);
        if (domains === undefined) blocked.set(term.topologyKey, new Set([domain]));
        else domains.add(domain);
      }
    }
  }
  return blockedFilter(
    [...blocked].map(([key, domains]) => ({ key, domains })),
    "node(s) didn't satisfy existing pods anti-affinity rules",
  );
}

function blockedFilter(
  blocked: readonly { readonly key: string; readonly domains: ReadonlySet<string> }[],
  reason: string,
): NodeFilter {
  return (node) => {
    const hit = blocked.some(({ key, domains }) => {
      const domain = domainOn(node, key);
      return domain !== undefined && domains.has(domain);
    });
    return hit ? { plugin: 'InterPodAffinity', reason } : undefined;
  };
}

function domainsHolding(
  nodes: readonly NodeView[],
  key: string,
  matches: (pod: Pod) => boolean,
): ReadonlySet<string> {
  const domains = new Set<string>();
  for (const node of nodes) {
    const domain = domainOn(node, key);
    if (domain !== undefined && !domains.has(domain) && node.pods.some(matches)) domains.add(domain);
  }
  return domains;
}

const isCounted = (matcher: PodMatcher, pod: Pod): boolean => !isTerminal(pod) && matchesPod(matcher, pod);

/** The node's domain under a topology key or an alias of it. Nearly all nodes have the stable key, which is asked first. */
function domainOn(node: NodeView, topologyKey: string): string | undefined {
  const key = stableKey(topologyKey);
  return node.labels[key] ?? withStableKeys(node.labels)[key];
}
