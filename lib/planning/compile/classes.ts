// Pods in the order of the queue, and those that ask for the same gathered into classes.
import { type VolumePlaces, type VolumeState, volumePlaces } from '../../constraints/volumes.ts';
import { TAINT } from '../../model/labels.ts';
import type { Pod, PodSpec } from '../../model/pod.ts';
import type { ResourceList } from '../../model/resources.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Toleration } from '../../model/taint.ts';
import { type RelaxationLevel, type RelaxationPolicy, relaxationLevels } from '../relaxation.ts';

/** Pods with the same namespace, labels and specification, but for what they request. */
export interface PodClass {
  readonly exemplar: Pod;
  /** Without those for slots: they say where an earlier plan wanted the pod. */
  readonly tolerations: readonly Toleration[];
  /** One per distinct request. */
  readonly sizes: readonly PodSize[];
}

export interface PodSize {
  readonly requests: ResourceList;
  /** Places in the queue, ascending. */
  readonly order: readonly number[];
}

/**
 * CPU descending, memory descending, age, uid; priority plays no part. Source: karpenter `scheduling/queue.go`.
 */
export function inQueueOrder(pods: readonly Pod[]): Pod[] {
  const amount = (pod: Pod, name: string): number => pod.spec.requests[name] ?? 0;
  return [...pods].sort(
    (a, b) =>
      amount(b, 'cpu') - amount(a, 'cpu') ||
      amount(b, 'memory') - amount(a, 'memory') ||
      a.createdAtMs - b.createdAtMs ||
      compareText(a.uid, b.uid),
  );
}

/** Classes in the order of their first pod. */
export function podClasses(queue: readonly Pod[]): PodClass[] {
  const classes = new Map<
    string,
    { exemplar: Pod; sizes: Map<string, { requests: ResourceList; order: number[] }> }
  >();
  const labelsText = rememberedText((labels: Pod['labels']) => labels);
  const ruleText = rememberedText(rulesOf);
  const sizeText = rememberedText((requests: ResourceList) => requests);
  for (const [order, pod] of queue.entries()) {
    const name = `${pod.namespace} ${labelsText(pod.labels)} ${ruleText(pod.spec)}`;
    const podClass = classes.get(name) ?? { exemplar: pod, sizes: new Map() };
    classes.set(name, podClass);
    const text = sizeText(pod.spec.requests);
    const size = podClass.sizes.get(text);
    if (size === undefined) podClass.sizes.set(text, { requests: pod.spec.requests, order: [order] });
    else size.order.push(order);
  }
  return [...classes.values()].map(({ exemplar, sizes }) => ({
    exemplar,
    tolerations: withoutSlots(exemplar.spec.tolerations),
    sizes: [...sizes.values()],
  }));
}

/** What the pods of a class may be placed by: their relaxation levels, and what their volumes say. */
export interface PodRules {
  readonly levels: readonly RelaxationLevel[];
  readonly volumes: Extract<VolumePlaces, { kind: 'places' }>;
}

/** The pods must be none that `refusalOf` refuses. `bringing`: see `volumePlaces`. */
export const rulesOfClass = (
  { exemplar }: PodClass,
  policy: RelaxationPolicy,
  volumes: VolumeState,
  bringing: readonly string[],
): PodRules => ({
  levels: relaxationLevels(exemplar.spec, policy),
  volumes: usable(volumePlaces(exemplar, volumes, bringing)),
});

function usable(places: VolumePlaces): PodRules['volumes'] {
  if (places.kind === 'refused') throw new Error(`a refused pod was to be compiled: ${places.reason}`);
  return places;
}

const withoutSlots = (tolerations: readonly Toleration[]): Toleration[] =>
  tolerations.filter(({ key }) => key !== TAINT.slot);

/** Everything of a specification that decides a place, but for the amounts. */
function rulesOf({ requests: _, tolerations, ...rest }: PodSpec): object {
  return { ...rest, tolerations: withoutSlots(tolerations) };
}

/**
 * Pods of one workload often share the very same object, whose text is then made once. Members in another order make
 * another text and so a class of its own, which costs time but changes no plan: equal classes become one item.
 */
function rememberedText<T extends object>(part: (value: T) => object): (value: T) => string {
  const texts = new WeakMap<T, string>();
  return (value) => {
    const known = texts.get(value) ?? JSON.stringify(part(value));
    texts.set(value, known);
    return known;
  };
}
