/** One pod of a case, judged by everybody. */
import type { Pod } from '../../../lib/model/pod.ts';
import type { ClusterState } from '../../../lib/model/snapshot.ts';
import { CAUTION } from '../../support/reference/caution.ts';
import type { ReferenceCluster, ReferenceNode } from '../../support/reference/cluster.ts';
import { referenceFits } from '../../support/reference/filters.ts';
import { asNamespaceDefectHears, NAMESPACE_DEFECT } from './defects.ts';
import { type Failure, libraryFailures, plannedNode } from './judges.ts';
import { classOf, type Words } from './scheduler-words.ts';

/** Two who should say the same did not. `node` is absent where it is about the pod. */
export interface Difference {
  readonly pod: string;
  readonly node?: string;
  readonly between: 'lib/constraints' | 'reference' | 'plan' | 'reasons';
  readonly detail: string;
}

export interface Compared {
  readonly differences: readonly Difference[];
  readonly cautions: readonly string[];
  readonly planned: 'placed' | 'left out' | 'not asked';
}

export interface Question {
  readonly pod: Pod;
  readonly state: ClusterState;
  readonly cluster: ReferenceCluster;
  /** Names of the nodes that passed kube-scheduler's filters. */
  readonly passed: readonly string[];
  readonly words: Words;
  readonly withPlan: boolean;
}

/** What the judge itself does otherwise than documented is counted, and is no difference. */
export function compare(question: Question): Compared {
  const asDocumented = compareAll(question);
  const heard = asNamespaceDefectHears(question.pod);
  if (asDocumented.differences.length === 0 || heard === undefined) return asDocumented;
  const asHeard = compareAll({ ...question, pod: heard });
  if (asHeard.differences.length > 0) return asDocumented;
  return { ...asHeard, cautions: [...asHeard.cautions, NAMESPACE_DEFECT] };
}

function compareAll(question: Question): Compared {
  const { pod, state, cluster, passed } = question;
  const failuresOn = libraryFailures(pod, cluster, state);
  const judged = cluster.nodes.map((node) => ({ node, failures: failuresOn(node) }));
  const cautioned = new Map<string, string>();
  const differences: Difference[] = [];
  for (const { node, failures } of judged) {
    const fits = passed.includes(node.name);
    const told = `kube-scheduler ${fits ? 'takes' : 'refuses'} it`;
    const caution = fits && failures.length > 0 ? cautionOf(pod, node, failures) : undefined;
    if (caution !== undefined) cautioned.set(node.name, caution);
    else if (fits !== (failures.length === 0)) {
      const ours = failures.map(({ reason }) => reason).join('; ') || 'fits';
      const detail = `${told}; ours: ${ours}`;
      differences.push({ pod: pod.name, node: node.name, between: 'lib/constraints', detail });
    }
    if (caution === undefined && fits !== referenceFits(pod, node, cluster)) {
      differences.push({ pod: pod.name, node: node.name, between: 'reference', detail: told });
    }
  }
  const plan = question.withPlan && !isRefusedByName(pod) ? comparePlan(question, cautioned) : undefined;
  return {
    differences: [...differences, ...reasonDifferences(question, judged), ...(plan?.differences ?? [])],
    cautions: [...cautioned.values(), ...(plan?.cautions ?? [])],
    planned: plan?.planned ?? 'not asked',
  };
}

/** Why we leave out a node that kube-scheduler would take, where every one of our reasons is such a one. */
function cautionOf(pod: Pod, node: ReferenceNode, failures: readonly Failure[]): string | undefined {
  const known = failures.map(({ plugin, reason }) => {
    const ports = [pod, ...node.pods].flatMap(({ spec }) => spec.hostPorts);
    if (plugin === 'NodePorts' && ports.some(({ hostIp }) => hostIp === '::')) {
      return 'the IPv6 wildcard address is every address';
    }
    const placeless = ['zone', 'region'].every(
      (what) => node.labels[`topology.kubernetes.io/${what}`] === undefined,
    );
    if (reason === 'node(s) had volume node affinity conflict' && placeless) {
      return 'a node without a zone is in no zone of a volume that is labelled';
    }
    return undefined;
  });
  return known.every((one) => one !== undefined) ? known.join(', ') : undefined;
}

/** Each reason that kube-scheduler gave for so many nodes is ours for at least as many: it stops at the first. */
function reasonDifferences(
  { pod, words }: Question,
  judged: readonly { readonly failures: readonly Failure[] }[],
): Difference[] {
  const told: [string, number][] =
    words.outright === undefined ? [...words.refused] : [[words.outright, judged.length]];
  const counts = new Map<string, number>();
  // A node may be refused for several of its volumes at once, so the most of one reason is what is known.
  for (const [name, count] of told) counts.set(area(name), Math.max(counts.get(area(name)) ?? 0, count));
  return [...counts].flatMap(([name, count]): Difference[] => {
    const ours = judged.filter(({ failures }) =>
      failures.some((failure) => ourClass(failure) === name),
    ).length;
    const detail = `kube-scheduler says ${name} of ${count} nodes, we of ${ours}`;
    return ours >= count ? [] : [{ pod: pod.name, between: 'reasons', detail }];
  });
}

const area = (name: string): string => (name.startsWith('Volume') ? 'volumes' : name);
const ourClass = ({ plugin, reason }: Failure): string =>
  plugin === 'VolumeBinding' ? 'volumes' : classOf(reason);

/** Planning plans no pod whose node affinity has a part that no new node could meet: a name, or a term of nothing. */
const isRefusedByName = ({ spec }: Pod): boolean =>
  spec.affinity.nodeRequired.some(
    ({ matchExpressions, matchFields }) => matchFields.length > 0 || matchExpressions.length === 0,
  );

function comparePlan(
  { pod, state, cluster, passed }: Question,
  cautioned: ReadonlyMap<string, string>,
): Compared {
  const chosen = plannedNode(pod, cluster, state);
  if (chosen !== undefined) {
    const detail = `a plan places it there; kube-scheduler takes ${passed.join(', ') || 'none'}`;
    const differences: Difference[] = passed.includes(chosen)
      ? []
      : [{ pod: pod.name, node: chosen, between: 'plan', detail }];
    return { differences, cautions: [], planned: 'placed' };
  }
  const left = cluster.nodes.filter(({ name }) => passed.includes(name) && !cautioned.has(name));
  const cautions = left.map((node) => CAUTION.flatMap((caution) => caution(pod, node, cluster))[0]);
  const detail = 'a plan leaves it out; kube-scheduler takes it';
  const differences = left
    .filter((_, index) => cautions[index] === undefined)
    .map(({ name }): Difference => ({ pod: pod.name, node: name, between: 'plan', detail }));
  return { differences, cautions: cautions.filter((one) => one !== undefined), planned: 'left out' };
}
