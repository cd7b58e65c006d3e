// The controllers that create pods from Deployments (as their ReplicaSets), ReplicaSets, StatefulSets and Jobs, and take
// them away again. They see what the API server holds and nothing else.
import { frozenCopy } from '../../adapters/memory/frozen.ts';
import { isTerminal, type OwnerReference, type Pod, podKey } from '../../model/pod.ts';
import { compareText, stableHash } from '../../model/stable-json.ts';
import type { Workload } from '../../model/workload.ts';
import type { ClusterChange } from '../../ports/cluster.ts';
import { victimsOf } from './scale-down.ts';
import { Wake } from './wake.ts';
import type { World } from './world.ts';

/** The controllers' own way from a change to their write, as seen on a quiet control plane. */
const REACTION_MS = { min: 5, max: 40 };

const NAME_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';

interface Managed {
  readonly workload: Workload;
  /** In the order of `apply`, which is the order in which several are looked at. */
  readonly sequence: number;
  readonly owner: OwnerReference;
  replicas: number;
  completed: number;
}

export class WorkloadController {
  readonly #world: World;
  readonly #managed = new Map<string, Managed>();
  readonly #managedByOwner = new Map<string, Managed>();
  readonly #pods = new OwnedPods();
  /** Owners whose pods or replicas changed since the last run. */
  readonly #changed = new Set<string>();
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
      if (change.list !== 'pods') return;
      const owner = this.#pods.follow(change);
      if (owner !== undefined) this.#changed.add(owner);
      this.#wake.poke();
    });
  }

  /** Every change of a pod that it owns has been answered. */
  get idle(): boolean {
    return this.#changed.size === 0;
  }

  apply(workload: Workload): void {
    const managed: Managed = {
      workload: { ...workload, template: frozenCopy(workload.template) },
      sequence: this.#managed.size,
      owner: ownerOf(workload),
      replicas: workload.replicas,
      completed: 0,
    };
    this.#managed.set(keyOf(workload), managed);
    this.#managedByOwner.set(managed.owner.uid, managed);
    this.#changed.add(managed.owner.uid);
    this.#wake.poke();
  }

  scale(workload: Workload, replicas: number): void {
    const managed = this.#managed.get(keyOf(workload));
    if (managed === undefined) return;
    managed.replicas = replicas;
    this.#changed.add(managed.owner.uid);
    this.#wake.poke();
  }

  /** An owner of which nothing changed has nothing to do. */
  #reconcile(): void {
    const changed = [...this.#changed].map((owner) => this.#managedByOwner.get(owner));
    this.#changed.clear();
    const due = changed.filter((managed) => managed !== undefined).sort((a, b) => a.sequence - b.sequence);
    for (const managed of due) {
      const pods = this.#pods.of(managed.owner.uid);
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
    for (const pod of [...pods].sort(byUid)) {
      const ordinal = Number(pod.name.slice(managed.owner.name.length + 1));
      if (ordinal >= managed.replicas && pod.deletionAtMs === undefined) this.#world.api.deletePod(pod.uid);
    }
  }

  /** Finished pods count once and are then cleaned up, as with a time to live of zero. */
  #countCompletions(managed: Managed, pods: readonly Pod[]): void {
    for (const pod of pods.filter(isTerminal).sort(byUid)) {
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

/** The pods of each owner as they are now, as an informer keeps them. */
class OwnedPods {
  readonly #byOwner = new Map<string, Map<string, Pod>>();
  readonly #ownerOf = new Map<string, string>();

  /** Gives the owner whose pod changed. */
  follow(change: ClusterChange): string | undefined {
    const known = this.#ownerOf.get(change.key);
    if (change.type === 'delete' || change.list !== 'pods') {
      this.#ownerOf.delete(change.key);
      if (known !== undefined) this.#byOwner.get(known)?.delete(change.key);
      return known;
    }
    const owner = change.value.owner?.uid;
    if (owner === undefined) return undefined;
    const pods = this.#byOwner.get(owner) ?? new Map<string, Pod>();
    this.#byOwner.set(owner, pods.set(change.key, change.value));
    this.#ownerOf.set(change.key, owner);
    return owner;
  }

  /** In no particular order. */
  of(owner: string): readonly Pod[] {
    return [...(this.#byOwner.get(owner)?.values() ?? [])];
  }
}

const byUid = (a: Pod, b: Pod): number => compareText(a.uid, b.uid);

const keyOf = (workload: Workload): string => `${workload.kind}/${workload.namespace}/${workload.name}`;

/** A Deployment's pods belong to the ReplicaSet of its template. */
function ownerOf(workload: Workload): OwnerReference {
  if (workload.kind !== 'Deployment') return { kind: workload.kind, name: workload.name, uid: workload.uid };
  const hash = stableHash(workload.template, 9);
  return { kind: 'ReplicaSet', name: `${workload.name}-${hash}`, uid: `${workload.uid}-${hash}` };
}
