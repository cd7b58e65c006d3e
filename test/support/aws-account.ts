// All of an AWS account behind one address on the own machine, in the protocols that its services speak: Query with XML,
// JSON with a target, and REST. What a test does not say is not there.
import { createServer, type IncomingMessage } from 'node:http';
import { afterEach } from 'vitest';
import { listenOnLoopback } from '../../lib/local/loopback.ts';

export interface AccountAnswer {
  readonly status?: number;
  /** A text is XML, the result of a Query action. */
  readonly body: unknown;
}

/** By action (`GetRole`, `GetItem`), action and first name or service (`GetRole nodes`), or method and path (`GET /clusters/shop`). */
export type AccountAnswers = Readonly<Record<string, AccountAnswer>>;

const closing: (() => unknown)[] = [];

export function endsAwsAccounts(): void {
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
}

/** The environment that leads there, and what was asked. */
export async function anAwsAccount(answers: AccountAnswers) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const keys = await keysOf(request);
    asked.push(keys[0] ?? '');
    const { status, body } = keys.flatMap((key) => answers[key] ?? [])[0] ?? missing(request);
    const isXml = typeof body === 'string';
    const action = keys.at(-1) ?? '';
    response.writeHead(status ?? 200, { 'content-type': isXml ? 'text/xml' : 'application/json' });
    response.end(isXml ? xmlOf(action, status ?? 200, body) : JSON.stringify(body));
  });
  const url = await listenOnLoopback(server, 0);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  return { env, asked };
}

/** The most special first, the action last. */
async function keysOf(request: IncomingMessage): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
  if (target !== undefined) return [target];
  const form = new URLSearchParams(text);
  const action = form.get('Action');
  if (action === null) return [`${request.method} ${decodeURIComponent(request.url ?? '')}`];
  const name = form.get('PathPrefix')?.split('/')[2] ?? [...form].find(([key]) => /Name$/.test(key))?.[1];
  return [`${action} ${name}`, action];
}

function missing(request: IncomingMessage): AccountAnswer {
  const isQuery = String(request.headers['content-type']).includes('form');
  const code = 'NoSuchEntity';
  if (isQuery) return { status: 404, body: errorXml(code, 'the test has not said') };
  return { status: 404, body: { __type: 'ResourceNotFoundException', message: 'the test has not said' } };
}

export const errorXml = (code: string, message: string): string =>
  `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;

/** EC2 has no element for the result alone. */
const xmlOf = (action: string, status: number, body: string): string =>
  status >= 400
    ? `<ErrorResponse>${body}<RequestId>r</RequestId></ErrorResponse>`
    : `<${action}Response><${action}Result>${body}</${action}Result>${body}</${action}Response>`;
