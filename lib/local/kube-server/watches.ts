/** Watches: newline-delimited events from a version on, bookmarks, and an end when their time is up. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../ports/clock.ts';
import type { LoggedEvent } from './object-log.ts';
import { type Stored, written } from './reads.ts';
import type { Resource } from './resources.ts';
import { ApiError } from './status.ts';

/** Bookmarks and ends are looked for this often. */
const TICK_MS = 250;
/** Without a wish of the client. */
const DEFAULT_LIFE_SECONDS = 1_800;

interface OpenWatch {
  readonly resource: Resource;
  readonly response: ServerResponse;
  readonly endsAtMs: number;
  readonly bookmarks: boolean;
}

export class Watches {
  readonly #stored: Stored;
  readonly #clock: Clock;
  readonly #bookmarkMs: number;
  readonly #open = new Set<OpenWatch>();
  #closed = false;

  constructor(options: { readonly stored: Stored; readonly clock: Clock; readonly bookmarkMs: number }) {
    this.#stored = options.stored;
    this.#clock = options.clock;
    this.#bookmarkMs = options.bookmarkMs;
    options.stored.log.listen((event) => this.#send(event));
    void this.#tick();
  }

  /** Serves the watch until it ends. A version that is forgotten is answered as the API does: with an event. */
  open(resource: Resource, query: URLSearchParams, response: ServerResponse): void {
    const version = Number(query.get('resourceVersion') ?? Number.NaN);
    if (!Number.isInteger(version)) throw new ApiError(400, 'a watch needs a resourceVersion here');
    const lifeSeconds = Number(query.get('timeoutSeconds')) || DEFAULT_LIFE_SECONDS;
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    response.flushHeaders();
    const history = this.#stored.log.after(resource.list, version);
    if (history === undefined) {
      const expired = new ApiError(410, `too old resource version: ${version}`);
      response.end(line('ERROR', expired.body()));
      return;
    }
    const watch: OpenWatch = {
      ...{ resource, response },
      endsAtMs: this.#clock.nowMs() + lifeSeconds * 1_000,
      bookmarks: query.get('allowWatchBookmarks') === 'true',
    };
    for (const event of history) response.write(this.#text(resource, event));
    this.#open.add(watch);
    response.on('close', () => this.#open.delete(watch));
  }

  /** Breaks the connection of every watch, as a server that restarts does. */
  break(): void {
    for (const { response } of this.#open) response.destroy();
  }

  close(): void {
    this.#closed = true;
    this.break();
  }

  #send(event: LoggedEvent): void {
    for (const { resource, response } of this.#open) {
      if (resource.list === event.list) response.write(this.#text(resource, event));
    }
  }

  #text(resource: Resource, { type, value, version }: LoggedEvent): string {
    const object = written(this.#stored, resource, value);
    // A deleted object is sent with the version of its deletion, and an older state with its own.
    return line(type, {
      ...object,
      metadata: { ...(object['metadata'] as object), resourceVersion: String(version) },
    });
  }

  async #tick(): Promise<void> {
    let bookmarkAtMs = this.#clock.nowMs() + this.#bookmarkMs;
    while (!this.#closed) {
      await this.#clock.sleep(Math.min(TICK_MS, this.#bookmarkMs));
      const nowMs = this.#clock.nowMs();
      for (const watch of this.#open) if (watch.endsAtMs <= nowMs) watch.response.end();
      if (nowMs < bookmarkAtMs) continue;
      bookmarkAtMs = nowMs + this.#bookmarkMs;
      for (const watch of this.#open) this.#bookmark(watch);
    }
  }

  #bookmark({ bookmarks, response, resource: { apiVersion, kind } }: OpenWatch): void {
    if (!bookmarks) return;
    const resourceVersion = String(this.#stored.api.store.resourceVersion);
    response.write(line('BOOKMARK', { apiVersion, kind, metadata: { resourceVersion } }));
  }
}

const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;
