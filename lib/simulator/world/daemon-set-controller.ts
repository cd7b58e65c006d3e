// One pod of each DaemonSet on every node it may run on. Like the real controller it looks at a node's taints itself and
// makes no pod for a node that would refuse it; kube-scheduler then binds the pod to the node it is pinned to.

import type { Node } from '../../model/node.ts';
import { isTerminal, type Pod, type PodSpec } from '../../model/pod.ts';
import type { Toleration } from '../../model/taint.ts';
import type { DaemonSet } from '../../model/workload.ts';
import type { ClusterChange } from '../../ports/cluster.ts';
import { mayRunOn } from './node-fit.ts';
import { Wake } from './wake.ts';
import type { World } from './world.ts';

const REACTION_MS = { min: 5, max: 40 };

/** What the controller adds to every pod. Source: `AddOrUpdateDaemonPodTolerations` of k8s.io/kubernetes. */
const ADDED_TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

export class DaemonSetController {
  readonly #world: World;
  readonly #wake: Wake;
  /** Node that each DaemonSet pod is for. */
  readonly #nodeOf = new Map<string, string>();
  /** Nodes that changed, or whose DaemonSet pods did, since the last run. */
  readonly #changed = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    const delays = world.random('daemon-set-controller');
    this.#wake = new Wake(
      world.time,
      () => delays.between(REACTION_MS.min, REACTION_MS.max),
      () => this.#reconcile(),
    );
    world.api.subscribe((change) => {
      this.#note(change);
      if (change.list === 'nodes' || change.list === 'daemonSets' || change.type === 'delete')
        this.#wake.poke();
    });
  }

  #note(change: ClusterChange): void {
    const { api } = this.#world;
    if (change.list === 'nodes') this.#changed.add(change.key);
    else if (change.list === 'daemonSets') for (const { name } of api.nodes()) this.#changed.add(name);
    else if (change.list === 'pods') {
      const node = this.#nodeOf.get(change.key);
      const ended = change.type === 'delete' || isTerminal(change.value);
      if (node !== undefined && ended) this.#changed.add(node);
      if (change.type === 'delete') this.#nodeOf.delete(change.key);
    }
  }

  /** A node of which nothing changed has its pods. */
  #reconcile(): void {
    const { api } = this.#world;
    const daemonSets = api.store.list('daemonSets');
    if (daemonSets.length === 0 || this.#changed.size === 0) return;
    const nodes = api.nodes().filter(({ name }) => this.#changed.has(name));
    this.#changed.clear();
    for (const node of nodes) {
      const here = new Map(api.podsOnNode(node.name).map((pod) => [pod.owner?.uid ?? pod.uid, pod]));
      for (const daemonSet of daemonSets) this.#reconcileOne(daemonSet, node, here.get(daemonSet.uid));
    }
  }

  #reconcileOne(daemonSet: DaemonSet, node: Node, bound: Pod | undefined): void {
    const { api } = this.#world;
    const name = `${daemonSet.name}-${node.uid.slice(0, 5)}`;
    const pod = bound ?? api.podNamed(daemonSet.namespace, name);
    const spec = pinned(daemonSet.template.spec, node.name);
    if (pod !== undefined) {
      if (isTerminal(pod)) api.deletePod(pod.uid, 0);
      return;
    }
    if (node.deletionAtMs !== undefined || !mayRunOn(spec, node)) return;
    const { labels, annotations } = daemonSet.template;
    const owner = { kind: 'DaemonSet', name: daemonSet.name, uid: daemonSet.uid };
    const { uid } = api.createPod({ namespace: daemonSet.namespace, name, labels, annotations, spec, owner });
    this.#nodeOf.set(uid, node.name);
  }
}

/** The pod's own node affinity is kept beside the pin in every term, as the real controller does. */
function pinned(spec: PodSpec, nodeName: string): PodSpec {
  const pin = { key: 'metadata.name', operator: 'In', values: [nodeName] } as const;
  const terms = spec.affinity.nodeRequired;
  const nodeRequired =
    terms.length === 0
      ? [{ matchExpressions: [], matchFields: [pin] }]
      : terms.map((term) => ({ ...term, matchFields: [pin] }));
  return {
    ...spec,
    affinity: { ...spec.affinity, nodeRequired },
    tolerations: [...spec.tolerations, ...ADDED_TOLERATIONS],
  };
}
