// What the command line asks of a deployed stack besides its table and parameters: CloudFormation, which says where things
// are, and Lambda, which runs the publisher. On the own machine.
import { createServer, type IncomingMessage } from 'node:http';
import { closed, listenOnLoopback } from '../../lib/local/loopback.ts';

export interface StackWireOptions {
  /** Outputs by stack. */
  readonly stacks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Run for each asynchronous call, after it was answered. */
  readonly invoke: (functionArn: string) => Promise<void>;
}

export interface StackWire {
  readonly url: string;
  /** Codes that services refuse with from now on: `cloudformation`, `lambda`. */
  readonly refusals: Map<string, string>;
  /** Resolves when what was called has ended. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function startStackWire({ stacks, invoke }: StackWireOptions): Promise<StackWire> {
  const refusals = new Map<string, string>();
  let running: Promise<unknown> = Promise.resolve();
  const answers = {
    lambda: (url: string): readonly [number, string] => {
      const code = refusals.get('lambda');
      if (code !== undefined) return [403, JSON.stringify({ __type: code, message: 'as AWS says' })];
      const functionArn = decodeURIComponent(url.split('/')[3] ?? '');
      running = running.then(() => invoke(functionArn));
      return [202, ''];
    },
    cloudFormation: (body: string): readonly [number, string] => {
      const name = new URLSearchParams(body).get('StackName') ?? '';
      const code = refusals.get('cloudformation');
      if (code !== undefined) return [403, failure(code, 'as AWS says')];
      const outputs = stacks[name];
      if (outputs === undefined)
        return [400, failure('ValidationError', `Stack with id ${name} does not exist`)];
      return [200, description(name, outputs)];
    },
  };
  const server = createServer(async (request, response) => {
    const { url = '' } = request;
    const body = await textOf(request);
    const isLambda = url.startsWith('/2015-03-31/functions/');
    const [status, text] = isLambda ? answers.lambda(url) : answers.cloudFormation(body);
    response.writeHead(status, { 'content-type': isLambda ? 'application/json' : 'text/xml' }).end(text);
  });
  const url = await listenOnLoopback(server, 0);
  return {
    ...{ url, refusals },
    settled: async () => void (await running),
    close: () => closed(server),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const failure = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

function description(name: string, outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs)
    .map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    .join('');
  const stack = `<StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members}</Outputs>`;
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}
