import { S3Client } from '@aws-sdk/client-s3';
import { type ClientOptions, clientConfig } from './options.ts';

/** A snapshot of the largest cluster is a few megabytes. */
const REQUEST_TIMEOUT_MS = 15_000;

/** Only AWS serves a bucket under a host name of its own. */
export const s3Client = (options: ClientOptions): S3Client =>
  new S3Client({
    ...clientConfig(options, REQUEST_TIMEOUT_MS),
    forcePathStyle: options.endpoint !== undefined,
  });
