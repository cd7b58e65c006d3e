// A server of AWS' JSON services that says whatever the test wants, on the own machine.

import { createServer } from 'node:http';
import { afterEach } from 'vitest';
import { listenOnLoopback } from '../../lib/local/loopback.ts';

export interface JsonRequest {
  /** `GET /clusters/shop`, or the operation of `X-Amz-Target`. */
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface JsonAnswer {
  readonly status?: number;
  readonly body: unknown;
}

const closing: (() => unknown)[] = [];

export function endsJsonServers(): void {
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
}

/** What a client is made with to ask `answer`, and what it asked. */
export async function aJsonService(answer: (request: JsonRequest) => JsonAnswer) {
  const requests: JsonRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    const asked = {
      operation: target ?? `${request.method} ${request.url}`,
      body: text === '' ? {} : JSON.parse(text),
    };
    requests.push(asked);
    const { status = 200, body } = answer(asked);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  const url = await listenOnLoopback(server, 0);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const options = {
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  };
  return { options, requests };
}

/** A refusal as both of AWS' JSON protocols have it. */
export const aJsonError = (code: string, message = 'as AWS says'): JsonAnswer => ({
  status: 400,
  body: { __type: code, message },
});
