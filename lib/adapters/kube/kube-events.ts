/**
 * Events that people find with `kubectl describe` and `kubectl get events`: those of our own that speak about a pod or a
 * node. Written beside the work and never waited for by it; too many at once, or a write that fails, are simply not there.
 */
import type { ObjectEvent } from '../../model/object-event.ts';
import { stableHash } from '../../model/stable-json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DovetailEvent, Events } from '../../ports/events.ts';
import type { KubeHttp } from './kube-http.ts';
import { createEvent } from './kube-writes.ts';

/** A bucket of so many writes, filled at so many a second: as sparing as Karpenter's recorder for one kind of event. */
const BURST = 50;
const PER_SECOND = 5;
/** The API server forgets events after an hour, and a name of ours with them: until then it stands for the same event. */
const NAME_HASH_CHARACTERS = 16;
/** Names of events are at most 253 characters. */
const NAME_CHARACTERS = 230;

export class KubeEvents implements Events {
  readonly #http: KubeHttp;
  readonly #clock: Clock;
  readonly #log: Events;
  readonly #underWay = new Set<Promise<unknown>>();
  #tokens = BURST;
  #filledAtMs: number;

  /** Every event goes to `log` as well. */
  constructor(options: { readonly http: KubeHttp; readonly clock: Clock; readonly log: Events }) {
    this.#http = options.http;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#filledAtMs = options.clock.nowMs();
  }

  emit(event: DovetailEvent): void {
    this.#log.emit(event);
    for (const each of event.objects ?? []) if (this.#mayWrite()) this.#write(each);
  }

  /** Resolves once nothing is under way: a process that is frozen before loses what is. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #write({ kind, namespace, name, uid, type, reason, message }: ObjectEvent): void {
    const hash = stableHash([uid, reason, message], NAME_HASH_CHARACTERS);
    const about = { apiVersion: 'v1', kind, name, uid, ...(namespace === undefined ? {} : { namespace }) };
    const written = createEvent(this.#http, {
      ...{ name: `${name.slice(0, NAME_CHARACTERS)}.${hash}`, about, type, reason, message },
      atMs: this.#clock.nowMs(),
    })
      .catch(() => undefined)
      .finally(() => this.#underWay.delete(written));
    this.#underWay.add(written);
  }

  #mayWrite(): boolean {
    const nowMs = this.#clock.nowMs();
    this.#tokens = Math.min(BURST, this.#tokens + ((nowMs - this.#filledAtMs) / 1_000) * PER_SECOND);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1 || this.#underWay.size >= BURST) return false;
    this.#tokens -= 1;
    return true;
  }
}
