// One set of SDK clients for the doctor, all of one region. The SDK's own variables for other endpoints are given
// explicitly, because how a bucket and a queue are addressed depends on them.

import { dynamoClient } from '../../lib/adapters/aws/clients/dynamo.ts';
import type { ClientOptions } from '../../lib/adapters/aws/clients/options.ts';
import { sqsClient } from '../../lib/adapters/aws/clients/sqs.ts';
import { cloudWatchClient } from '../../lib/adapters/aws/cloudwatch.ts';
import { ec2Client } from '../../lib/adapters/aws/ec2/client.ts';
import { eksClient } from '../../lib/adapters/aws/eks.ts';
import { iamClient } from '../../lib/adapters/aws/iam.ts';
import { stsClient } from '../../lib/adapters/aws/identity.ts';
import { lambdaClient } from '../../lib/adapters/aws/lambda.ts';
import { serviceQuotasClient } from '../../lib/adapters/aws/service-quotas.ts';
import { ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { cloudFormationClient } from '../../lib/adapters/aws/stack.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';

import { type AwsEnvironment, regionOf } from '../aws-environment.ts';

export type Clients = ReturnType<typeof clientsOf>;

/** `wanted`: a region; absent takes the environment's or the profile's. Throws `UserError`. */
export function clientsOf(env: AwsEnvironment, wanted: string | undefined) {
  const region = regionOf(env, wanted);
  const at = (service: string): ClientOptions => {
    const endpoint = env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'] || undefined;
    return {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
    };
  };
  return {
    sts: stsClient(at('STS')),
    iam: iamClient(at('IAM')),
    eks: eksClient(at('EKS')),
    // A person looks once: the account's rates need no sharing.
    ec2: ec2Client({ ...at('EC2'), clock: systemClock, share: 1 }),
    lambda: lambdaClient(at('LAMBDA')),
    cloudFormation: cloudFormationClient(at('CLOUDFORMATION')),
    cloudWatch: cloudWatchClient(at('CLOUDWATCH')),
    serviceQuotas: serviceQuotasClient(at('SERVICE_QUOTAS')),
    dynamo: dynamoClient(at('DYNAMODB')),
    sqs: sqsClient(at('SQS')),
    ssm: ssmClient(at('SSM')),
  };
}
