import { sqsClient } from '../../lib/adapters/aws/clients/sqs.ts';
import { findInstances } from '../../lib/adapters/aws/ec2/instances.ts';
import { LaunchTemplates } from '../../lib/adapters/aws/ec2/launch-templates.ts';
import { firstTime } from '../../lib/adapters/aws/first-time.ts';
import { SqsDrainQueue } from '../../lib/adapters/aws/queues.ts';
import { SsmParameters, ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { TAG } from '../../lib/model/labels.ts';
import { baseOf } from '../shared/base.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { ec2Of } from '../shared/ec2.ts';
import { readEnv } from '../shared/env.ts';
import { tableStores } from '../shared/stores.ts';
import type { DrainAllDeps } from './drain-all.ts';
import { teardownEnv } from './env.ts';
import { endLaunches, stopLaunches } from './launches.ts';

export interface TeardownWiring {
  readonly deps: DrainAllDeps;
  /** When CloudFormation's request was first heard of: Lambda calls again with the same one. */
  readonly beganAtMs: (requestId: string) => Promise<number>;
  /** Comes back when nothing is launched any more. */
  readonly endLaunches: () => Promise<void>;
  readonly removeTemplates: () => Promise<unknown>;
}

export async function wireTeardown(environment: Environment): Promise<TeardownWiring> {
  const env = readEnv(teardownEnv, environment);
  const base = baseOf('teardown', env);
  const { clock, installation } = base;
  const ec2 = ec2Of(environment, env.EC2_RATE_SHARE, base);
  const parameters = new SsmParameters(ssmClient(clientOptions(environment, 'SSM')));
  const owned = [{ Name: `tag:${TAG.installation}`, Values: [installation] }];
  const client = sqsClient(clientOptions(environment, 'SQS'));
  const { table, claims } = tableStores(environment, env.TABLE_NAME, base);
  return {
    beganAtMs: (requestId) => firstTime(table, `teardown ${requestId}`, clock.nowMs()),
    endLaunches: () => endLaunches(parameters, env.STOP_PARAMETER, clock),
    removeTemplates: () => new LaunchTemplates({ client: ec2, installation, clock }).removeAll(),
    deps: {
      ...base,
      claims,
      fleet: { describeOwned: () => findInstances(ec2, owned) },
      drainQueue: new SqsDrainQueue({ client, url: env.DRAIN_QUEUE_URL }),
      stopLaunches: () => stopLaunches(parameters, env.STOP_PARAMETER),
    },
  };
}
