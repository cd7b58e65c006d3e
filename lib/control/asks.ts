import { ANSWER_MS, REASK_MAX_MS, REASK_MS } from './limits.ts';

/**
 * Which pods were asked for, and when they may be asked for again. Lost with the poller, which costs a duplicate
 * request at most: the provisioner checks coverage strongly.
 */
export class Asks {
  readonly #asked = new Map<string, { readonly againAtMs: number; readonly waitMs: number }>();

  /** Pods that may be asked for now. */
  due(uids: readonly string[], nowMs: number): string[] {
    return uids.filter((uid) => nowMs >= (this.#asked.get(uid)?.againAtMs ?? 0));
  }

  /** Pods asked for so recently that their claim may be about to appear. */
  awaited(nowMs: number): string[] {
    return [...this.#asked].flatMap(([uid, { againAtMs, waitMs }]) =>
      nowMs - (againAtMs - waitMs) < ANSWER_MS ? [uid] : [],
    );
  }

  record(uids: readonly string[], nowMs: number): void {
    for (const uid of uids) {
      const waitMs = Math.min((this.#asked.get(uid)?.waitMs ?? REASK_MS / 2) * 2, REASK_MAX_MS);
      this.#asked.set(uid, { againAtMs: nowMs + waitMs, waitMs });
    }
  }

  /** A pod that a claim covered starts from the shortest wait if it ever loses its place again. */
  forget(uids: Iterable<string>): void {
    for (const uid of uids) this.#asked.delete(uid);
  }

  /** Earliest time at which one of the pods may be asked for again. */
  nextAtMs(uids: readonly string[]): number {
    return Math.min(...uids.map((uid) => this.#asked.get(uid)?.againAtMs ?? 0), Number.POSITIVE_INFINITY);
  }

  /** Forgets pods that are no longer pending, so that memory stays bounded by what is pending. */
  keepOnly(pending: ReadonlySet<string>): void {
    for (const uid of this.#asked.keys()) if (!pending.has(uid)) this.#asked.delete(uid);
  }
}
