// Tells of pods as the API server sees them: created, bound, running, gone. Pods of DaemonSets come with every node and are
// left out.
import type { KubeApi } from '../adapters/memory/kube-api.ts';
import { counted } from '../model/counted.ts';
import type { PodUid } from '../model/ids.ts';
import { isDaemonSetPod, type Pod } from '../model/pod.ts';
import type { Narrator } from './narrator.ts';

/** How long the narrator waits for more of the same before it tells. */
const PAUSE_MS = { created: 5, bound: 15, running: 2_000, gone: 600 } as const;

/** Pods that a plan meant for the node of this name, by uid. */
export type PlannedOn = (nodeName: string) => ReadonlySet<string>;

interface Seen {
  bound: boolean;
  running: boolean;
}

export class PodStory {
  readonly #narrator: Narrator;
  readonly #plannedOn: PlannedOn;
  readonly #seen = new Map<PodUid, Seen>();

  constructor(narrator: Narrator, api: KubeApi, plannedOn: PlannedOn) {
    this.#narrator = narrator;
    this.#plannedOn = plannedOn;
    api.subscribe((change) => {
      if (change.list !== 'pods') return;
      if (change.type === 'put') this.#see(change.value);
      else if (this.#seen.delete(change.key as PodUid)) this.#gone();
    });
  }

  #see(pod: Pod): void {
    if (isDaemonSetPod(pod)) return;
    const seen = this.#seen.get(pod.uid) ?? this.#created(pod);
    if (pod.nodeName !== undefined && !seen.bound) {
      seen.bound = true;
      this.#bound(pod.uid, pod.nodeName);
    }
    if (pod.startedAtMs !== undefined && !seen.running) {
      seen.running = true;
      this.#narrator.count('running', PAUSE_MS.running, '', (count) => `${counted(count, 'pod')} running`);
    }
  }

  #created({ uid, owner, namespace }: Pod): Seen {
    const seen = { bound: false, running: false };
    this.#seen.set(uid, seen);
    // A controller creates pods because others went: the reader must hear of those first.
    this.#narrator.close('gone');
    const creator = owner === undefined ? 'nobody' : `${owner.kind} ${namespace}/${owner.name}`;
    this.#narrator.count('created', PAUSE_MS.created, creator, (count, creators) => {
      const by = creators.length === 1 ? creator : `${creators.length} owners`;
      return `${counted(count, 'pod')} created by ${by}`;
    });
    return seen;
  }

  #bound(uid: PodUid, nodeName: string): void {
    this.#narrator.count(`bound/${nodeName}`, PAUSE_MS.bound, uid, (count, uids) => {
      const planned = this.#plannedOn(nodeName);
      const asPlanned = uids.filter((each) => planned.has(each)).length;
      const rest = asPlanned === count ? ', as planned' : `, ${asPlanned} of them as planned`;
      return `${counted(count, 'pod')} bound to ${nodeName}${asPlanned === 0 ? '' : rest}`;
    });
  }

  #gone(): void {
    this.#narrator.count('gone', PAUSE_MS.gone, '', (count) => `${counted(count, 'pod')} gone`);
  }
}
