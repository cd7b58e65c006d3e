/**
 * One HTTP exchange with an API server over kept connections. Knows nothing of Kubernetes but its size; retries and
 * meaning are `kube-http.ts`'s. The times here guard sockets, which no clock of ours drives.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { gunzip } from 'node:zlib';
import { DovetailError } from '../../model/errors.ts';

export interface TransportOptions {
  /** `https://…`; `http://` is for servers on the own machine. */
  readonly serverUrl: string;
  /** Certificate authority of the server, and the client's own certificate where it has one; PEM. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    /** The name in the server's certificate, where a tunnel gives it another address. */
    readonly servername?: string;
  };
}

export interface Exchange {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Eight watches beside lists and writes; more only queue at the server, which limits requests in flight as well. */
const MAX_SOCKETS = 40;
/** A page of 500 objects at etcd's limit of 1.5 MiB would be 750 MiB; real ones have a hundredth of it. */
const MAX_ANSWER_BYTES = 256 * 1024 ** 2;

export class Transport {
  readonly #base: URL;
  readonly #agent: http.Agent;
  readonly #request: typeof https.request;

  constructor({ serverUrl, tls }: TransportOptions) {
    this.#base = new URL(serverUrl);
    const secure = this.#base.protocol === 'https:';
    const kept = { keepAlive: true, maxSockets: MAX_SOCKETS };
    this.#agent = secure ? new https.Agent({ ...kept, ...tls }) : new http.Agent(kept);
    this.#request = secure ? https.request : http.request;
  }

  get host(): string {
    return this.#base.host;
  }

  /** The whole answer, whatever its status. Throws Node's own error when there is none within `timeoutMs`. */
  async exchange(exchange: Exchange, timeoutMs: number): Promise<Answer> {
    const response = await this.open(exchange, AbortSignal.timeout(timeoutMs));
    return { status: response.statusCode ?? 0, headers: response.headers, text: await textOf(response) };
  }

  /** The answer from its headers on. `signal` ends it at any time. */
  async open(exchange: Exchange, signal: AbortSignal): Promise<http.IncomingMessage> {
    try {
      return await this.#once(exchange, signal);
    } catch (error) {
      // The server closed a kept connection just as it was used again, so it has read nothing.
      if (error instanceof StaleConnection) return this.#once(exchange, signal);
      throw error;
    }
  }

  #once({ method, path, headers, body }: Exchange, signal: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const request = this.#request(
        {
          ...{ protocol: this.#base.protocol, hostname: this.#base.hostname, port: this.#base.port },
          ...{ method, agent: this.#agent, signal },
          path: `${this.#base.pathname.replace(/\/$/, '')}${path}`,
          headers: { ...headers, ...length },
        },
        resolve,
      );
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(stale ? new StaleConnection() : error);
      });
      request.end(body);
    });
  }

  /** Ends kept connections; exchanges under way fail. */
  close(): void {
    this.#agent.destroy();
  }
}

class StaleConnection extends Error {}

/** The whole body, unzipped. */
export async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return response.headers['content-encoding'] === 'gzip' ? unzipped(body) : body.toString('utf8');
}

const unzipped = (body: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: MAX_ANSWER_BYTES }, (error, whole) => {
      if (error === null) resolve(whole.toString('utf8'));
      else reject(error instanceof RangeError ? tooLarge() : error);
    });
  });

const tooLarge = (): DovetailError =>
  new DovetailError(
    'AnswerTooLarge',
    `the API server's answer is larger than ${MAX_ANSWER_BYTES} bytes: look for objects of many megabytes`,
    'never',
  );
