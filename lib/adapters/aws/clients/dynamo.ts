import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientConfig } from './options.ts';

/** A strong read of a full page takes well below a second. */
const REQUEST_TIMEOUT_MS = 3_000;

export const dynamoClient = (options: ClientOptions): DynamoDBClient =>
  new DynamoDBClient(clientConfig(options, REQUEST_TIMEOUT_MS));
