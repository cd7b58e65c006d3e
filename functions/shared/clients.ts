import type { ClientOptions } from '../../lib/adapters/aws/clients/options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The SDK's own variables for other endpoints, given to clients explicitly: whether a bucket is addressed by path, and
 * whether a queue's URL is where to send, depends on them. On AWS there are none.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function clientOptions(
  env: Environment,
  service: 'DYNAMODB' | 'EC2' | 'EKS' | 'PRICING' | 'S3' | 'SQS' | 'SSM',
): ClientOptions {
  const endpoint = env[`AWS_ENDPOINT_URL_${service}`] ?? env['AWS_ENDPOINT_URL'];
  const region = env['AWS_REGION'];
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  };
}
