// The table's stores and the bucket's, as ports. One client each.
import { Bucket } from '../../lib/adapters/aws/bucket.ts';
import { DynamoClaims } from '../../lib/adapters/aws/claims.ts';
import { dynamoClient } from '../../lib/adapters/aws/clients/dynamo.ts';
import { s3Client } from '../../lib/adapters/aws/clients/s3.ts';
import { sessionOf } from '../../lib/adapters/aws/clients/session.ts';
import { DynamoSlotStore } from '../../lib/adapters/aws/slots.ts';
import { S3Snapshots } from '../../lib/adapters/aws/snapshots.ts';
import { Table } from '../../lib/adapters/aws/table/table.ts';
import type { Base } from './base.ts';
import { clientOptions, type Environment } from './clients.ts';

/** The table, what of it most functions use, and whose credentials it is read with. */
export function tableStores(env: Environment, name: string, { clock, random }: Base) {
  const client = dynamoClient(clientOptions(env, 'DYNAMODB'));
  const table = new Table({ client, name, clock, random });
  return {
    table,
    session: sessionOf(client),
    claims: new DynamoClaims({ table }),
    slots: new DynamoSlotStore({ table, clock }),
  };
}

export function bucketStores(env: Environment, name: string, table: Table) {
  const bucket = new Bucket({ client: s3Client(clientOptions(env, 'S3')), name });
  return { bucket, snapshots: new S3Snapshots({ table, bucket }) };
}
