// The poller's composition root. It has no EC2 client: of all functions it starts most often and stays longest.
import { sqsClient } from '../../lib/adapters/aws/clients/sqs.ts';
import { DynamoLeases } from '../../lib/adapters/aws/leases.ts';
import { DynamoPlans } from '../../lib/adapters/aws/plans.ts';
import { SqsProvisionQueue } from '../../lib/adapters/aws/queues.ts';
import { type PollRun, poll } from '../../lib/control/poll.ts';
import { baseOf } from '../shared/base.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { connectCluster } from '../shared/cluster.ts';
import { readEnv } from '../shared/env.ts';
import { stopSwitch } from '../shared/stop.ts';
import { bucketStores, tableStores } from '../shared/stores.ts';
import { pollerEnv } from './env.ts';

export type PollerWiring = Pick<Awaited<ReturnType<typeof wirePoller>>, 'logger' | 'clock' | 'mode' | 'poll'>;

export async function wirePoller(environment: Environment) {
  const env = readEnv(pollerEnv, environment);
  const base = baseOf('poller', env);
  const { table, session, claims, slots } = tableStores(environment, env.TABLE_NAME, base);
  const cluster = await connectCluster(environment, env.CLUSTER_NAME, base, session);
  const events = cluster.eventsWith(base.events);
  const { snapshots, bucket } = bucketStores(environment, env.BUCKET_NAME, table);
  const deps = {
    ...base,
    events,
    plans: new DynamoPlans({ table, bucket }),
    serves: env.SERVES,
    stop: stopSwitch(environment, env.STOP_PARAMETER, base),
    cluster,
    claims,
    slots,
    snapshots,
    leases: new DynamoLeases({ table }),
    provisionQueue: new SqsProvisionQueue({
      client: sqsClient(clientOptions(environment, 'SQS')),
      url: env.PROVISION_QUEUE_URL,
    }),
  };
  return {
    logger: base.logger,
    clock: base.clock,
    mode: env.POLL_MODE,
    /** Watches and events end with the run: a frozen process would find its connections dead. */
    poll: (run: PollRun): Promise<void> =>
      poll(deps, run).finally(() => events.settled().finally(() => cluster.close())),
  };
}
