// Pods in the order of the queue, and those that ask for the same gathered into classes.
import { type VolumePlaces, type VolumeState, volumePlaces } from '../../constraints/volumes.ts';
import { TAINT } from '../../model/labels.ts';
import type { Pod } from '../../model/pod.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Toleration } from '../../model/taint.ts';
import { type RelaxationLevel, type RelaxationPolicy, relaxationLevels } from '../relaxation.ts';

/** Pods with the same namespace, labels and specification. */
export interface PodClass {
  readonly exemplar: Pod;
  /** Places in the queue, ascending. */
  readonly order: readonly number[];
  /** Without those for slots: they say where an earlier plan wanted the pod. */
  readonly tolerations: readonly Toleration[];
  readonly levels: readonly RelaxationLevel[];
  readonly volumes: Extract<VolumePlaces, { kind: 'places' }>;
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

/** Classes in the order of their first pod. None of the pods may be one that `refusalOf` refuses. */
export function podClasses(
  queue: readonly Pod[],
  policy: RelaxationPolicy,
  volumes: VolumeState,
): PodClass[] {
  const classes = new Map<string, { exemplar: Pod; order: number[] }>();
  const text = rememberedText();
  for (const [order, pod] of queue.entries()) {
    const name = `${pod.namespace} ${text(pod.labels)} ${text(pod.spec)}`;
    const known = classes.get(name);
    if (known === undefined) classes.set(name, { exemplar: pod, order: [order] });
    else known.order.push(order);
  }
  return [...classes.values()].map(({ exemplar, order }) => ({
    exemplar,
    order,
    tolerations: exemplar.spec.tolerations.filter(({ key }) => key !== TAINT.slot),
    levels: relaxationLevels(exemplar.spec, policy),
    volumes: usable(volumePlaces(exemplar, volumes)),
  }));
}

function usable(places: VolumePlaces): PodClass['volumes'] {
  if (places.kind === 'refused') throw new Error(`a refused pod was to be compiled: ${places.reason}`);
  return places;
}

/**
 * Pods of one workload often share the very same object, whose text is then made once. Members in another order make
 * another text and so a class of its own, which costs time but changes no plan: equal classes become one item.
 */
function rememberedText(): (value: object) => string {
  const texts = new WeakMap<object, string>();
  return (value) => {
    const known = texts.get(value) ?? JSON.stringify(value);
    texts.set(value, known);
    return known;
  };
}
