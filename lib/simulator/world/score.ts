// Scores of kube-scheduler's default profile, as far as they tell nodes of one pool apart. Each plugin gives 0-100, times
// its default weight. Source: k8s.io/kubernetes `pkg/scheduler/apis/config/v1/default_plugins.go` and the plugins.
import { matchesTerm } from '../../constraints/node-selector.ts';
import type { NodeView } from '../../constraints/pod-on-node.ts';
import { tolerates } from '../../constraints/taints.ts';
import { isTerminal, type Pod } from '../../model/pod.ts';
import type { ResourceList } from '../../model/resources.ts';

const MAX_SCORE = 100;
const WEIGHT = { leastAllocated: 1, balancedAllocation: 1, taints: 3, nodeAffinity: 2 } as const;

/** Containers without requests count as this much when nodes are compared, so that they spread too. */
const DEFAULT_REQUEST: ResourceList = { cpu: 100, memory: 200 * 1024 * 1024 };

/** Scores in the order of the candidates. */
export function scoreNodes(pod: Pod, candidates: readonly NodeView[]): number[] {
  const intolerable = candidates.map((node) => intolerablePreferences(pod, node));
  const preferred = candidates.map((node) => preferredWeight(pod, node));
  const mostIntolerable = Math.max(0, ...intolerable);
  const mostPreferred = Math.max(0, ...preferred);
  return candidates.map((candidate, index) => {
    const [cpu, memory] = (['cpu', 'memory'] as const).map((name) => share(pod, candidate, name));
    const taints =
      mostIntolerable === 0
        ? MAX_SCORE
        : MAX_SCORE - Math.floor((MAX_SCORE * (intolerable[index] ?? 0)) / mostIntolerable);
    const affinity =
      mostPreferred === 0 ? 0 : Math.floor((MAX_SCORE * (preferred[index] ?? 0)) / mostPreferred);
    return (
      WEIGHT.leastAllocated * leastAllocated([cpu ?? 0, memory ?? 0]) +
      WEIGHT.balancedAllocation * balancedAllocation(cpu ?? 0, memory ?? 0) +
      WEIGHT.taints * taints +
      WEIGHT.nodeAffinity * affinity
    );
  });
}

/** The part of one resource in use once the pod is there, at most 1. */
function share(pod: Pod, { allocatable, pods }: NodeView, name: 'cpu' | 'memory'): number {
  const used = scoredOf(pods)[name] + scoredRequest(pod, name);
  const available = allocatable[name] ?? 0;
  return available === 0 ? 1 : Math.min(1, used / available);
}

interface Scored {
  readonly cpu: number;
  readonly memory: number;
}

/** By the API server's list of a node's pods, which is another one as soon as one of them changes. */
const scored = new WeakMap<readonly Pod[], Scored>();

function scoredOf(pods: readonly Pod[]): Scored {
  const known = scored.get(pods);
  if (known !== undefined) return known;
  const running = pods.filter((pod) => !isTerminal(pod));
  const sum = (name: 'cpu' | 'memory'): number =>
    running.reduce((total, pod) => total + scoredRequest(pod, name), 0);
  const sums = { cpu: sum('cpu'), memory: sum('memory') };
  scored.set(pods, sums);
  return sums;
}

const scoredRequest = (pod: Pod, name: 'cpu' | 'memory'): number =>
  (pod.spec.requests[name] ?? 0) || (DEFAULT_REQUEST[name] ?? 0);

function leastAllocated(shares: readonly number[]): number {
  const scores = shares.map((part) => Math.floor((1 - part) * MAX_SCORE));
  return Math.floor(scores.reduce((sum, score) => sum + score, 0) / scores.length);
}

/** One minus the standard deviation of the shares; of two values that is half their distance. */
const balancedAllocation = (cpu: number, memory: number): number =>
  Math.floor((1 - Math.abs(cpu - memory) / 2) * MAX_SCORE);

const intolerablePreferences = (pod: Pod, node: NodeView): number =>
  node.taints.filter(
    (taint) =>
      taint.effect === 'PreferNoSchedule' && !pod.spec.tolerations.some((one) => tolerates(one, taint)),
  ).length;

const preferredWeight = (pod: Pod, node: NodeView): number =>
  pod.spec.affinity.nodePreferred
    .filter(({ preference }) => matchesTerm(preference, node))
    .reduce((sum, { weight }) => sum + weight, 0);
