// The drainer's composition root: the only function that ends nodes which work.
import type { SQSRecord } from 'aws-lambda';
import { sqsClient } from '../../lib/adapters/aws/clients/sqs.ts';
import { SqsDrainQueue } from '../../lib/adapters/aws/queues.ts';
import { DynamoRateGuard } from '../../lib/adapters/aws/rate-guard.ts';
import { redeliverIn } from '../../lib/adapters/aws/redelivery.ts';
import { instanceStateChanged } from '../../lib/control/drain.ts';
import { withTerminationGuard } from '../../lib/control/guarded-fleet.ts';
import { type InstanceWarning, instanceWarned } from '../../lib/control/interruptions.ts';
import { drainUnlessStopped } from '../../lib/control/stoppable.ts';
import type { DrainRequest } from '../../lib/messages/drain-request.ts';
import type { InstanceStateChanged } from '../../lib/messages/instance-state-changed.ts';
import { baseOf } from '../shared/base.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { connectCluster } from '../shared/cluster.ts';
import { fleetWithoutLaunches } from '../shared/ec2.ts';
import { readEnv } from '../shared/env.ts';
import { stopSwitch } from '../shared/stop.ts';
import { tableStores } from '../shared/stores.ts';
import { drainerEnv } from './env.ts';

export type DrainerWiring = Pick<
  Awaited<ReturnType<typeof wireDrainer>>,
  'logger' | 'metrics' | 'redeliverIn' | 'drain' | 'stateChanged' | 'warned'
>;

export async function wireDrainer(environment: Environment) {
  const env = readEnv(drainerEnv, environment);
  const base = baseOf('drainer', env);
  const { clock, metrics } = base;
  const { table, session, claims } = tableStores(environment, env.TABLE_NAME, base);
  const client = sqsClient(clientOptions(environment, 'SQS'));
  const fleet = fleetWithoutLaunches(environment, env.EC2_RATE_SHARE, base);
  const cluster = await connectCluster(environment, env.CLUSTER_NAME, base, session);
  const events = cluster.eventsWith(base.events);
  const deps = {
    ...base,
    events,
    claims,
    cluster,
    stop: stopSwitch(environment, env.STOP_PARAMETER, base),
    fleet: withTerminationGuard(fleet, {
      metrics,
      guard: new DynamoRateGuard({ table, clock, name: 'terminations' }),
      maxTerminationsPerHour: env.MAX_TERMINATIONS_PER_HOUR,
    }),
    drainQueue: new SqsDrainQueue({ client, url: env.DRAIN_QUEUE_URL }),
  };
  return {
    logger: base.logger,
    metrics,
    redeliverIn: ({ receiptHandle }: SQSRecord, delaySeconds: number) =>
      redeliverIn(client, env.DRAIN_QUEUE_URL, receiptHandle, delaySeconds),
    drain: (request: DrainRequest) => drainUnlessStopped(deps, request).finally(() => events.settled()),
    stateChanged: (event: InstanceStateChanged) => instanceStateChanged(deps, event),
    warned: (warning: InstanceWarning) => instanceWarned(deps, warning),
  };
}
