// What the poller knows of stored claims and slots, kept true at little cost: all of them are read now and then, and between
// two such readings only those that something is due for, which are few. The table keeps track of them in the writes
// themselves, so that nothing that moves is missed, whoever wrote it and wherever it died.
import { isLive, isMoving, type NodeClaim } from '../model/node-claim.ts';
import { type ClaimSlots, isUnsettled } from '../model/slots.ts';
import { compareText } from '../model/stable-json.ts';
import type { ControlDeps } from './deps.ts';
import {
  CLAIMS_ALL_MS,
  CLAIMS_BUSY_MS,
  CLAIMS_QUIET_MS,
  PARALLEL_WRITES,
  SLOTS_LISTED_MS,
} from './limits.ts';
import { mapLimit } from './parallel.ts';

type StoredDeps = Pick<ControlDeps, 'clock' | 'claims' | 'slots'>;

/** Whoever changes a stored item sets it here too, so that the next reading finds only what others did. */
export class StoredClaims {
  claims: readonly NodeClaim[] = [];
  items: readonly ClaimSlots[] = [];
  readonly #deps: StoredDeps;
  #allAtMs = Number.NEGATIVE_INFINITY;
  #movingAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: StoredDeps) {
    this.#deps = deps;
  }

  /** Reads what is due to be read. The lists stay the very same ones where nothing changed. */
  async read(busy: boolean): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs - this.#allAtMs >= CLAIMS_ALL_MS) {
      await this.#readAll(nowMs);
      this.#allAtMs = nowMs;
    } else if (nowMs - this.#movingAtMs >= (busy ? CLAIMS_BUSY_MS : CLAIMS_QUIET_MS)) {
      await this.#readMoving();
    } else return;
    this.#movingAtMs = nowMs;
  }

  async #readAll(nowMs: number): Promise<void> {
    const { claims, slots } = this.#deps;
    this.claims = await claims.listLive();
    const items = await slots.listLive();
    const old = items.filter(({ settledAtMs }) => nowMs - (settledAtMs ?? nowMs) >= SLOTS_LISTED_MS);
    await mapLimit(old, PARALLEL_WRITES, (item) => slots.putAway(item));
    this.items = old.length === 0 ? items : items.filter((item) => !old.includes(item));
  }

  /** Claims come first: their slots are put after them. */
  async #readMoving(): Promise<void> {
    const { claims, slots } = this.#deps;
    const moving = await claims.listMoving();
    const here = new Set(moving.map(({ name }) => name));
    // What moved and is no longer among those that do has come to rest or to its end.
    const left = this.claims.filter((claim) => isMoving(claim) && !here.has(claim.name));
    const found = await mapLimit(left, PARALLEL_WRITES, ({ name }) => claims.get(name));
    const resting = found.filter((claim) => claim !== undefined && isLive(claim)) as NodeClaim[];
    this.claims = merged(this.claims, { isMoving, now: [...moving, ...resting], keyOf: ({ name }) => name });
    this.items = merged(this.items, {
      isMoving: isUnsettled,
      now: await slots.listMoving(),
      keyOf: ({ claim, planId }) => `${claim} ${planId}`,
    });
  }
}

interface Merge<T> {
  readonly isMoving: (item: T) => boolean;
  /** Of the items that move or moved, those that are still there. */
  readonly now: readonly T[];
  readonly keyOf: (item: T) => string;
}

function merged<T extends { readonly version: number }>(
  known: readonly T[],
  { isMoving, now, keyOf }: Merge<T>,
): readonly T[] {
  const fresh = new Map(now.map((item) => [keyOf(item), item]));
  const kept: T[] = [];
  for (const item of known) {
    const key = keyOf(item);
    const stored = fresh.get(key) ?? (isMoving(item) ? undefined : item);
    fresh.delete(key);
    if (stored !== undefined) kept.push(stored.version === item.version ? item : stored);
  }
  const same = fresh.size === 0 && kept.length === known.length && kept.every((item, n) => item === known[n]);
  return same ? known : [...kept, ...fresh.values()].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}
