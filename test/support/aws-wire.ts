// The AWS adapters in front of local servers, over real sockets on the own machine. One server for a test file.
import { afterAll, beforeAll } from 'vitest';
import { Bucket } from '../../lib/adapters/aws/bucket.ts';
import { dynamoClient } from '../../lib/adapters/aws/clients/dynamo.ts';
import type { ClientOptions } from '../../lib/adapters/aws/clients/options.ts';
import { s3Client } from '../../lib/adapters/aws/clients/s3.ts';
import { Table, type TableOptions } from '../../lib/adapters/aws/table/table.ts';
import { type DynamoServer, dynamoProgram, startDynamoServer } from '../../lib/local/dynamo-server.ts';
import { type S3Server, startS3Server } from '../../lib/local/s3-server.ts';
import { ManualClock, seededRandom } from './memory-clock.ts';
import { realClock } from './real-time.ts';

/** Whether this machine can run the DynamoDB-compatible server; suites on the wire are left out where it cannot. */
export const hasDynamo = dynamoProgram() !== undefined;

export const localOptions = (url: string): ClientOptions => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

export interface TestTable {
  readonly table: Table;
  readonly clock: ManualClock;
  readonly client: TableOptions['client'];
  readonly name: string;
}

/** A new empty table at each call; its clock stands at `START_MS`. */
export function onDynamo(): () => Promise<TestTable> {
  let server: DynamoServer | undefined;
  let client: TableOptions['client'] | undefined;
  let tables = 0;
  beforeAll(async () => {
    server = await startDynamoServer({ clock: realClock });
    client = dynamoClient(localOptions(server.url));
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });
  return async () => {
    if (server === undefined || client === undefined) throw new Error('the server has not started');
    tables += 1;
    const name = `test-${tables}`;
    await server.createTable(name);
    const clock = new ManualClock();
    const timed = { nowMs: () => clock.nowMs(), sleep: realClock.sleep };
    return {
      table: new Table({ client, name, clock: timed, random: seededRandom(tables) }),
      clock,
      client,
      name,
    };
  };
}

export const BUCKET = 'test-bucket';

/** The bucket of a server of its own; `objects` are those stored. */
export function onS3(): () => { readonly bucket: Bucket; readonly objects: Map<string, Buffer> } {
  let server: S3Server | undefined;
  let bucket: Bucket | undefined;
  beforeAll(async () => {
    server = await startS3Server({ buckets: [BUCKET] });
    bucket = new Bucket({ client: s3Client(localOptions(server.url)), name: BUCKET });
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined || bucket === undefined) throw new Error('the server has not started');
    return { bucket, objects: server.objects };
  };
}
