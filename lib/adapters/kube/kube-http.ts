/**
 * Requests to a Kubernetes API server: login, retries, errors. Who calls it says which statuses are answers; every other
 * one is thrown as a `DovetailError`. It never logs, and no error carries a token.
 */
import type { IncomingMessage } from 'node:http';
import { DovetailError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { type Access, accessOf, type KubeStatus, noAnswer, refusal } from './kube-errors.ts';
import { type Exchange, Transport, type TransportOptions, textOf } from './transport.ts';

/** Gives the bearer token. `refused` is one that the server just refused: another is wanted, where there is one. */
export type TokenSupplier = (refused?: string) => Promise<string>;

export interface KubeHttpOptions extends TransportOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Absent where the client's certificate says who it is. */
  readonly token?: TokenSupplier;
  /** For one answer, from the request to its last byte. Default 30 s. */
  readonly timeoutMs?: number;
}

export type PatchType = 'json-patch' | 'merge-patch' | 'apply-patch';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly patchType?: PatchType;
  /** Statuses beyond 2xx that are answers to the caller rather than errors. */
  readonly accept?: readonly number[];
}

export interface KubeAnswer<T> {
  readonly status: number;
  readonly body: T;
}

type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  | {
      readonly kind: 'failure';
      readonly error: unknown;
      readonly again: boolean;
      readonly retryAfter: string | undefined;
    };

const DEFAULT_TIMEOUT_MS = 30_000;
/** With the pauses between them about four seconds: longer waits are the queues' affair. */
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
/** Who asks for a longer pause gets it from the caller, who is told at once. */
const MAX_RETRY_AFTER_MS = 10_000;

const BUSY = [429, 503];
const BROKEN = [500, 502, 504];

const CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  'json-patch': 'application/json-patch+json',
  'merge-patch': 'application/merge-patch+json',
  // JSON is YAML, and the API server knows apply by this name only.
  'apply-patch': 'application/apply-patch+yaml',
};

export class KubeHttp {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #token: TokenSupplier | undefined;
  readonly #timeoutMs: number;

  constructor(options: KubeHttpOptions) {
    this.#transport = new Transport(options);
    this.#clock = options.clock;
    this.#random = options.random;
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /**
   * One request and its whole answer. A busy server (429, 503) is asked again whatever was asked; a broken one and one
   * that did not answer only for reads, because a write may have happened.
   */
  async call<T>(request: KubeRequest): Promise<KubeAnswer<T>> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(request);
      if (outcome.kind === 'answer') return { status: outcome.status, body: outcome.body as T };
      const askedMs = askedPauseMs(outcome.retryAfter);
      const last = attempt >= MAX_ATTEMPTS || askedMs > MAX_RETRY_AFTER_MS;
      if (!outcome.again || last) throw outcome.error;
      await this.#pause(attempt, askedMs);
    }
  }

  /**
   * A GET whose answer goes on: opened once, without retries. Throws for every status but 200, and no sooner than a busy
   * server wants to be asked again.
   */
  async stream(
    { path: barePath, query }: Required<Pick<KubeRequest, 'path' | 'query'>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const path = pathOf({ path: barePath, query });
    const access = accessOf('GET', path);
    // The signal of the caller lives as long as the stream; the wait for its headers is shorter.
    const late = new AbortController();
    const timer = AbortSignal.timeout(this.#timeoutMs);
    const giveUp = () => late.abort(timer.reason);
    timer.addEventListener('abort', giveUp);
    const either = AbortSignal.any([signal, late.signal]);
    // A refusal is read to its end within the same time: unread, it would keep its connection.
    const { status, response, text } = await this.#withToken({ method: 'GET' }, path, async (exchange) => {
      const opened = await this.#orNoAnswer(this.#transport.open(exchange, either), access);
      const code = opened.statusCode ?? 0;
      const said = code === 200 ? '' : await this.#orNoAnswer(textOf(opened), access);
      return { status: code, response: opened, text: said };
    }).finally(() => timer.removeEventListener('abort', giveUp));
    if (status === 200) return response;
    const askedMs = BUSY.includes(status) ? askedPauseMs(response.headers['retry-after']) : 0;
    if (askedMs > 0) await this.#clock.sleep(Math.min(askedMs, MAX_RETRY_AFTER_MS));
    throw refusal({ status, body: parsed(text) as KubeStatus }, access, this.#transport.host);
  }

  close(): void {
    this.#transport.close();
  }

  async #attempt(request: KubeRequest): Promise<Outcome> {
    const { accept = [], method } = request;
    const path = pathOf(request);
    const access = accessOf(method, path);
    const read = method === 'GET';
    try {
      const { status, headers, text } = await this.#withToken(request, path, (exchange) =>
        this.#orNoAnswer(this.#transport.exchange(exchange, this.#timeoutMs), access),
      );
      const body = parsed(text);
      if ((status >= 200 && status < 300) || accept.includes(status)) {
        return { kind: 'answer', status, body };
      }
      const error = refusal({ status, body: body as KubeStatus }, access, this.#transport.host);
      const again = BUSY.includes(status) || (read && BROKEN.includes(status));
      return { kind: 'failure', error, again, retryAfter: headers['retry-after'] };
    } catch (error) {
      const again = read && error instanceof DovetailError && error.retry === 'same-request';
      return { kind: 'failure', error, again, retryAfter: undefined };
    }
  }

  async #orNoAnswer<A>(answer: Promise<A>, access: Access): Promise<A> {
    try {
      return await answer;
    } catch (cause) {
      throw noAnswer(cause, access, this.#transport.host);
    }
  }

  /** Sends with the token, and once more with another when the server refuses the first. */
  async #withToken<A extends { readonly status: number }>(
    request: Pick<KubeRequest, 'method' | 'body' | 'patchType'>,
    path: string,
    send: (exchange: Exchange) => Promise<A>,
  ): Promise<A> {
    const token = await this.#token?.();
    const answer = await send(exchangeOf(request, path, token));
    if (answer.status !== 401 || token === undefined) return answer;
    const other = await this.#token?.(token);
    return other === token ? answer : send(exchangeOf(request, path, other));
  }

  /** What the server asks for, else twice as long each time; with up to as much again, so that callers spread. */
  #pause(attempt: number, askedMs: number): Promise<void> {
    const ownMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    return this.#clock.sleep((askedMs || ownMs) + this.#random.below(ownMs));
  }
}

/** `Retry-After` in seconds, as API servers send it; 0 without one. */
const askedPauseMs = (retryAfter: string | undefined): number => (Number(retryAfter) || 0) * 1_000;

function pathOf({ path, query = {} }: Pick<KubeRequest, 'path' | 'query'>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

function exchangeOf(
  { method, body, patchType }: Pick<KubeRequest, 'method' | 'body' | 'patchType'>,
  path: string,
  token: string | undefined,
): Exchange {
  const contentType = patchType === undefined ? 'application/json' : CONTENT_TYPES[patchType];
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    'user-agent': 'dovetail',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': contentType }),
  };
  return { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

/** A proxy on the way answers in its own words. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
