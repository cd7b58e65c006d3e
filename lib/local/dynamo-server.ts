/**
 * A DynamoDB-compatible server on 127.0.0.1: a program of its own that comes with an optional package, for the wire
 * suites and for running everything on one machine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { DovetailError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { awsJson } from './aws-json.ts';

export interface DynamoServerOptions {
  readonly clock: Clock;
  /** Absent takes a free one. */
  readonly port?: number;
  /** Where tables are kept over restarts; absent keeps them in memory. */
  readonly dbPath?: string;
}

export interface DynamoServer {
  readonly url: string;
  /** An empty table with the keys of ours; one that is there already stays as it is. */
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 10_000;
const START_POLL_MS = 10;

/** The server's program, or undefined on platforms that it is not built for. */
export function dynamoProgram(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return join(dirname(manifest), 'dynoxide');
  } catch {
    return undefined;
  }
}

/** Throws `DynamoServerMissing` where there is no program, `DynamoServerFailed` when it does not come up. */
export async function startDynamoServer(options: DynamoServerOptions): Promise<DynamoServer> {
  const program = dynamoProgram();
  if (program === undefined) {
    throw new DovetailError(
      'DynamoServerMissing',
      'the optional package @dynoxide/linux-x64 is not installed: run npm install on Linux x64, or use another DynamoDB-compatible server',
      'never',
    );
  }
  const port = options.port ?? (await freePort());
  const place = options.dbPath === undefined ? [] : ['--db-path', options.dbPath];
  const child = spawn(program, ['--host', '127.0.0.1', '--port', String(port), ...place], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): boolean => child.kill();
  process.once('exit', kill);
  const url = `http://127.0.0.1:${port}/`;
  await answers(child, url, options.clock);
  return {
    url,
    createTable: (name) => createTable(url, name),
    stop: async () => {
      process.off('exit', kill);
      await ended(child);
    },
  };
}

/** Waits until the server answers, or has ended, or the limit is over. */
async function answers(child: ChildProcess, url: string, clock: Clock): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.on('error', (error) => {
    said += error.message;
  });
  const untilMs = clock.nowMs() + START_LIMIT_MS;
  while (clock.nowMs() < untilMs && child.exitCode === null && child.pid !== undefined) {
    try {
      await awsJson(url, 'DynamoDB_20120810.ListTables', {});
      return;
    } catch {
      await clock.sleep(START_POLL_MS);
    }
  }
  child.kill();
  const why = said.trim() || 'no answer';
  throw new DovetailError(
    'DynamoServerFailed',
    `the DynamoDB server does not start at ${url}: ${why}`,
    'never',
  );
}

async function createTable(url: string, name: string): Promise<void> {
  try {
    await awsJson(url, 'DynamoDB_20120810.CreateTable', {
      TableName: name,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'moving', AttributeType: 'S' },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'moving',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'moving', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
  } catch (error) {
    if (!String(error).includes('ResourceInUseException')) throw error;
  }
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill();
  });

/** The program cannot be asked which port it took, so a free one is found first. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
