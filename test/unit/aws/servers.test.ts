import { afterEach, describe, expect, it } from 'vitest';
import { Bucket } from '../../../lib/adapters/aws/bucket.ts';
import { s3Client } from '../../../lib/adapters/aws/clients/s3.ts';
import { sqsClient } from '../../../lib/adapters/aws/clients/sqs.ts';
import { SqsDrainQueue } from '../../../lib/adapters/aws/queues.ts';
import { startDynamoServer } from '../../../lib/local/dynamo-server.ts';
import { startS3Server } from '../../../lib/local/s3-server.ts';
import { startSqsServer } from '../../../lib/local/sqs-server.ts';
import { BUCKET, hasDynamo, localOptions } from '../../support/aws-wire.ts';
import { realClock } from '../../support/real-time.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function aServer(): Promise<string> {
  const server = await startS3Server({ buckets: [BUCKET] });
  closing.push(server.stop);
  return server.url;
}

const put = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/${BUCKET}/k`, { method: 'PUT', body, headers });

describe('the S3 server', () => {
  it('puts an object once when asked to', async () => {
    const url = await aServer();
    expect((await put(url, 'one', { 'if-none-match': '*' })).status).toBe(200);
    const again = await put(url, 'two', { 'if-none-match': '*' });
    expect([again.status, await again.text()]).toEqual([412, expect.stringContaining('PreconditionFailed')]);
  });

  it('replaces the object that was read and no other', async () => {
    const url = await aServer();
    const ifMatch = { 'if-match': (await put(url, 'one')).headers.get('etag') ?? '' };
    expect((await put(url, 'second', ifMatch)).status).toBe(200);
    expect((await put(url, 'third', ifMatch)).status).toBe(412);
    const head = await fetch(`${url}/${BUCKET}/k`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('6');
  });

  it('has nothing under a key never put, and no other bucket', async () => {
    const client = s3Client(localOptions(await aServer()));
    closing.push(() => client.destroy());
    expect(await new Bucket({ client, name: BUCKET }).get('k')).toBeUndefined();
    await expect(new Bucket({ client, name: 'other' }).get('k')).rejects.toMatchObject({
      code: 'BucketNotFound',
    });
  });
});

describe('the SQS server', () => {
  it('refuses what is sent to a queue that is not there', async () => {
    const server = await startSqsServer();
    const client = sqsClient(localOptions(server.url));
    closing.push(server.stop, () => client.destroy());
    const queue = new SqsDrainQueue({ client, url: `${server.url}/000000000000/nowhere` });
    const message = { schemaVersion: 1, kind: 'DrainRequest', claim: 'c1', hop: 0 } as const;
    await expect(queue.send(message)).rejects.toMatchObject({ code: 'QueueNotFound', retry: 'never' });
  });
});

describe.skipIf(!hasDynamo)('the DynamoDB server', () => {
  it('says why it does not start', async () => {
    const other = await startS3Server({ buckets: [] });
    closing.push(other.stop);
    const port = Number(new URL(other.url).port);
    await expect(startDynamoServer({ clock: realClock, port })).rejects.toMatchObject({
      code: 'DynamoServerFailed',
    });
  });

  it('makes a table once', async () => {
    const server = await startDynamoServer({ clock: realClock });
    closing.push(server.stop);
    await server.createTable('test');
    await expect(server.createTable('test')).resolves.toBeUndefined();
  });
});
