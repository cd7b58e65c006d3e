/**
 * A server of one of AWS's JSON services on 127.0.0.1, in either of its protocols: operations by path (EKS) or by the
 * header `X-Amz-Target` (SSM). Refusals carry their code where both read it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closed, listenOnLoopback } from './loopback.ts';
import { textOf } from './request-body.ts';

export interface AwsRequest {
  readonly method: string;
  /** Decoded parts of the path. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** `GetParameter` of the header `X-Amz-Target: AmazonSSM.GetParameter`; empty where there is none. */
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AwsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Ends a request with one of the service's errors. */
export class AwsRefusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export async function startAwsServer(
  port: number,
  answer: (request: AwsRequest) => unknown,
): Promise<AwsServer> {
  const server = createServer((request, response) => void serve(answer, request, response));
  const url = await listenOnLoopback(server, port);
  return { url, close: () => closed(server) };
}

async function serve(
  answer: (request: AwsRequest) => unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    send(response, 200, answer(readRequest(request, await textOf(request))));
  } catch (error) {
    const { code, status, message } =
      error instanceof AwsRefusal ? error : new AwsRefusal('InternalFailure', String(error), 500);
    response.setHeader('x-amzn-errortype', code);
    send(response, status, { __type: code, message });
  }
}

function readRequest({ method = 'GET', url = '/', headers }: IncomingMessage, text: string): AwsRequest {
  const { pathname, searchParams } = new URL(url, 'http://server');
  return {
    method,
    path: pathname.split('/').slice(1).map(decodeURIComponent),
    query: searchParams,
    operation: String(headers['x-amz-target'] ?? '').split('.')[1] ?? '',
    body: text === '' ? {} : JSON.parse(text),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? {}));
}
