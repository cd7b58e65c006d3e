// The controllers that create pods from Deployments (as their ReplicaSets), ReplicaSets, StatefulSets and Jobs, and take
// them away again. They see what the API server holds and nothing else.
import { isTerminal, type OwnerReference, type Pod, podKey } from '../../model/pod.ts';
import { stableHash } from '../../model/stable-json.ts';
import type { Workload } from '../../model/workload.ts';
import { victimsOf } from './scale-down.ts';
import { Wake } from './wake.ts';
import type { World } from './world.ts';

/** The controllers' own way from a change to their write, as seen on a quiet control plane. */
const REACTION_MS = { min: 5, max: 40 };

const NAME_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';

interface Managed {
  readonly workload: Workload;
  readonly owner: OwnerReference;
  replicas: number;
  completed: number;
}

export class WorkloadController {
  readonly #world: World;
  readonly #managed = new Map<string, Managed>();
  readonly #wake: Wake;
  readonly #names;

  constructor(world: World) {
    this.#world = world;
    this.#names = world.random('pod-names');
    const delays = world.random('workload-controller');
    this.#wake = new Wake(
      world.time,
      () => delays.between(REACTION_MS.min, REACTION_MS.max),
      () => this.#reconcile(),
    );
    world.api.subscribe((change) => {
      if (change.list === 'pods') this.#wake.poke();
    });
  }

  apply(workload: Workload): void {
    this.#managed.set(keyOf(workload), {
      workload,
      owner: ownerOf(workload),
      replicas: workload.replicas,
      completed: 0,
    });
    this.#wake.poke();
  }

  workloads(): readonly Workload[] {
    return [...this.#managed.values()].map(({ workload }) => workload);
  }

  scale(workload: Workload, replicas: number): void {
    const managed = this.#managed.get(keyOf(workload));
    if (managed === undefined) return;
    managed.replicas = replicas;
    this.#wake.poke();
  }

  #reconcile(): void {
    const byOwner = new Map<string, Pod[]>();
    for (const pod of this.#world.api.pods()) {
      if (pod.owner === undefined) continue;
      const list = byOwner.get(pod.owner.uid);
      if (list === undefined) byOwner.set(pod.owner.uid, [pod]);
      else list.push(pod);
    }
    for (const managed of this.#managed.values()) {
      const pods = byOwner.get(managed.owner.uid) ?? [];
      if (managed.workload.kind === 'Job') this.#countCompletions(managed, pods);
      const active = pods.filter((pod) => pod.deletionAtMs === undefined && !isTerminal(pod));
      if (managed.workload.kind === 'StatefulSet') this.#reconcileOrdinals(managed, pods);
      else this.#reconcileCount(managed, active);
    }
  }

  #reconcileCount(managed: Managed, active: readonly Pod[]): void {
    const wanted = managed.replicas - managed.completed;
    for (let count = active.length; count < wanted; count++) {
      this.#create(managed, `${managed.owner.name}-${this.#suffix()}`);
    }
    if (active.length > wanted) {
      const victims = victimsOf(active, active.length - Math.max(0, wanted), this.#world.time.nowMs());
      for (const pod of victims) this.#world.api.deletePod(pod.uid);
    }
  }

  /** One pod per ordinal; a name is free again only when its old pod is gone. */
  #reconcileOrdinals(managed: Managed, pods: readonly Pod[]): void {
    const taken = new Map(pods.map((pod) => [pod.name, pod]));
    for (let ordinal = 0; ordinal < managed.replicas; ordinal++) {
      const name = `${managed.owner.name}-${ordinal}`;
      if (!taken.has(name)) this.#create(managed, name);
    }
    for (const pod of pods) {
      const ordinal = Number(pod.name.slice(managed.owner.name.length + 1));
      if (ordinal >= managed.replicas && pod.deletionAtMs === undefined) this.#world.api.deletePod(pod.uid);
    }
  }

  /** Finished pods count once and are then cleaned up, as with a time to live of zero. */
  #countCompletions(managed: Managed, pods: readonly Pod[]): void {
    for (const pod of pods) {
      if (!isTerminal(pod)) continue;
      if (pod.phase === 'Succeeded') managed.completed += 1;
      this.#world.api.deletePod(pod.uid, 0);
    }
  }

  #create(managed: Managed, name: string): void {
    const { namespace, template } = managed.workload;
    const { labels, annotations, spec } = template;
    if (this.#world.api.podNamed(namespace, name) !== undefined) return;
    const pod = this.#world.api.createPod({
      namespace,
      name,
      labels,
      annotations,
      spec,
      owner: managed.owner,
    });
    this.#world.trace.write('world', { created: podKey(pod), uid: pod.uid });
  }

  #suffix(): string {
    let suffix = '';
    for (let count = 0; count < 5; count++)
      suffix += NAME_CHARACTERS[this.#names.below(NAME_CHARACTERS.length)];
    return suffix;
  }
}

const keyOf = (workload: Workload): string => `${workload.kind}/${workload.namespace}/${workload.name}`;

/** A Deployment's pods belong to the ReplicaSet of its template. */
function ownerOf(workload: Workload): OwnerReference {
  if (workload.kind !== 'Deployment') return { kind: workload.kind, name: workload.name, uid: workload.uid };
  const hash = stableHash(workload.template, 9);
  return { kind: 'ReplicaSet', name: `${workload.name}-${hash}`, uid: `${workload.uid}-${hash}` };
}
