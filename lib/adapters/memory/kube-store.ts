import { type ClusterState, clusterKeyOf } from '../../model/snapshot.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterChange } from '../../ports/cluster.ts';
import { frozenCopy, sameContent } from './frozen.ts';
import { SortedMap } from './sorted-map.ts';

export type ListName = keyof ClusterState;
export type ObjectOf<K extends ListName> = ClusterState[K][number];
export type ChangeListener = (change: ClusterChange, resourceVersion: number) => void;

const LISTS = Object.keys(clusterKeyOf) as readonly ListName[];

type Tables = Record<ListName, SortedMap<unknown>>;

interface LogEntry {
  readonly atMs: number;
  readonly change: ClusterChange;
  /** What the change replaced or removed. */
  readonly previous: unknown;
}

/**
 * The storage of the API server: objects, one resourceVersion for all of them, and a log of bounded length from which
 * watches are served. It knows nothing of what the objects mean. Listeners are called in the order of subscription and
 * see changes in the order of their versions, also those that a listener itself causes.
 */
export class KubeStore {
  readonly #clock: Clock;
  readonly #historyEntries: number;
  readonly #tables: Tables = emptyTables();
  readonly #log: LogEntry[] = [];
  readonly #listeners = new Set<ChangeListener>();
  readonly #undelivered: { change: ClusterChange; resourceVersion: number }[] = [];
  #delivering = false;
  #resourceVersion = 1;
  #next = deferred();

  constructor(options: { readonly clock: Clock; readonly historyEntries: number }) {
    this.#clock = options.clock;
    this.#historyEntries = options.historyEntries;
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  /** Changes up to and including this version are forgotten. */
  get compactedVersion(): number {
    return this.#resourceVersion - this.#log.length;
  }

  get<K extends ListName>(list: K, key: string): ObjectOf<K> | undefined {
    return this.#tables[list].get(key) as ObjectOf<K> | undefined;
  }

  /** Objects of one list, sorted by key: a frozen list, and the very same one until an object of it changes. */
  list<K extends ListName>(list: K): readonly ObjectOf<K>[] {
    return this.#tables[list].list() as readonly ObjectOf<K>[];
  }

  /**
   * Stores the object; one that is stored already with the same content changes nothing, not even the version. `index` is
   * called with what was stored before any listener is.
   */
  put<K extends ListName>(
    list: K,
    value: ObjectOf<K>,
    index: (stored: ObjectOf<K>) => void = () => undefined,
  ): ObjectOf<K> {
    const key = clusterKeyOf[list](value);
    const previous = this.#tables[list].get(key) as ObjectOf<K> | undefined;
    if (previous !== undefined && sameContent(contentOf(previous), contentOf(value))) return previous;
    const stored = frozenCopy(
      list === 'nodes' ? { ...value, resourceVersion: String(this.#resourceVersion + 1) } : value,
    );
    this.#tables[list].set(key, stored);
    index(stored);
    this.#record({ list, type: 'put', key, value: stored } as ClusterChange, previous);
    return stored;
  }

  delete(list: ListName, key: string): void {
    const previous = this.#tables[list].get(key);
    if (previous === undefined) return;
    this.#tables[list].delete(key);
    this.#record({ list, type: 'delete', key }, previous);
  }

  /** Resolves at the next change of anything. */
  changed(): Promise<void> {
    return this.#next.promise;
  }

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes with `from < version <= to`; `from` must not be below `compactedVersion`. */
  changesBetween(from: number, to: number): readonly ClusterChange[] {
    return this.#log
      .slice(from - this.compactedVersion, to - this.compactedVersion)
      .map((entry) => entry.change);
  }

  /** The newest version that was written at `timeMs` or before; the log's start when that is forgotten. */
  versionAt(timeMs: number): number {
    const later = this.#log.findLastIndex((entry) => entry.atMs <= timeMs);
    return this.compactedVersion + later + 1;
  }

  /** When the change after `version` was written; undefined when there is none. */
  writtenAtMs(version: number): number | undefined {
    return this.#log[version - this.compactedVersion]?.atMs;
  }

  /** Everything as it was at `version`, which must not be below `compactedVersion`. */
  stateAt(version: number): ClusterState {
    if (version >= this.#resourceVersion) return stateOf(this.#tables);
    const since = this.#log.slice(version - this.compactedVersion).reverse();
    const tables = { ...this.#tables };
    for (const list of new Set(since.map(({ change }) => change.list))) tables[list] = tables[list].copy();
    for (const { change, previous } of since) {
      if (previous === undefined) tables[change.list].delete(change.key);
      else tables[change.list].set(change.key, previous);
    }
    return stateOf(tables);
  }

  #record(change: ClusterChange, previous: unknown): void {
    this.#resourceVersion += 1;
    this.#log.push({ atMs: this.#clock.nowMs(), change, previous });
    if (this.#log.length > this.#historyEntries) this.#log.shift();
    const waiting = this.#next;
    this.#next = deferred();
    waiting.resolve();
    this.#undelivered.push({ change, resourceVersion: this.#resourceVersion });
    this.#deliver();
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#undelivered.shift(); next !== undefined; next = this.#undelivered.shift()) {
        for (const listener of [...this.#listeners]) listener(next.change, next.resourceVersion);
      }
    } finally {
      this.#delivering = false;
    }
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** An object's content without its version. */
const contentOf = (value: object): object => ({ ...value, resourceVersion: '' });

const emptyTables = (): Tables => Object.fromEntries(LISTS.map((list) => [list, new SortedMap()])) as Tables;

const stateOf = (tables: Tables): ClusterState =>
  Object.fromEntries(LISTS.map((list) => [list, tables[list].list()])) as unknown as ClusterState;
