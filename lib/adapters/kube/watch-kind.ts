/**
 * Follows one kind for as long as it is wanted: opens its watch, opens it again from where it stands when the server
 * ends it or the connection breaks, and says when the server has forgotten that place.
 */
import { DovetailError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { WireObject } from './decode/wire.ts';
import { jsonLines } from './json-lines.ts';
import type { KubeStatus } from './kube-errors.ts';
import type { KubeHttp } from './kube-http.ts';

export interface KindWatch {
  readonly http: KubeHttp;
  readonly clock: Clock;
  readonly random: Random;
  readonly path: string;
  /** Of the last change that is known. */
  readonly resourceVersion: string;
  /** Ends the watch at any time. */
  readonly signal: AbortSignal;
  /** The server took the watch, so events from its history are on their way. Called at each opening. */
  opened(): void;
  changed(type: 'put' | 'delete', object: WireObject): void;
  /** Everything up to this version was sent, changed or not. */
  progressed(resourceVersion: string): void;
}

/** How a watch ended that could not go on by itself. */
export type WatchEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * The server ends a watch after this long; 10 to 15 minutes, so that eight kinds open about 0.6 watches a minute and not
 * in step.
 */
const LIFE_SECONDS = 600;
const LIFE_SPREAD_SECONDS = 300;
/** Bookmarks come about once a minute, so a connection this silent is dead. */
const SILENT_MS = 150_000;
/** A watch that fails this often in a row is an error to the caller, who decides how long to go on. */
const MAX_FAILURES = 4;
const FIRST_PAUSE_MS = 250;

type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: WireObject }
  | { readonly type: 'ERROR'; readonly object: KubeStatus };

export async function watchKind(watch: KindWatch): Promise<WatchEnd> {
  let position = watch.resourceVersion;
  let failures = 0;
  const follow = {
    ...watch,
    progressed: (resourceVersion: string) => {
      position = resourceVersion;
      failures = 0;
      watch.progressed(resourceVersion);
    },
  };
  while (!watch.signal.aborted) {
    const error = await followOnce(follow, position).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    if (watch.signal.aborted) break;
    if (isGone(error)) return { kind: 'gone' };
    failures += 1;
    const permanent = error instanceof DovetailError && error.retry === 'never';
    if (error !== undefined && (permanent || failures >= MAX_FAILURES)) return { kind: 'failed', error };
    // A watch that brought something and ended is opened again at once; a server that ends each at once is not.
    if (error !== undefined || failures > 1) await pause(watch, failures);
  }
  return { kind: 'stopped' };
}

/** Reads one watch to its end. Throws when it ends for another reason than the server's wish. */
async function followOnce(watch: KindWatch, position: string): Promise<void> {
  const lifeSeconds = LIFE_SECONDS + watch.random.below(LIFE_SPREAD_SECONDS);
  const query = {
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion: position,
    timeoutSeconds: String(lifeSeconds),
  };
  const response = await watch.http.stream({ path: watch.path, query }, watch.signal);
  response.setTimeout(SILENT_MS, () => response.destroy());
  watch.opened();
  try {
    for await (const event of jsonLines(response)) take(watch, event as WatchEvent);
  } catch (error) {
    // A break in mid-air is as good as an end: the next watch goes on from the last whole event.
    if (!isBroken(error)) throw error;
  } finally {
    response.destroy();
  }
}

function take(watch: KindWatch, event: WatchEvent): void {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
      watch.changed('put', event.object);
      break;
    case 'DELETED':
      watch.changed('delete', event.object);
      break;
    case 'BOOKMARK':
      break;
    case 'ERROR':
      throw errorOf(event.object, watch.path);
    default:
      // A kind of event that nobody knew of: without reading it nothing after it could be trusted.
      throw new DovetailError('Expired', `unknown watch event on ${watch.path}: list again`, 'same-request');
  }
  watch.progressed(event.object.metadata.resourceVersion);
}

function errorOf({ code, message = 'no reason given' }: KubeStatus, path: string): DovetailError {
  const name = code === 410 ? 'Expired' : 'WatchFailed';
  return new DovetailError(name, `the watch of ${path} ended: ${message}`, 'same-request');
}

/** Node's own errors of sockets and streams have a code; those of what was read have none. */
const isBroken = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof DovetailError) && 'code' in error;

/** The server has forgotten our place, whether it says so by its status or by an event. */
const isGone = (error: unknown): boolean => error instanceof DovetailError && error.code === 'Expired';

function pause({ clock, random }: KindWatch, failures: number): Promise<void> {
  const pauseMs = FIRST_PAUSE_MS * 2 ** Math.min(failures, MAX_FAILURES);
  return clock.sleep(pauseMs + random.below(pauseMs));
}
