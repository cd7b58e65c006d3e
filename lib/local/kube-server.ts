/**
 * A Kubernetes API over HTTP on 127.0.0.1, in front of the in-memory one, for the wire adapter's tests and for running
 * everything in one process. It has the endpoints our functions use, and their behaviour: pages, watches with bookmarks,
 * versions that are too old, conflicts, preconditions.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import type { KubeApi } from '../adapters/memory/kube-api.ts';
import type { Clock } from '../ports/clock.ts';
import type { Json } from './kube-server/encode/values.ts';
import { type Fault, Faults } from './kube-server/faults.ts';
import { ObjectLog } from './kube-server/object-log.ts';
import { listPage, type Stored, storedObject, written } from './kube-server/reads.ts';
import { type Route, routeOf } from './kube-server/resources.ts';
import { ApiError } from './kube-server/status.ts';
import { Watches } from './kube-server/watches.ts';
import { deleteObject, evict, mergeNode, patchPod } from './kube-server/writes.ts';
import { closed, listenOnLoopback } from './loopback.ts';

export interface KubeServerOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether a bearer token logs in; absent lets everyone in. */
  readonly acceptsToken?: (token: string | undefined) => boolean;
  /** Between two bookmarks of a watch. Default one minute, as the API server's. */
  readonly bookmarkMs?: number;
}

export interface KubeServer {
  readonly url: string;
  /** Method and path with query of every request, in order. */
  readonly requests: readonly string[];
  /** Bodies of the Events that were created, in order. */
  readonly events: readonly Json[];
  /** Answers coming requests in another way, once or a few times. */
  order(fault: Fault): void;
  /** Breaks the connections of all watches. */
  breakWatches(): void;
  close(): Promise<void>;
}

/** The API server compresses answers beyond this size (https://kubernetes.io/docs/reference/using-api/api-concepts/). */
const COMPRESS_FROM_BYTES = 128 * 1024;

export async function startKubeServer(options: KubeServerOptions): Promise<KubeServer> {
  const log = new ObjectLog(options.api);
  const stored = { api: options.api, log };
  const watches = new Watches({ stored, clock: options.clock, bookmarkMs: options.bookmarkMs ?? 60_000 });
  const desk = new Desk(options, stored, watches);
  const server = createServer((request, response) => void desk.serve(request, response));
  const url = await listenOnLoopback(server, options.port);
  return {
    url,
    requests: desk.requests,
    events: desk.events,
    order: (fault) => desk.faults.order(fault),
    breakWatches: () => watches.break(),
    close: async () => {
      watches.close();
      log.close();
      await closed(server);
    },
  };
}

class Desk {
  readonly requests: string[] = [];
  readonly events: Json[] = [];
  readonly faults = new Faults();
  readonly #options: KubeServerOptions;
  readonly #stored: Stored;
  readonly #watches: Watches;

  constructor(options: KubeServerOptions, stored: Stored, watches: Watches) {
    this.#options = options;
    this.#stored = stored;
    this.#watches = watches;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    this.requests.push(`${method} ${url}`);
    try {
      const body = await bodyOf(request);
      const { pathname, searchParams } = new URL(url, 'http://server');
      this.#logIn(request);
      this.faults.strike(method, pathname);
      const route = routeOf(pathname);
      if (route === undefined) throw new ApiError(404, 'the server could not find the requested resource');
      if (method === 'GET' && searchParams.get('watch') === '1') {
        if (route.resource === undefined) throw notServed(route);
        this.#watches.open(route.resource, searchParams, response);
        return;
      }
      const answer = this.#answer(method, route, searchParams, body, request.headers['content-type']);
      await send(request, response, method === 'POST' ? 201 : 200, answer);
    } catch (error) {
      const refusal = error instanceof ApiError ? error : new ApiError(500, String(error));
      const { retryAfterSeconds } = refusal;
      if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
      await send(request, response, refusal.status, refusal.body());
    }
  }

  #logIn({ headers: { authorization } }: IncomingMessage): void {
    const { acceptsToken = () => true } = this.#options;
    const token = authorization?.replace(/^Bearer /, '');
    if (!acceptsToken(token)) throw new ApiError(401, 'Unauthorized');
  }

  #answer(
    method: string,
    route: Route,
    query: URLSearchParams,
    body: unknown,
    contentType: string | undefined,
  ): Json {
    const { resource, name, part, plural } = route;
    if (method === 'POST' && plural === 'events') return this.#createEvent(body as Json);
    if (resource === undefined) throw notServed(route);
    const list = `${resource.list}${part === undefined ? '' : `/${part}`}`;
    switch (`${method} ${list} ${contentType ?? ''}`.trim()) {
      case 'PATCH pods application/json-patch+json':
        return patchPod(this.#stored, resource, route, body);
      case 'PATCH nodes application/merge-patch+json':
        return mergeNode(this.#stored, resource, route, body);
      case 'POST pods/eviction application/json':
        return evict(this.#stored, resource, route, body);
      default:
    }
    if (method === 'DELETE') return deleteObject(this.#stored, resource, route, body);
    if (method === 'PATCH') throw new ApiError(415, `${contentType} is not served for ${list}`);
    if (method !== 'GET') throw new ApiError(405, `${method} is not served for ${list}`);
    return name === undefined
      ? listPage(this.#stored, resource, route, query)
      : written(this.#stored, resource, storedObject(this.#stored, resource, route));
  }

  #createEvent(event: Json): Json {
    const nameOf = ({ metadata }: Json): unknown => (metadata as Json)['name'];
    if (this.events.some((one) => nameOf(one) === nameOf(event))) {
      throw new ApiError(409, `events "${nameOf(event)}" already exists`);
    }
    this.events.push(event);
    return event;
  }
}

const notServed = ({ plural }: Route): ApiError => new ApiError(404, `${plural} are not served here`);

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new ApiError(400, 'the body is not JSON');
  }
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  answer: unknown,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(answer));
  const zipped = body.length >= COMPRESS_FROM_BYTES && request.headers['accept-encoding'] === 'gzip';
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(zipped ? await compressed(body) : body);
}

/** At the API server's own level, which is the fastest. */
const compressed = (body: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    gzip(body, { level: 1 }, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
