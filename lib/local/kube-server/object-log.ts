/**
 * What the store does not keep of its objects: the version of each, and the last content of those that were deleted,
 * which watches send. Begins with the server, so what happened before is too old to be watched from.
 */
import type { KubeApi } from '../../adapters/memory/kube-api.ts';
import type { ListName } from '../../adapters/memory/kube-store.ts';
import { clusterKeyOf } from '../../model/snapshot.ts';
import { SERVED } from './resources.ts';

export interface LoggedEvent {
  readonly version: number;
  readonly list: ListName;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly value: unknown;
}

interface Versioned {
  readonly value: unknown;
  readonly version: number;
}

export class ObjectLog {
  readonly #api: KubeApi;
  readonly #tables = new Map<ListName, Map<string, Versioned>>();
  readonly #events: LoggedEvent[] = [];
  readonly #listeners = new Set<(event: LoggedEvent) => void>();
  readonly #since: number;
  readonly #unsubscribe: () => void;

  constructor(api: KubeApi) {
    this.#api = api;
    this.#since = api.store.resourceVersion;
    for (const { list } of SERVED) {
      const keyOf = clusterKeyOf[list] as (value: unknown) => string;
      const rows = api.store
        .list(list)
        .map((value) => [keyOf(value), { value, version: this.#since }] as const);
      this.#tables.set(list, new Map(rows));
    }
    this.#unsubscribe = api.subscribe((change, version) => {
      const table = this.#tables.get(change.list);
      const before = table?.get(change.key);
      if (change.type === 'put') table?.set(change.key, { value: change.value, version });
      else table?.delete(change.key);
      const type = change.type === 'delete' ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED';
      const value = change.type === 'delete' ? before?.value : change.value;
      this.#add({ version, list: change.list, type, value });
    });
  }

  versionOf(list: ListName, key: string): number {
    return this.#tables.get(list)?.get(key)?.version ?? this.#since;
  }

  /** Events of the list after `version`, or undefined when they are forgotten or `version` is none of ours. */
  after(list: ListName, version: number): readonly LoggedEvent[] | undefined {
    const { compactedVersion, resourceVersion } = this.#api.store;
    const known = version >= Math.max(this.#since, compactedVersion) && version <= resourceVersion;
    return known ? this.#events.filter((event) => event.list === list && event.version > version) : undefined;
  }

  /** Calls for every event from now on. Gives the function that ends it. */
  listen(listener: (event: LoggedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
  }

  #add(event: LoggedEvent): void {
    this.#events.push(event);
    const { compactedVersion } = this.#api.store;
    while ((this.#events[0]?.version ?? Number.POSITIVE_INFINITY) <= compactedVersion) this.#events.shift();
    for (const listener of this.#listeners) listener(event);
  }
}
