/**
 * The watches of all kinds from one cursor on, kept open between calls: what comes is collected until it is taken. A
 * cursor that is handed out holds, per kind, exactly what was taken with it.
 */
import { DovetailError } from '../../model/errors.ts';
import type { ClusterState, WatchCursor } from '../../model/snapshot.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterChange, ClusterChanges } from '../../ports/cluster.ts';
import type { Random } from '../../ports/random.ts';
import { KINDS, LISTS } from './kinds.ts';
import type { KubeHttp } from './kube-http.ts';
import { watchKind } from './watch-kind.ts';

export interface ClusterWatchOptions {
  readonly http: KubeHttp;
  readonly clock: Clock;
  readonly random: Random;
}

/** More than a list would be cheaper as one. */
const MAX_COLLECTED = 50_000;
/** Opening takes a round trip each; a server that takes longer is waited for in the next call. */
const OPENING_MS = 5_000;
/**
 * The server sends its history at once after opening; it is here when this long brought nothing more. A cluster that never
 * rests is not waited for longer than the second in which a pod is seen.
 */
const SETTLE_MS = 50;
const SETTLE_MAX_MS = 1_000;
/** Changes rarely come alone; this long after the first, its companions are taken with it. */
const GATHER_MS = 20;

type Fate = { readonly kind: 'gone' } | { readonly kind: 'failed'; readonly error: unknown };

export class ClusterWatch {
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #unopened = new Set<keyof ClusterState>(LISTS);
  readonly #position: Record<keyof ClusterState, string>;
  #changes: ClusterChange[] = [];
  #fate: Fate | undefined;
  #wake: () => void = () => undefined;
  #handed: WatchCursor;
  #settled = false;

  constructor(options: ClusterWatchOptions, cursor: WatchCursor) {
    this.#clock = options.clock;
    this.#position = { ...cursor };
    this.#handed = cursor;
    for (const list of LISTS) void this.#follow(list, options);
  }

  /** True where `take` would go on from this very cursor. */
  standsAt(cursor: WatchCursor): boolean {
    return this.#fate === undefined && LISTS.every((list) => cursor[list] === this.#handed[list]);
  }

  /** What came since the last taking, waiting up to `waitMs` for the first. Throws when a watch cannot be kept. */
  async take(waitMs: number): Promise<ClusterChanges> {
    const deadlineMs = this.#clock.nowMs() + waitMs;
    if (!this.#settled) await this.#settle();
    while (this.#changes.length === 0 && this.#fate === undefined) {
      const leftMs = deadlineMs - this.#clock.nowMs();
      if (leftMs <= 0) break;
      await this.#woken(leftMs);
    }
    if (this.#changes.length > 0) await this.#clock.sleep(GATHER_MS);
    if (this.#fate?.kind === 'gone') return { kind: 'gone' };
    if (this.#fate !== undefined) throw this.#fate.error;
    const changes = this.#changes;
    this.#changes = [];
    this.#handed = { ...this.#position };
    return { kind: 'changes', changes, cursor: this.#handed };
  }

  /** A taking that waits fails. */
  stop(): void {
    const error = new DovetailError('WatchClosed', 'the watch was closed: open another', 'same-request');
    this.#end({ kind: 'failed', error });
  }

  /** Until every watch is open: what had happened before is then taken as well. */
  async #settle(): Promise<void> {
    const deadlineMs = this.#clock.nowMs() + OPENING_MS;
    while (this.#unopened.size > 0 && this.#fate === undefined) {
      const leftMs = deadlineMs - this.#clock.nowMs();
      if (leftMs <= 0) return;
      await this.#woken(leftMs);
    }
    const settledByMs = this.#clock.nowMs() + SETTLE_MAX_MS;
    let here: number;
    do {
      here = this.#changes.length;
      await this.#clock.sleep(SETTLE_MS);
    } while (this.#changes.length > here && this.#clock.nowMs() < settledByMs);
    this.#settled = true;
  }

  #woken(waitMs: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return Promise.race([woken, this.#clock.sleep(waitMs)]);
  }

  async #follow<K extends keyof ClusterState>(list: K, options: ClusterWatchOptions): Promise<void> {
    const { path, decode, keyOf } = KINDS[list];
    const end = await watchKind({
      ...options,
      path,
      resourceVersion: this.#position[list],
      signal: this.#stop.signal,
      opened: () => {
        this.#unopened.delete(list);
        this.#wake();
      },
      changed: (type, object) => {
        const key = keyOf(object);
        const change = type === 'put' ? { list, type, key, value: decode(object) } : { list, type, key };
        this.#collect(change as ClusterChange);
      },
      progressed: (resourceVersion) => {
        this.#position[list] = resourceVersion;
      },
    });
    if (end.kind !== 'stopped') this.#end(end);
  }

  #collect(change: ClusterChange): void {
    this.#changes.push(change);
    if (this.#changes.length > MAX_COLLECTED) this.#end({ kind: 'gone' });
    this.#wake();
  }

  /** All watches stop with one of them: a part of the cluster would be read as the whole. */
  #end(fate: Fate): void {
    this.#fate ??= fate;
    this.#stop.abort();
    this.#wake();
  }
}
