import { SQSClient } from '@aws-sdk/client-sqs';
import { type ClientOptions, clientConfig } from './options.ts';

const REQUEST_TIMEOUT_MS = 5_000;

/** A queue's URL names AWS's host, so that a client of another server must not send there. */
export const sqsClient = (options: ClientOptions): SQSClient =>
  new SQSClient({
    ...clientConfig(options, REQUEST_TIMEOUT_MS),
    useQueueUrlAsEndpoint: options.endpoint === undefined,
  });
