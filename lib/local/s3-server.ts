/**
 * As much of S3 as we use, in memory, over HTTP on 127.0.0.1: objects are put, got and looked at by key (path style), with
 * ETags and the preconditions of https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
 */

import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { closed, listenOnLoopback } from './loopback.ts';
import { bytesOf } from './request-body.ts';

export interface S3ServerOptions {
  /** Absent takes a free one. */
  readonly port?: number;
  readonly buckets: readonly string[];
}

export interface S3Server {
  readonly url: string;
  /** Objects of all buckets by `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  stop(): Promise<void>;
}

class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function startS3Server({ port = 0, buckets }: S3ServerOptions): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => void serve(objects, buckets, request, response));
  const url = await listenOnLoopback(server, port);
  return {
    url,
    objects,
    stop: () => closed(server),
  };
}

async function serve(
  objects: Map<string, Buffer>,
  buckets: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bytesOf(request);
  try {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://server').pathname.slice(1));
    const [bucket = ''] = path.split('/');
    if (!buckets.includes(bucket)) throw new S3Refusal(404, 'NoSuchBucket', 'the bucket does not exist');
    const found = objects.get(path);
    if (request.method === 'PUT') {
      checkPreconditions(request.headers, found);
      objects.set(path, body);
      response.writeHead(200, { etag: etagOf(body) }).end();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new S3Refusal(501, 'NotImplemented', `${request.method} is not served here`);
    }
    if (found === undefined) throw new S3Refusal(404, 'NoSuchKey', 'the key does not exist');
    response.writeHead(200, { etag: etagOf(found), 'content-length': found.length });
    response.end(request.method === 'GET' ? found : undefined);
  } catch (error) {
    const refusal = error instanceof S3Refusal ? error : new S3Refusal(500, 'InternalError', String(error));
    response.writeHead(refusal.status, { 'content-type': 'application/xml' });
    const text = `<Error><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error>`;
    response.end(request.method === 'HEAD' ? undefined : text);
  }
}

/** A missing object fails `If-Match` with 404, as S3's does. */
function checkPreconditions(headers: IncomingHttpHeaders, found: Buffer | undefined): void {
  const match = headers['if-match'];
  if (match !== undefined && found === undefined) {
    throw new S3Refusal(404, 'NoSuchKey', 'the key does not exist');
  }
  const changed = match !== undefined && found !== undefined && match !== etagOf(found);
  const taken = headers['if-none-match'] === '*' && found !== undefined;
  if (changed || taken) throw new S3Refusal(412, 'PreconditionFailed', 'a precondition did not hold');
}

const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;
